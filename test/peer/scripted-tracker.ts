import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import type {Address} from '../../source/protocol/address.js';

export type Heard = Record<string, unknown>;

export type ScriptedTracker = {
	address: Address;
	/** Messages of all connections, in order. */
	heard: Heard[];
	/** Connections that were ever made. */
	readonly connections: number;
	/** The latest connection. */
	readonly socket: Socket | undefined;
	close: () => Promise<void>;
};

export type TrackerScript = (message: Heard, send: (answer: unknown) => void, socket: Socket) => void;

/** A tracker that says what a test wants it to. It reads one JSON object a line. */
export async function startScriptedTracker(script: TrackerScript, port = 0): Promise<ScriptedTracker> {
	const heard: Heard[] = [];
	const sockets: Socket[] = [];
	const server = createServer(socket => {
		sockets.push(socket);
		socket.on('error', () => {});
		socket.setEncoding('utf8');
		let text = '';
		socket.on('data', chunk => {
			text += String(chunk);
			const lines = text.split('\n');
			text = lines.pop()!;
			for (const line of lines) {
				const message = JSON.parse(line) as Heard;
				heard.push(message);
				script(
					message,
					answer => {
						socket.write(typeof answer === 'string' ? answer : `${JSON.stringify(answer)}\n`);
					},
					socket,
				);
			}
		});
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const close = async () => {
		for (const socket of sockets) {
			socket.destroy();
		}

		if (server.listening) {
			server.close();
			await once(server, 'close');
		}
	};

	onTestFinished(close);
	return {
		address: {
			host: '127.0.0.1',
			port: (server.address() as AddressInfo).port,
		},
		heard,
		get connections() {
			return sockets.length;
		},
		get socket() {
			return sockets.at(-1);
		},
		close,
	};
}
