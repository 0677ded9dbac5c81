import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {describe, expect, it, onTestFinished} from 'vitest';
import {LinkProxy} from '../../../source/cli/demo/link-proxy.js';
import {noise} from '../../peer/files.js';
import {until} from '../../wait.js';

const host = '127.0.0.1';

/** A server behind a link of its own; both gone with the test. */
async function startLink(onConnection: (socket: Socket) => void = () => {}) {
	const accepted = new Set<Socket>();
	const server = createServer({allowHalfOpen: true}, socket => {
		accepted.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => accepted.delete(socket));
		onConnection(socket);
	});
	server.listen({host, port: 0});
	await once(server, 'listening');
	const link = new LinkProxy((server.address() as AddressInfo).port);
	await link.listen();
	onTestFinished(async () => {
		await link.close();
		for (const socket of accepted) {
			socket.destroy();
		}

		server.close();
	});
	return {link, accepted};
}

/** A client of a port, and all that it has heard. */
function startClient(port: number) {
	const socket = connect({host, port, allowHalfOpen: true});
	const heard: Buffer[] = [];
	const client = {
		socket,
		code: undefined as string | undefined,
		get bytes() {
			return Buffer.concat(heard);
		},
	};
	socket.on('data', chunk => heard.push(chunk));
	socket.on('error', (error: NodeJS.ErrnoException) => {
		client.code = error.code;
	});
	onTestFinished(() => {
		socket.destroy();
	});
	return client;
}

const echo = (socket: Socket) => {
	socket.pipe(socket);
};

