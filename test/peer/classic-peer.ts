import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import type {Address} from '../../source/protocol/address.js';
import {oldTime} from './files.js';
import {join} from './scripted-peer.js';

/** `short` announces more bytes than it sends; `silent` closes without a byte. */
export type ClassicKind = 'framed' | 'unframed' | 'short' | 'silent';

/** A class program in short: one Init to the tracker, one connection a file. */
export async function startClassicPeer(
	tracker: Address,
	kind: ClassicKind,
	files: Record<string, string>,
): Promise<{port: number; asked: string[]}> {
	const asked: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.once('data', chunk => {
			const request = String(chunk);
			asked.push(request);
			answer(socket, request);
		});
	});

	const answer = (socket: Socket, request: string) => {
		// The older dialect takes all it reads for the name: one with a newline is not there.
		const name = kind === 'unframed' ? request : request.replace(/\n$/, '');
		const content = files[name];
		if (content === undefined || kind === 'silent') {
			socket.end();
		} else if (kind === 'unframed') {
			socket.end(content);
		} else {
			const body = kind === 'short' ? content.slice(0, -5) : content;
			socket.end(`Content-Length: ${content.length}\n${body}`);
		}
	};

	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	onTestFinished(() => {
		for (const socket of sockets) {
			socket.destroy();
		}

		server.close();
	});
	await join(tracker, {
		port,
		files: Object.keys(files).map(name => ({name, mtime: oldTime})),
	});
	return {port, asked};
}
