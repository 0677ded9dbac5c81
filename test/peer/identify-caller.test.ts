import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {expect, onTestFinished, test} from 'vitest';
import {identifyCaller} from '../../source/peer/identify-caller.js';
import {changeLimits} from './change-limits.js';
import {RawConnection} from './raw-connection.js';

/** A connection and what is made of it. */
async function call() {
	const server = createServer({allowHalfOpen: true});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const connecting = new RawConnection((server.address() as AddressInfo).port);
	const [socket] = (await once(server, 'connection')) as [Socket];
	socket.on('error', () => {});
	onTestFinished(() => {
		socket.destroy();
		server.close();
	});
	const {socket: client} = await connecting.opened();
	return {client, socket, caller: identifyCaller(socket)};
}

test.each([
	['GET / HTTP/1.1\r\n', {kind: 'http'}],
	['a.txt\n', {kind: 'classic', name: 'a.txt', isFramed: true}],
	['a.txt\r\n', {kind: 'classic', name: 'a.txt', isFramed: true}],
	['a.txt', {kind: 'classic', name: 'a.txt', isFramed: false}],
	['x'.repeat(5000), {kind: 'unknown'}],
])('knows who says %j', async (text, expected) => {
	const {client, caller, socket} = await call();
	client.write(text);
	expect(await caller).toEqual({...expected, seen: Buffer.from(text)});
	expect(socket.isPaused()).toBe(true);
	expect(socket.listenerCount('data')).toBe(0);
});

test('keeps all of an HTTP request that comes in pieces', async () => {
	const {client, caller} = await call();
	for (const piece of ['G', 'ET', ' ', '/files/x']) {
		client.write(piece);
		await nextTurn();
	}

	const result = await caller;
	const seen = result.kind === 'http' ? result.seen.toString() : '';
	expect('GET /files/x').toContain(seen);
	expect(seen).toMatch(/^GET \//);
});

test('does not wait for a pause when the other side has ended its half', async () => {
	changeLimits({requestPauseMs: 60_000});
	const {client, caller} = await call();
	client.end('a.txt');
	expect(await caller).toEqual({
		kind: 'classic',
		name: 'a.txt',
		isFramed: false,
		seen: Buffer.from('a.txt'),
	});
});

test.each(['end', 'destroy'] as const)('knows nobody in a connection that is ended by %s without a word', async how => {
	const {client, caller} = await call();
	client[how]();
	expect(await caller).toEqual({kind: 'unknown', seen: Buffer.alloc(0)});
});

test('gives up one that says nothing in time', async () => {
	changeLimits({firstByteTimeoutMs: 30});
	const {caller} = await call();
	expect(await caller).toEqual({kind: 'unknown', seen: Buffer.alloc(0)});
});

test('gives up one that says a byte now and then, for ever', async () => {
	changeLimits({firstByteTimeoutMs: 200});
	const {client, caller} = await call();
	const dripping = setInterval(() => client.write('a'), 20);
	onTestFinished(() => {
		clearInterval(dripping);
	});
	const result = await caller;
	expect(['classic', 'unknown']).toContain(result.kind);
});