describe('a link', () => {
	it('passes on what comes, in both directions, and the end of each half by itself', async () => {
		const {link, accepted} = await startLink(socket => {
			const chunks: Buffer[] = [];
			socket.on('data', chunk => chunks.push(chunk));
			// It answers when it has heard all, which is when our half is over.
			socket.on('end', () => {
				socket.end(Buffer.concat(chunks.toReversed()));
			});
		});
		const client = startClient(link.port);
		const content = noise(3_000_000);
		client.socket.end(content);
		await once(client.socket, 'end');
		expect(client.bytes).toHaveLength(content.length);
		await until('the server to be rid of it', () => accepted.size === 0);
	});

	it('turns callers away until it knows where to', async () => {
		const link = new LinkProxy();
		await link.listen();
		onTestFinished(async () => link.close());
		const early = startClient(link.port);
		await until('its end', () => early.socket.closed);
		const {link: other} = await startLink(echo);
		link.target = other.target;
		const late = startClient(link.port);
		late.socket.write('hello');
		await until('the echo', () => late.bytes.toString() === 'hello');
	});

	it('breaks off, is refused, and is there again on the same port', async () => {
		const {link, accepted} = await startLink(echo);
		const {port} = link;
		const before = startClient(port);
		before.socket.write('a');
		await until('the echo', () => before.bytes.length > 0);
		await link.cut();
		expect(link.isCut).toBe(true);
		await until('the end of the connection', () => before.socket.closed && accepted.size === 0);
		const during = startClient(port);
		await until('its end', () => during.socket.closed);
		expect(during.code).toBe('ECONNREFUSED');
		await link.restore();
		expect(link.port).toBe(port);
		const after = startClient(port);
		after.socket.write('b');
		await until('the echo', () => after.bytes.toString() === 'b');
	});

	it('can be cut and repaired again and again, and twice over, and is what was asked last', async () => {
		const {link} = await startLink(echo);
		await Promise.all([link.cut(), link.cut(), link.restore(), link.cut(), link.restore(), link.restore()]);
		const client = startClient(link.port);
		client.socket.write('x');
		await until('the echo', () => client.bytes.length === 1);
	});

	it('waits for its port where another has it', async () => {
		const {link} = await startLink(echo);
		await link.cut();
		const squatter = createServer();
		squatter.listen({host, port: link.port});
		await once(squatter, 'listening');
		const restored = link.restore();
		squatter.close();
		await restored;
		const client = startClient(link.port);
		client.socket.write('x');
		await until('the echo', () => client.bytes.length === 1);
	});

	it('does not wait for its port any longer than until it is closed', async () => {
		const {link} = await startLink(echo);
		await link.cut();
		const squatter = createServer();
		squatter.listen({host, port: link.port});
		await once(squatter, 'listening');
		onTestFinished(() => {
			squatter.close();
		});
		const restored = link.restore();
		await link.close();
		await restored;
	});

	it('holds bytes up for its delay and keeps their order', async () => {
		const heard: string[] = [];
		const {link: long} = await startLink(socket => {
			socket.on('data', chunk => heard.push(`long ${String(chunk)}`));
		});
		const {link: short} = await startLink(socket => {
			socket.on('data', chunk => heard.push(`short ${String(chunk)}`));
		});
		long.delayMs = 1500;
		const first = startClient(long.port);
		await once(first.socket, 'connect');
		first.socket.write('1');
		const second = startClient(short.port);
		second.socket.write('2');
		await until('both', () => heard.length === 2);
		expect(heard).toEqual(['short 2', 'long 1']);
	});

	it.each([
		{delayMs: 40, bytesPerSecond: undefined},
		{delayMs: 40, bytesPerSecond: 4_000_000},
		{delayMs: 0, bytesPerSecond: 4_000_000},
	])('brings everything over at %o, also where that changes meanwhile', async ({delayMs, bytesPerSecond}) => {
		const {link} = await startLink(echo);
		link.delayMs = delayMs;
		link.bytesPerSecond = bytesPerSecond;
		const client = startClient(link.port);
		const content = noise(2_000_000);
		client.socket.end(content);
		await until('some of it', () => client.bytes.length > 100_000);
		link.delayMs = 0;
		await until('more of it', () => client.bytes.length > 400_000);
		link.bytesPerSecond = 20_000_000;
		await until('the end', () => client.socket.readableEnded);
		expect(client.bytes.equals(content)).toBe(true);
	});

	it('holds all its connections to its rate together', async () => {
		const {link: narrow} = await startLink(echo);
		const {link: wide} = await startLink(echo);
		narrow.bytesPerSecond = 20_000;
		const content = noise(60_000);
		const clients = [startClient(narrow.port), startClient(narrow.port)];
		for (const {socket} of clients) {
			socket.end(content);
		}

		const free = startClient(wide.port);
		const large = noise(8_000_000);
		free.socket.end(large);
		await once(free.socket, 'end');
		expect(free.bytes.equals(large)).toBe(true);
		// 120 kB take six seconds there; the other way is as quick as it was.
		expect(clients.every(({bytes}) => bytes.length < content.length)).toBe(true);
	});

	it.each([
		{delayMs: 0, bytesPerSecond: undefined},
		{delayMs: 20, bytesPerSecond: 50_000_000},
	])('reads no more than it can hold for an end that does not read, at %o', async speed => {
		const {link} = await startLink(socket => {
			socket.pause();
		});
		Object.assign(link, speed);
		const client = startClient(link.port);
		await once(client.socket, 'connect');
		const chunk = noise(1_000_000);
		for (let mega = 0; mega < 64; mega++) {
			client.socket.write(chunk);
		}

		let last = -1;
		await until(
			'the flow to stop',
			async () => {
				const now = client.socket.bytesWritten - client.socket.writableLength;
				const isStill = now === last;
				last = now;
				await once(client.socket, 'drain', {signal: AbortSignal.timeout(500)}).catch(() => {});
				return isStill;
			},
			20_000,
		);
		expect(client.socket.writableLength).toBeGreaterThan(16_000_000);
	});

	it.each(['caller', 'server'] as const)('takes it that a %s breaks off while bytes wait for it', async who => {
		const flood = (socket: Socket) => {
			socket.on('error', () => {});
			for (let mega = 0; mega < 32; mega++) {
				socket.write(noise(1_000_000));
			}
		};

		const {link, accepted} = await startLink(socket => {
			if (who === 'caller') {
				flood(socket);
			} else {
				socket.pause();
			}
		});
		const client = startClient(link.port);
		client.socket.pause();
		await until('the connection', () => accepted.size === 1);
		const [served] = accepted;
		if (who === 'server') {
			flood(client.socket);
		}

		const sender = who === 'caller' ? served! : client.socket;
		let last = -1;
		await until('the flow to stop', async () => {
			const before = last;
			last = sender.bytesWritten - sender.writableLength;
			await once(sender, 'drain', {signal: AbortSignal.timeout(200)}).catch(() => {});
			return last > 0 && last === before;
		});
		(who === 'caller' ? client.socket : served!).resetAndDestroy();
		await until('the end of both', () => accepted.size === 0 && client.socket.closed);
	});

	it('leaves nothing open when it is closed in the middle', async () => {
		const {link, accepted} = await startLink(echo);
		link.delayMs = 60_000;
		const client = startClient(link.port);
		client.socket.write('never arrives');
		await until('the connection', () => accepted.size === 1);
		await link.close();
		await until('the end of both', () => accepted.size === 0 && client.socket.closed);
	});
});
