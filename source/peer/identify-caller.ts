import {Buffer} from 'node:buffer';
import type {Socket} from 'node:net';
import {limits} from '../protocol/limits.js';
import {sniff} from '../protocol/sniff.js';

export type Caller =
	/** `seen`: what has come so far. For HTTP it has to be given back to the socket. */
	{seen: Buffer} & ({kind: 'http'} | {kind: 'classic'; name: string; isFramed: boolean} | {kind: 'unknown'});

/**
Look at the first bytes of a connection until they tell who asks: HTTP, or a classic program of either dialect. A name without
a newline is a whole request once nothing follows for a moment, or the other side has ended its half.

@returns With the socket paused; `unknown` when it closed, said nothing in time, or sent what is no request.
*/
export async function identifyCaller(socket: Socket): Promise<Caller> {
	return new Promise(resolve => {
		let seen: Buffer = Buffer.alloc(0);
		const timer = setTimeout(() => {
			decide();
		}, limits.firstByteTimeoutMs);

		const finish = (caller: Caller) => {
			clearTimeout(timer);
			clearTimeout(pause);
			socket.off('data', look).off('end', decide).off('close', decide);
			socket.pause();
			resolve(caller);
		};

		let pause: NodeJS.Timeout | undefined;
		const decide = () => {
			const sniffed = sniff(seen);
			const isRequest = sniffed.kind === 'undecided' && sniffed.name !== '';
			finish(isRequest ? {kind: 'classic', seen, name: sniffed.name, isFramed: false} : {kind: 'unknown', seen});
		};

		const look = (chunk: Buffer) => {
			seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
			clearTimeout(pause);
			const sniffed = sniff(seen);
			switch (sniffed.kind) {
				case 'http': {
					finish({kind: 'http', seen});
					break;
				}

				case 'framed': {
					finish({kind: 'classic', seen, name: sniffed.name, isFramed: true});
					break;
				}

				case 'undecided': {
					pause = setTimeout(decide, limits.requestPauseMs);
					break;
				}

				case 'garbage': {
					finish({kind: 'unknown', seen});
				}
			}
		};

		socket.on('data', look).on('end', decide).on('close', decide);
	});
}
