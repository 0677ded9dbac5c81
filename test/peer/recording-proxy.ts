import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';
import type {Address} from '../../source/protocol/address.js';

/** What went over one connection. */
export type Recorded = {
	/** The proxy's own end of the connection to the target, as that sees it. */
	remote: string;
	/** From the client to the target, and back. */
	up: Buffer;
	down: Buffer;
};

/** Somebody in the middle who passes every byte on, and remembers all of them. */
export async function startRecordingProxy(target: Address): Promise<{address: Address; recorded: Recorded[]}> {
	const recorded: Recorded[] = [];
	const sockets: Socket[] = [];
	const server = createServer(client => {
		const upstream = connect({...target, noDelay: true});
		const record: Recorded = {remote: '', up: Buffer.alloc(0), down: Buffer.alloc(0)};
		recorded.push(record);
		sockets.push(client, upstream);
		client.setNoDelay(true);
		upstream.on('connect', () => {
			record.remote = `127.0.0.1:${upstream.localPort}`;
		});
		client.on('data', chunk => {
			record.up = Buffer.concat([record.up, chunk]);
			upstream.write(chunk);
		});
		upstream.on('data', chunk => {
			record.down = Buffer.concat([record.down, chunk]);
			client.write(chunk);
		});
		for (const [socket, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			socket.on('error', () => {});
			socket.on('end', () => other.end());
			socket.on('close', () => other.destroy());
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		for (const socket of sockets) {
			socket.destroy();
		}

		server.close();
	});
	return {address: {host: '127.0.0.1', port: (server.address() as AddressInfo).port}, recorded};
}
