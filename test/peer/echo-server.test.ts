import {Buffer} from 'node:buffer';
import {connect, type Socket} from 'node:net';
import {describe, expect, it, onTestFinished} from 'vitest';
import {EchoServer} from '../../source/peer/echo-server.js';
import {wireFromJson, wireJson} from '../../source/protocol/wire-line.js';
import type {WireMessage} from '../../source/protocol/wire.js';
import {until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {noise} from './files.js';

async function startEcho() {
	const messages: WireMessage[] = [];
	let clients = 0;
	const server = new EchoServer({
		onMessage(message) {
			messages.push(message);
		},
		onClients(count) {
			clients = count;
		},
	});
	const address = await server.listen({host: '127.0.0.1', port: 0});
	onTestFinished(async () => server.close());
	return {
		server,
		address,
		messages,
		clients: () => clients,
		kinds: () => messages.map(({direction, kind}) => `${direction} ${kind}`),
	};
}

/** A client; what comes back is kept as it comes. */
function open({port}: {port: number}) {
	const socket: Socket = connect({host: '127.0.0.1', port, allowHalfOpen: true});
	const chunks: Buffer[] = [];
	let isEnded = false;
	socket
		.on('data', chunk => {
			chunks.push(chunk);
		})
		.on('end', () => {
			isEnded = true;
		})
		.on('error', () => {});
	onTestFinished(() => {
		socket.destroy();
	});
	return {socket, got: () => Buffer.concat(chunks), isEnded: () => isEnded};
}

describe('the echo server', () => {
	it('sends back what comes, and tells each chunk that came and went', async () => {
		const {address, messages, kinds, clients} = await startEcho();
		const {socket, got, isEnded} = open(address);
		socket.write('hello\n');
		await until('the echo', () => got().toString() === 'hello\n');
		expect(clients()).toBe(1);
		socket.end();
		await until('the end', isEnded);
		await until('the close', () => clients() === 0);
		expect(kinds()).toEqual(['in connected', 'in data', 'out data', 'in closed']);
		const {remote} = messages[0]!;
		expect(remote).toMatch(/^127\.0\.0\.1:\d+$/);
		expect(messages[1]).toMatchObject({
			plane: 'echo',
			end: 'echo',
			remote,
			party: remote,
			bytes: 6,
			summary: String.raw`"hello\n"`,
			fields: [
				{name: 'bytes', value: '6'},
				{name: 'text', value: 'hello␊'},
			],
			raw: Uint8Array.from(Buffer.from('hello\n')),
		});
		expect(messages[3]).toMatchObject({summary: '6 B came, 6 B went back'});
	});

	it.each(['\u0085', '\u202E', '\u{E0041}', 'x'])(
		'tells %j again and again so that it can be recorded and read',
		async character => {
			const {address, messages} = await startEcho();
			const {socket, got} = open(address);
			const content = Buffer.from(character.repeat(2000));
			socket.write(content);
			await until('the echo', () => got().length === content.length);
			for (const message of messages) {
				const line = JSON.stringify(wireJson(message));
				expect(wireFromJson(JSON.parse(line))).toEqual(message);
			}
		},
	);

	it('echoes to the end what a client sent before it closed its half', async () => {
		const {address, messages} = await startEcho();
		const content = noise(5_000_000);
		const {socket, got, isEnded} = open(address);
		socket.end(content);
		await until('the end', isEnded);
		expect(got().equals(content)).toBe(true);
		await until('the close', () => messages.at(-1)?.kind === 'closed');
		const total = (direction: string) =>
			messages.filter(message => message.direction === direction).reduce((sum, {bytes}) => sum + bytes, 0);
		expect(total('in')).toBe(content.length);
		expect(total('out')).toBe(content.length);
		expect(Math.max(...messages.map(({raw}) => raw.length))).toBe(4096);
		expect(Math.max(...messages.map(({raw}) => raw.buffer.byteLength))).toBe(4096);
	});

	it('does not read from a client that does not read, and goes on when it does', async () => {
		const {address, messages} = await startEcho();
		const content = noise(64_000_000);
		const {socket, got} = open(address);
		socket.pause();
		let isFlushed = false;
		socket.write(content, () => {
			isFlushed = true;
		});
		const came = () => messages.reduce((sum, {direction, bytes}) => sum + (direction === 'in' ? bytes : 0), 0);
		// Until it has stood still for a while.
		let last = -1;
		let sinceMs = Date.now();
		await until('it to stand still', () => {
			if (came() !== last) {
				last = came();
				sinceMs = Date.now();
			}

			return last > 0 && Date.now() - sinceMs > 500;
		});
		expect(isFlushed).toBe(false);
		expect(came()).toBeLessThan(content.length / 2);
		const other = open(address);
		other.socket.write('hi');
		await until('another client', () => other.got().toString() === 'hi');
		socket.resume();
		await until('all of it', () => got().length === content.length, 20_000);
		expect(got().equals(content)).toBe(true);
	});

	it('tells of a client that breaks off', async () => {
		const {address, messages} = await startEcho();
		const {socket} = open(address);
		socket.write('x');
		await until('the byte', () => messages.some(({kind}) => kind === 'data'));
		socket.resetAndDestroy();
		await until('the close', () => messages.at(-1)?.kind === 'closed');
		expect(messages.at(-1)?.summary).toContain('reset the connection');
	});

	it('refuses more clients than it has room for, and says so', async () => {
		changeLimits({maxEchoConnections: 2});
		const {address, clients, messages} = await startEcho();
		open(address);
		open(address);
		await until('two clients', () => clients() === 2);
		const third = open(address);
		await until('it to be refused', third.isEnded);
		await until('the message', () => messages.at(-1)?.kind === 'refused');
		expect(clients()).toBe(2);
	});

	it('makes what comes fit for a terminal', async () => {
		const {address, messages} = await startEcho();
		const {socket} = open(address);
		const evil = '\u001B]52;c;AAAA\u0007\u202E';
		socket.write(evil);
		await until('the data', () => messages.some(({kind}) => kind === 'data'));
		const {summary, fields, raw} = messages.find(({kind}) => kind === 'data')!;
		// eslint-disable-next-line no-control-regex -- it is about control characters
		expect(summary + JSON.stringify(fields.map(({value}) => value))).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
		expect(Buffer.from(raw).toString()).toBe(evil);
	});

	it('takes the next free port, and says what is wrong with a host', async () => {
		const {address, server} = await startEcho();
		const second = new EchoServer({onMessage() {}, onClients() {}});
		const next = await second.listen(address);
		expect(next.port).toBeGreaterThan(address.port);
		await second.close();
		const third = new EchoServer({onMessage() {}, onClients() {}});
		await expect(third.listen({host: '192.0.2.1', port: 0})).rejects.toThrow('it is no address of this machine');
		// Nothing of it is left, and its clients are gone.
		const client = open(address);
		await until('the connection', () => !client.socket.connecting);
		await server.close();
		await until('the end', client.isEnded);
	});
});
