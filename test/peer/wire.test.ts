import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {createServer as createHttpServer} from 'node:http';
import {connect, createServer, type AddressInfo} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {PeerCoreOptions} from '../../source/peer/peer-core.js';
import type {Address} from '../../source/protocol/address.js';
import {Wire, type WireMessage} from '../../source/protocol/wire.js';
import {temporaryFolder, until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {startClassicPeer} from './classic-peer.js';
import {contentIdOf} from './content-peer.js';
import {noise, oldTime, put} from './files.js';
import {startPeer, startTracker, TestPeer} from './peers.js';
import {RawConnection, say} from './raw-connection.js';
import {startRecordingProxy} from './recording-proxy.js';
import {startScriptedTracker} from './scripted-tracker.js';
import {join} from './scripted-peer.js';
import {serveFolder} from './served-folder.js';

type Filter = Partial<Pick<WireMessage, 'plane' | 'direction' | 'end' | 'kind' | 'remote'>>;

const matching = (messages: WireMessage[], filter: Filter) =>
	messages.filter(message => Object.entries(filter).every(([name, value]) => message[name as keyof Filter] === value));

const seenBy = ({events}: TestPeer, filter: Filter = {}) =>
	matching(
		events.flatMap(event => (event.type === 'wire' ? [event.message] : [])),
		filter,
	);

const rawText = (messages: WireMessage[]) => messages.map(({raw}) => Buffer.from(raw).toString('latin1')).join('');
const kinds = (messages: WireMessage[]) =>
	messages.map(({direction, kind}) => `${direction === 'in' ? '←' : '→'} ${kind}`);

/** A peer whose wire is watched from before its first word. */
async function startWatchedPeer(tracker: Address, options: Partial<PeerCoreOptions> = {}): Promise<TestPeer> {
	const peer = new TestPeer(options.dir ?? (await temporaryFolder()), tracker, options);
	peer.core.watchWire(true);
	await peer.core.start();
	return peer;
}

/** The port of a peer, watched. */
async function serveWatched(files: Record<string, string | Uint8Array>) {
	const messages: WireMessage[] = [];
	const wire = new Wire(message => {
		messages.push(message);
	});
	wire.isWatched = true;
	return {...(await serveFolder(files, {wire})), messages, wire};
}

/** Heads of answers with the bodies that they announce taken out. */
function headsOf(stream: Buffer): string[] {
	const heads: string[] = [];
	for (let at = 0; at < stream.length;) {
		const end = stream.indexOf('\r\n\r\n', at) + 4;
		const head = stream.toString('latin1', at, end);
		heads.push(head);
		at = end + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
	}

	return heads;
}

describe('the control plane', () => {
	test('is seen at both ends with exactly the bytes that went over the wire', async () => {
		const atTracker: WireMessage[] = [];
		const {tracker, address} = await startTracker({
			onWire(message) {
				atTracker.push(message);
			},
		});
		tracker.watchWire(true);
		const {address: between, recorded} = await startRecordingProxy(address);
		const dir = await temporaryFolder();
		await put(dir, 'a.txt', 'hello');
		const ada = await startWatchedPeer(between, {name: 'ada', dir});
		await ada.core.directoryReady();
		const bob = await startPeer(address, {name: 'bob'});
		await bob.core.directoryReady();
		await until('the root to be told', () => seenBy(ada, {direction: 'out', kind: 'files'}).length > 0);
		await bob.core.stop();
		await until('bob to be gone', () => seenBy(ada, {kind: 'left'}).length > 0);
		await ada.core.stop();
		await until('the end', () => matching(atTracker, {kind: 'bye', remote: recorded[0]!.remote}).length === 1);

		const [{up, down, remote}] = recorded as [(typeof recorded)[0]];
		const seen = seenBy(ada, {plane: 'control'});
		const other = matching(atTracker, {remote});
		for (const [messages, out, incoming] of [
			[seen, up, down],
			[other, down, up],
		] as const) {
			expect(rawText(matching(messages, {direction: 'out'}))).toBe(out.toString('latin1'));
			expect(rawText(matching(messages, {direction: 'in'}))).toBe(incoming.toString('latin1'));
			for (const {raw, bytes} of messages) {
				expect(bytes).toBe(raw.length);
			}
		}

		expect(kinds(seen).slice(0, 2)).toEqual(['→ init', '← snapshot']);
		expect(kinds(seen)).toEqual(expect.arrayContaining(['← joined', '→ files', '← changed', '← left']));
		expect(seen.every(({party, end}) => party === 'tracker' && end === 'peer')).toBe(true);
		expect(other.every(({party, end}) => party === 'ada' && end === 'tracker')).toBe(true);
	});

	test('of a classic tracker is seen, and our own end of it is known', async () => {
		const tracker = await startScriptedTracker((_message, send) => {
			send({'a.txt': {ip: '127.0.0.1', port: 9, mtime: 5}});
		});
		const peer = await startWatchedPeer(tracker.address);
		await peer.core.directoryReady();
		expect(kinds(seenBy(peer))).toEqual(['→ init', '← directory']);
		expect(seenBy(peer)[1]).toMatchObject({
			remote: `127.0.0.1:${tracker.address.port}`,
			summary: '1 file',
			fields: [{name: 'a.txt', value: 'ip 127.0.0.1, port 9, mtime 5'}],
		});
		expect(peer.core.trackerLocalAddress).toBe(`127.0.0.1:${tracker.socket!.remotePort}`);
	});

	test('of class programs is seen by the tracker, under their addresses', async () => {
		const messages: WireMessage[] = [];
		const {tracker, address} = await startTracker({
			onWire(message) {
				messages.push(message);
			},
		});
		tracker.watchWire(true);
		const socket = await join(address, {port: 8003, files: [{name: 'a.txt', mtime: 5}]});
		expect(kinds(messages)).toEqual(['← init', '→ directory']);
		expect(messages[0]).toMatchObject({
			party: `127.0.0.1:${socket.localPort}`,
			remote: `127.0.0.1:${socket.localPort}`,
			end: 'tracker',
			plane: 'control',
		});
		expect(rawText(messages.slice(1))).toBe('{"a.txt":{"ip":"127.0.0.1","port":8003,"mtime":5}}\n');
		tracker.watchWire(false);
		socket.write('{"port": 8003}');
		socket.end('{"port": 8003}');
		await once(socket, 'close');
		expect(messages).toHaveLength(2);
	});

	test.each([
		['HTTP', 'GET / HTTP/1.1\r\n\r\n', 'Expected a JSON object, got "GET / HTTP/1…"'],
		['broken JSON', '{"port": x}\n', String.raw`Expected a JSON object, got "{\"port\": x}"`],
		['half a message', '{"port":', 'The connection closed in the middle of a message'],
	])('keeps and flags what is malformed: %s', async (_, text, problem) => {
		const messages: WireMessage[] = [];
		const {tracker, address} = await startTracker({
			onWire(message) {
				messages.push(message);
			},
		});
		tracker.watchWire(true);
		connect(address).end(text);
		await until('it to be seen', () => messages.length > 0);
		expect(messages).toEqual([
			expect.objectContaining({kind: 'malformed', direction: 'in', problem, summary: problem, bytes: text.length}),
		]);
		expect(rawText(messages)).toBe(text);
	});

	test.each([
		['no JSON', 'hello\n', String.raw`Expected a JSON object, got "hello\n"`],
		['a message without what it needs', '{"type":"left","id":1}\n', 'Expected a revision in "left", got "nothing"'],
	])('keeps and flags what a tracker says wrong: %s', async (_, text, problem) => {
		const tracker = await startScriptedTracker((_message, send) => {
			send(text);
		});
		const peer = await startWatchedPeer(tracker.address);
		await until('it to be seen', () => seenBy(peer, {kind: 'malformed'}).length > 0);
		expect(seenBy(peer)[1]).toMatchObject({kind: 'malformed', problem});
		expect(rawText(seenBy(peer).slice(1, 2))).toBe(text);
	});
});

describe('the data plane', () => {
	test('is seen at both ends of a download, each head with exactly its bytes', async () => {
		const {address} = await startTracker();
		const big = noise(3_000_000);
		const small = noise(1000);
		const dir = await temporaryFolder();
		await put(dir, 'big.bin', big);
		await put(dir, 'small.bin', small);
		await put(dir, 'rootless.bin', 'hello');
		// Nobody but the one in the middle is known to the downloader.
		const {address: elsewhere} = await startTracker();
		const holder = await startWatchedPeer(elsewhere, {name: 'holder', dir});
		const {address: between, recorded} = await startRecordingProxy({host: '127.0.0.1', port: holder.port});
		const files = [
			{name: 'big.bin', mtime: oldTime, size: big.length, root: contentIdOf(big).root},
			{name: 'small.bin', mtime: oldTime, size: small.length, root: contentIdOf(small).root},
			{name: 'rootless.bin', mtime: oldTime, size: 5},
		];
		await join(address, {port: between.port, version: 2, name: 'holder', files});
		await until('all to be known', () => {
			const told = holder.events.flatMap(event => (event.type === 'local' ? event.changed : []));
			return new Set(told.flatMap(({name, root}) => (root === undefined ? [] : [name]))).size === files.length;
		});
		const peer = await startWatchedPeer(address, {name: 'fetcher'});
		for (const {name} of files) {
			expect(await peer.fetch(name)).toMatchObject({state: 'done'});
		}

		const asked = headsOf(Buffer.concat(recorded.map(({up}) => up)));
		const answered = recorded.flatMap(({down}) => headsOf(down));
		expect(asked.length).toBeGreaterThan(3);
		const mine = seenBy(peer, {plane: 'data'});
		const sortedRaw = (messages: WireMessage[]) => messages.map(message => rawText([message])).toSorted();
		await until(
			'all heads to be seen',
			() => seenBy(holder, {plane: 'data'}).length === asked.length + answered.length,
		);
		const others = seenBy(holder, {plane: 'data'});
		expect(sortedRaw(matching(mine, {direction: 'out'}))).toEqual(asked.toSorted());
		expect(sortedRaw(matching(mine, {direction: 'in'}))).toEqual(answered.toSorted());
		expect(sortedRaw(matching(others, {direction: 'in'}))).toEqual(asked.toSorted());
		expect(sortedRaw(matching(others, {direction: 'out'}))).toEqual(answered.toSorted());
		// All bytes that came, bodies included.
		const received = recorded.reduce((sum, {down}) => sum + down.length, 0);
		expect(matching(mine, {direction: 'in'}).reduce((sum, {bytes}) => sum + bytes, 0)).toBe(received);
		expect(mine.every(({party, remote}) => party === 'holder' && remote === `127.0.0.1:${between.port}`)).toBe(true);
		expect(others.every(({party}) => party === 'fetcher')).toBe(true);
		const remotes = new Set(recorded.map(({remote}) => remote));
		expect(others.every(({remote}) => remotes.has(remote))).toBe(true);
	}, 30_000);

	test('shows the lines that tell of pieces', async () => {
		const content = noise(400_000);
		const {address} = await startTracker();
		const dir = await temporaryFolder();
		await put(dir, 'x.bin', content);
		const holder = await startWatchedPeer(address, {name: 'holder', dir});
		const {root} = contentIdOf(content);
		await until('the root', () => seenBy(holder, {kind: 'files'}).length > 0);
		const connection = await new RawConnection(holder.port).opened();
		connection.socket.write(`GET /content/${root}/pieces HTTP/1.1\r\nHost: x\r\n\r\n`);
		await until('the line', () => seenBy(holder, {kind: 'pieces'}).length === 1);
		expect(seenBy(holder, {plane: 'data'}).map(({kind, summary}) => [kind, summary])).toEqual([
			['GET', `/content/${root.slice(0, 8)}…/pieces`],
			['200', expect.stringContaining('200 OK, ')],
			['pieces', 'size 400000, pieceBytes 16384, have 0-24'],
		]);
		await until('the answer', () => connection.received.includes('"have"'));
		const sent = seenBy(holder, {plane: 'data', direction: 'out'}).reduce((sum, {bytes}) => sum + bytes, 0);
		expect(sent).toBe(connection.received.length);
	});

	test.each([
		['a file', 'GET /files/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
		['a range', 'GET /files/a.txt HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\nConnection: close\r\n\r\n'],
		['HEAD', 'HEAD /files/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
		['the list', 'GET / HTTP/1.0\r\n\r\n'],
		['nothing that is here', 'GET /files/none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
		['another method', 'DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
		['a wrong version of it', 'GET /files/a.txt HTTP/1.1\r\nHost: x\r\nIf-Match: "1"\r\nConnection: close\r\n\r\n'],
	])('shows the answer that really went out to a program that asks for %s', async (_, request) => {
		const {port, messages} = await serveWatched({'a.txt': 'hello'});
		const received = await say(port, request);
		const [asked, answered, ...rest] = messages;
		expect(rest).toEqual([]);
		expect(rawText([asked!])).toBe(request);
		expect(asked).toMatchObject({direction: 'in', kind: request.split(' ')[0]});
		const head = received.toString('latin1', 0, received.indexOf('\r\n\r\n') + 4);
		expect(rawText([answered!])).toBe(head);
		// Without a length, in chunks say, only the head counts.
		const bytes = /content-length/i.test(head) ? received.length : head.length;
		expect(answered).toMatchObject({direction: 'out', bytes, kind: head.split(' ')[1]});
		expect(answered!.party).toBe(answered!.remote);
	});

	test.each([
		['framed', 'a.txt\n', 'Content-Length: 5\nhello', 'Content-Length 5'],
		['unframed', 'a.txt', 'hello', '5 bytes, bare'],
	])('shows class programs, %s', async (dialect, request, answer, summary) => {
		const {port, messages} = await serveWatched({'a.txt': 'hello'});
		const received = await say(port, request);
		expect(received.toString()).toBe(answer);
		expect(messages.map(message => [message.kind, message.summary, message.bytes])).toEqual([
			['request', `"a.txt" (classic, ${dialect})`, request.length],
			['file', summary, answer.length],
		]);
		expect(rawText(messages.slice(0, 1))).toBe(request);
	});

	test('shows that a file which is not there is answered by closing', async () => {
		const {port, messages} = await serveWatched({});
		await say(port, 'none\n');
		expect(kinds(messages)).toEqual(['← request', '→ closed']);
	});

	test.each(['framed', 'unframed', 'silent'] as const)('shows what we ask of class programs: %s', async kind => {
		const {address} = await startTracker();
		const {port, asked} = await startClassicPeer(address, kind, {'a.txt': 'hello'});
		const peer = await startWatchedPeer(address);
		await peer.fetch('a.txt');
		const seen = seenBy(peer, {plane: 'data'});
		expect(rawText(matching(seen, {direction: 'out'}))).toBe(asked.join(''));
		expect(seen.every(({remote}) => remote === `127.0.0.1:${port}`)).toBe(true);
		const question = ['→ request', '← closed', '→ request'];
		const expected = {
			framed: ['→ request', '← file'],
			unframed: [...question, '← file'],
			silent: [...question, '← closed'],
		};
		expect(kinds(seen).slice(0, expected[kind].length)).toEqual(expected[kind]);
		if (kind !== 'silent') {
			expect(rawText(seen.slice(-1))).toBe(kind === 'framed' ? 'Content-Length: 5\nhello' : 'hello');
		}
	});

	test('keeps and flags a header of the class protocol that is wrong', async () => {
		const server = createServer(socket => {
			socket.on('error', () => {});
			socket.once('data', () => socket.end('Content-Length: many\nhello'));
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		onTestFinished(() => {
			server.close();
		});
		const {address} = await startTracker();
		await join(address, {port: (server.address() as AddressInfo).port, files: [{name: 'a.txt', mtime: 5}]});
		const peer = await startWatchedPeer(address);
		await peer.knows('a.txt');
		peer.core.request(['a.txt']);
		await until('it to be seen', () => seenBy(peer, {kind: 'malformed'}).length > 0);
		const [malformed] = seenBy(peer, {kind: 'malformed'});
		expect(malformed).toMatchObject({problem: 'Expected "Content-Length: N", got "many"', direction: 'in'});
		expect(rawText([malformed!])).toBe('Content-Length: many\nhello');
	});

	test.each([
		['a head that is none', 'GET / HTTP/1.1\r\nbroken header\r\n\r\n', '400'],
		['a head that is too long', `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, '431'],
	])('answers %s as node:http does, and keeps and flags it', async (_, request, status) => {
		const plain = createHttpServer((_request, response) => response.end());
		plain.listen(0, '127.0.0.1');
		await once(plain, 'listening');
		onTestFinished(() => {
			plain.close();
		});
		const expected = await say((plain.address() as AddressInfo).port, request);
		const {port, messages} = await serveWatched({});
		const received = await say(port, request);
		expect(received.toString('latin1')).toBe(expected.toString('latin1'));
		expect(messages.map(({kind}) => kind)).toEqual(['malformed', status]);
		expect(messages[0]!.problem).toMatch(/^Parse Error/);
		expect(request).toContain(rawText(messages.slice(0, 1)).slice(0, 20));
		expect(rawText(messages.slice(1))).toBe(received.toString('latin1'));
	});

	test('keeps and flags garbage on the port, and says nothing of a caller that is silent', async () => {
		changeLimits({firstByteTimeoutMs: 100});
		const {port, messages, details} = await serveWatched({});
		const garbage = Buffer.from(noise(3000)).fill(7, 0, 3000);
		await say(port, garbage);
		await say(port, '');
		await until('the silent one to be told', () => details.length === 2);
		expect(messages).toHaveLength(1);
		expect(messages[0]).toMatchObject({kind: 'malformed', bytes: 3000, direction: 'in'});
		expect(messages[0]!.problem).toMatch(/^Expected an HTTP request or the name of a file, got "/);
		expect(Buffer.from(messages[0]!.raw)).toEqual(garbage);
	});

	test.each([
		['no HTTP', 'hello\r\n\r\n'],
		['a head without a length', 'HTTP/1.1 200 OK\r\n\r\n'],
	])('keeps and flags what a peer answers wrong: %s', async (_, answer) => {
		const server = createServer(socket => {
			socket.on('error', () => {});
			socket.once('data', () => socket.write(answer));
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		onTestFinished(() => {
			server.close();
		});
		const {address} = await startTracker();
		const {port} = server.address() as AddressInfo;
		const {root} = contentIdOf(Buffer.from('hello'));
		await join(address, {port, version: 2, name: 'liar', files: [{name: 'a', mtime: 5, size: 5, root}]});
		const peer = await startWatchedPeer(address);
		await peer.knows('a');
		peer.core.request(['a']);
		await until('it to be seen', () => seenBy(peer, {kind: 'malformed'}).length > 0);
		const [malformed] = seenBy(peer, {kind: 'malformed'});
		expect(malformed).toMatchObject({party: 'liar', direction: 'in', bytes: answer.length});
		expect(rawText([malformed!])).toBe(answer);
	});
});

test('nothing is told while nobody watches', async () => {
	const {address} = await startTracker();
	const dir = await temporaryFolder();
	await put(dir, 'a.txt', 'hello');
	const holder = await startPeer(address, {dir});
	const peer = await startWatchedPeer(address);
	await peer.core.directoryReady();
	peer.core.watchWire(false);
	const before = seenBy(peer).length;
	expect(await peer.fetch('a.txt')).toMatchObject({state: 'done'});
	expect(seenBy(peer)).toHaveLength(before);
	expect(seenBy(holder)).toEqual([]);
	peer.core.watchWire(true);
	const received = await say(peer.port, 'a.txt\n');
	expect(received.toString()).toBe('Content-Length: 5\nhello');
	expect(kinds(seenBy(peer, {plane: 'data'}))).toEqual(['← request', '→ file']);
});
