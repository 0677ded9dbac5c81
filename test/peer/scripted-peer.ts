import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {connect, type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import type {Address} from '../../source/protocol/address.js';
import type {FileEntry} from '../../source/protocol/messages.js';

export type ScriptedRequest = {
	path: string;
	/** The first byte that is asked for. */
	from: number;
	ifMatch: string | undefined;
};

export type ScriptedPeer = {
	port: number;
	requests: ScriptedRequest[];
	/** Tell the tracker of changed files. */
	announce: (added: FileEntry[], removed?: string[]) => void;
	leave: () => void;
};

export type Script = (response: ServerResponse, request: ScriptedRequest) => void;

/** A peer that is known to the tracker and answers as a test wants it to, however wrong. */
export async function startScriptedPeer(
	tracker: Address,
	name: string,
	files: FileEntry[],
	script: Script,
): Promise<ScriptedPeer> {
	const requests: ScriptedRequest[] = [];
	const server = createServer((request: IncomingMessage, response) => {
		const {range, 'if-match': ifMatch} = request.headers;
		const asked = {
			path: request.url ?? '',
			from: Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0),
			ifMatch,
		};
		requests.push(asked);
		script(response, asked);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	const link = await join(tracker, {port, files, version: 2, name});
	onTestFinished(async () => {
		link.destroy();
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	});
	return {
		port,
		requests,
		announce(added, removed = []) {
			link.write(`${JSON.stringify({type: 'files', added, removed})}\n`);
		},
		leave() {
			link.end(`${JSON.stringify({type: 'bye'})}\n`);
		},
	};
}

/** Say an Init to a tracker by hand; resolves with its first answer. */
export async function join(tracker: Address, init: unknown): Promise<Socket> {
	const link = connect(tracker);
	onTestFinished(() => {
		link.destroy();
	});
	link.on('error', () => {});
	await once(link, 'connect');
	link.write(`${JSON.stringify(init)}\n`);
	await once(link, 'data');
	link.resume();
	return link;
}

/** Serve the bytes of a file as a good peer does, all of them or up to a byte after which the connection breaks. */
export function serve(content: Uint8Array, diesAfter = Number.POSITIVE_INFINITY): Script {
	return (response, {from}) => {
		const body = content.subarray(from);
		response.writeHead(from > 0 ? 206 : 200, {
			'content-length': body.length,
			...(from > 0 && {
				'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
			}),
		});
		if (from + body.length <= diesAfter) {
			response.end(body);
			return;
		}

		response.write(body.subarray(0, Math.max(0, diesAfter - from)), () => {
			response.destroy();
		});
	};
}
