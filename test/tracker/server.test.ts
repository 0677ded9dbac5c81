import {Buffer} from 'node:buffer';
import {networkInterfaces} from 'node:os';
import {describe, expect, it} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {until} from '../wait.js';
import {type Client, connect, init2, type Message, observe, startTracker} from './client.js';

const classicInit = (port: number, files: Record<string, number> = {}): Message => ({
	port,
	files: Object.entries(files).map(([name, mtime]) => ({name, mtime})),
});
const entry = (port: number, mtime: number) => ({ip: '127.0.0.1', port, mtime});
const types = (client: Client) => client.messages.map(({type}) => type);

describe('the classic dialect', () => {
	it('answers each message with one directory of exactly ip, port and mtime, and says nothing unasked', async () => {
		const {port} = await startTracker();
		const observer = await observe(port);
		const client = await connect(port);
		const directory = {'a.txt': entry(8001, 5)};
		expect(await client.ask(classicInit(8001, {'a.txt': 5}))).toEqual(directory);
		expect(await client.ask({port: 8001})).toEqual(directory);
		// Others come and go: version 2 is told, the classic client is not.
		const other = await connect(port);
		await other.ask(init2(8002, {files: [{name: 'b', mtime: 1, size: 1}]}));
		other.send({type: 'bye'});
		await until('the leave to be pushed', () => types(observer).includes('left'));
		expect(await client.ask({port: 8001})).toEqual(directory);
		expect(client.messages).toHaveLength(3);
		expect(client.text.endsWith('}\n')).toBe(true);
	});

	it('reads messages without newlines, several in one write and split at any byte', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		client.write('{"port":8001,"files":[{"name":"a","mtime":5}]}{"port":8001}{"port":8001}');
		const directory = {a: entry(8001, 5)};
		for (let index = 0; index < 3; index++) {
			expect(await client.next()).toEqual(directory);
		}

		for (const byte of '{"port":8001,"files":[{"name":"ü","mtime":5}]}') {
			client.write(byte);
		}

		expect(await client.next()).toEqual({...directory, ü: entry(8001, 5)});
		expect(client.messages).toHaveLength(4);
	});

	it('names the newest copy, and at equal times the first to announce it', async () => {
		const {port} = await startTracker();
		const [first, second, third] = [await connect(port), await connect(port), await connect(port)];
		await first.ask(classicInit(8001, {tie: 5, old: 4}));
		await second.ask(classicInit(8002, {tie: 5, old: 6}));
		expect(await third.ask(classicInit(8003, {tie: 5, old: 5}))).toEqual({
			tie: entry(8001, 5),
			old: entry(8002, 6),
		});
	});

	it('merges a later Init with files, newer times replacing', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		await client.ask(classicInit(8001, {a: 5, b: 5}));
		expect(await client.ask(classicInit(8001, {a: 4, b: 6, c: 1}))).toEqual({
			a: entry(8001, 5),
			b: entry(8001, 6),
			c: entry(8001, 1),
		});
	});

	it.each([
		['no port', {files: []}],
		['text for a port', {port: '8001', files: []}],
		['port 0', {port: 0, files: []}],
		['port 65536', {port: 65_536}],
		['an unknown type', {type: 'dance'}],
	])('ignores a message with %s, and empty lines', async (_, message) => {
		const {port} = await startTracker();
		const client = await connect(port);
		client.send(message);
		client.write('\n\r\n\n');
		expect(await client.ask(classicInit(8001, {a: 5}))).toEqual({a: entry(8001, 5)});
		expect(client.messages).toHaveLength(1);
	});

	it('answers a peer whose Init it has not seen, which shares nothing', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		expect(await client.ask({port: 8001})).toEqual({});
		expect(await client.ask(classicInit(8001, {a: 5}))).toEqual({a: entry(8001, 5)});
	});

	it('answers a peer that names another port on its connection', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		await client.ask(classicInit(8001, {a: 5}));
		expect(await client.ask(classicInit(8002, {a: 5}))).toEqual({a: entry(8002, 5)});
		expect(await client.ask({port: 8002})).toEqual({a: entry(8002, 5)});
	});

	it('keeps the files of a peer that is back in the grace with a keep-alive', async () => {
		// A keep-alive has no files: it says that the peer is alive, not that it has none.
		const {port} = await startTracker();
		const client = await connect(port);
		await client.ask(classicInit(8001, {a: 5}));
		await client.leave();
		const again = await connect(port);
		expect(await again.ask({port: 8001})).toEqual({a: entry(8001, 5)});
	});

	it('forgets a peer a moment after its connection closed', async () => {
		const {port} = await startTracker({graceMs: 50});
		const observer = await observe(port);
		const client = await connect(port);
		await client.ask(classicInit(8001, {a: 5}));
		await client.leave();
		await until('the leave', () => observer.messages.at(-1)?.reason === 'disconnected');
		const other = await connect(port);
		expect(await other.ask({port: 8002})).toEqual({});
	});

	it('has a silent peer back with its files at its next word', async () => {
		const {port} = await startTracker({classicTtlMs: 50});
		const observer = await observe(port);
		const client = await connect(port);
		await client.ask(classicInit(8001, {a: 5}));
		await until('the silence', () => observer.messages.at(-1)?.reason === 'silent');
		expect(client.isClosed).toBe(false);
		expect(await client.ask({port: 8001})).toEqual({a: entry(8001, 5)});
		const joined = await until('the return', () => observer.messages.slice(3)[0]);
		expect(joined).toMatchObject({type: 'joined', peer: {port: 8001, files: [{name: 'a', mtime: 5}]}});
	});
});

describe('contents and parts', () => {
	const roots = Array.from({length: 3}, (_, index) => String(index).padStart(64, '0'));
	const [rootA, rootB, rootC] = roots as [string, string, string];
	const file = {name: 'a', mtime: 5, size: 1};

	it('are pushed as they change, and are in the next snapshot', async () => {
		const {port} = await startTracker();
		const observer = await observe(port);
		const client = await connect(port);
		await client.ask(init2(8001, {files: [file], parts: [rootA]}));
		client.send({type: 'files', added: [{...file, root: rootB}], removed: []});
		await until('the root', () => observer.text.includes(rootB));
		client.send({type: 'files', parts: {added: [rootC], removed: [rootA]}});
		await until('the part', () => observer.text.includes(rootC));
		expect(observer.messages.slice(1)).toMatchObject([
			{type: 'joined', peer: {files: [file], parts: [rootA]}},
			{type: 'changed', added: [{...file, root: rootB}], removed: []},
			{type: 'changed', added: [], removed: [], parts: {added: [rootC], removed: [rootA]}},
		]);
		const late = await connect(port);
		const {peers} = await late.ask(init2(9, {observer: true}));
		expect(peers).toMatchObject([{files: [{...file, root: rootB}], parts: [rootC]}]);
	});

	it('of a peer that comes back are what its new Init says', async () => {
		const {port} = await startTracker();
		const observer = await observe(port);
		const client = await connect(port);
		await client.ask(init2(8001, {files: [{...file, root: rootA}], parts: [rootA, rootB]}));
		await client.leave();
		const again = await connect(port);
		await again.ask(init2(8001, {files: [file], parts: [rootB, rootC]}));
		const changed = await until('the change', () => observer.messages[2]);
		expect(changed).toMatchObject({type: 'changed', added: [file], parts: {added: [rootC], removed: [rootA]}});
		expect(JSON.stringify(changed)).not.toContain('"root"');
	});

	it('that are none, or far too many, cost a peer nothing else', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		const parts = Array.from({length: 300_000}, (_, index) => index.toString(16).padStart(64, '0'));
		const {peers} = await client.ask(
			init2(8001, {files: [{...file, root: '../../etc/passwd'}], parts: ['__proto__', 5, null, ...parts]}),
		);
		const [peer] = peers as Array<{files: unknown; parts: string[]}>;
		expect(peer!.files).toEqual([file]);
		expect(peer!.parts).toEqual(parts.slice(0, limits.maxPartsPerPeer));
	});

	it('never reach a class program', async () => {
		const {port} = await startTracker();
		const modern = await connect(port);
		await modern.ask(init2(8001, {files: [{...file, root: rootA}], parts: [rootB]}));
		const classic = await connect(port);
		expect(await classic.ask(classicInit(8002))).toEqual({a: entry(8001, 5)});
	});
});

describe('version 2', () => {
	it('gets one snapshot, then only what changed, in the order of the revisions', async () => {
		const {port} = await startTracker();
		const classic = await connect(port);
		await classic.ask(classicInit(8001, {a: 5}));
		const client = await connect(port);
		const snapshot = await client.ask(init2(8002));
		expect(snapshot).toMatchObject({
			type: 'snapshot',
			revision: 2,
			peers: [
				{port: 8001, version: 1, ip: '127.0.0.1', files: [{name: 'a', mtime: 5}]},
				{id: snapshot.you, port: 8002, version: 2, name: 'peer 8002'},
			],
		});
		const other = await connect(port);
		const {you: id} = await other.ask(init2(8003, {nested: [{name: 'x/y', mtime: 7, size: 8}]}));
		expect(await client.next()).toMatchObject({
			type: 'joined',
			revision: 3,
			peer: {id, port: 8003, files: [{name: 'x/y', mtime: 7, size: 8}]},
		});
		other.send({type: 'files', added: [{name: 'b', mtime: 5, size: 6}], removed: ['x/y', 'unknown']});
		expect(await client.next()).toEqual({
			type: 'changed',
			revision: 4,
			id,
			added: [{name: 'b', mtime: 5, size: 6}],
			removed: ['x/y'],
		});
		other.send({type: 'bye'});
		expect(await client.next()).toEqual({type: 'left', revision: 5, id, reason: 'bye'});
		await other.closed();
		expect(client.messages).toHaveLength(4);
	});

	it('gets nothing pushed that its snapshot has already', async () => {
		const {port} = await startTracker();
		const clients = await Promise.all(Array.from({length: 8}, async () => connect(port)));
		await Promise.all(clients.map(async (client, index) => client.ask(init2(8001 + index))));
		const observer = await observe(port);
		clients[0]!.send({type: 'bye'});
		for (const client of [...clients.slice(1), observer]) {
			await until('the leave', () => types(client).includes('left'));
			const revisions = client.messages.map(({revision}) => revision as number);
			const from = revisions[0]!;
			expect(revisions).toEqual(Array.from({length: 10 - from}, (_, index) => from + index));
		}
	});

	it('is answered a keep-alive in bytes, not in directories', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		const files = Array.from({length: 1000}, (_, index) => ({name: `file ${index}`, mtime: 5, size: 1}));
		const {revision} = await client.ask(init2(8001, {files}));
		const before = client.text.length;
		expect(await client.ask({type: 'keep-alive', revision})).toEqual({type: 'keep-alive', revision});
		expect(client.text.length - before).toBeLessThan(100);
	});

	it('tells the others at once of a bye, without the grace', async () => {
		const {port} = await startTracker({graceMs: 600_000, ttlMs: 600_000});
		const observer = await observe(port);
		const client = await connect(port);
		await client.ask(init2(8001));
		client.send({type: 'bye'});
		await until('the bye', () => observer.messages.at(-1)?.reason === 'bye');
		await client.closed();
	});

	it('says nothing of a peer that is back within the grace, then drops it once', async () => {
		const {port} = await startTracker({graceMs: 1500});
		const observer = await observe(port);
		const client = await connect(port);
		const {you} = await client.ask(init2(8001, {files: [{name: 'a', mtime: 5, size: 1}]}));
		await client.leave();
		const again = await connect(port);
		expect(await again.ask(init2(8001, {files: [{name: 'a', mtime: 5, size: 1}]}))).toMatchObject({you, revision: 1});
		await again.leave();
		await until('the leave', () => types(observer).includes('left'));
		expect(types(observer)).toEqual(['snapshot', 'joined', 'left']);
		expect(observer.messages[2]).toMatchObject({id: you, reason: 'disconnected'});
	});

	it('drops and cuts off a peer that misses its beats, and not one that beats', async () => {
		const {port} = await startTracker({ttlMs: 1500});
		const observer = await observe(port);
		const [silent, beating] = [await connect(port), await connect(port)];
		const {you} = await silent.ask(init2(8001));
		await beating.ask(init2(8002));
		const beat = setInterval(() => {
			beating.send({type: 'keep-alive'});
		}, 50);
		try {
			await silent.closed();
		} finally {
			clearInterval(beat);
		}

		await until('the leave', () => types(observer).includes('left'));
		expect(observer.messages.filter(({type}) => type === 'left')).toMatchObject([{id: you, reason: 'silent'}]);
	});

	it('does not list an observer', async () => {
		const {port} = await startTracker();
		const observer = await connect(port);
		expect(await observer.ask(init2(8001, {observer: true}))).toEqual(
			expect.not.objectContaining({you: expect.anything() as unknown}),
		);
		const client = await connect(port);
		expect(await client.ask(init2(8002))).toMatchObject({peers: [{port: 8002}]});
		await observer.leave();
		const other = await connect(port);
		await other.ask(init2(8003));
		expect(await client.next()).toMatchObject({type: 'joined', revision: 2, peer: {port: 8003}});
	});

	it('moves a peer to its newest connection and closes the other', async () => {
		const {port} = await startTracker();
		const [first, second] = [await connect(port), await connect(port)];
		const {you} = await first.ask(init2(8001));
		expect(await second.ask(init2(8001))).toMatchObject({you, revision: 1});
		await first.closed();
		expect(await second.ask({type: 'keep-alive'})).toEqual({type: 'keep-alive', revision: 1});
	});
});

describe('one room for both', () => {
	it('shows classic files to version 2 and plain version 2 files to classic peers', async () => {
		const {port} = await startTracker();
		const [classic, modern] = [await connect(port), await connect(port)];
		await classic.ask(classicInit(8001, {a: 5, both: 5}));
		const files = [
			{name: 'b', mtime: 6, size: 7},
			{name: 'both', mtime: 6, size: 7},
		];
		await modern.ask(init2(8002, {files, nested: [{name: 'folder/c', mtime: 6, size: 7}]}));
		expect(await classic.ask({port: 8001})).toEqual({
			a: entry(8001, 5),
			b: entry(8002, 6),
			both: entry(8002, 6),
		});
		await classic.ask(classicInit(8001, {both: 8}));
		expect(await modern.next()).toMatchObject({type: 'changed', added: [{name: 'both', mtime: 8}], removed: []});
	});
});

describe('strangers', () => {
	it.each([
		['invalid JSON', '{"port":}'],
		['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
		['TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])],
		['invalid UTF-8', Buffer.from('{"a":"\u00FF"}', 'latin1')],
		['JSON nested 10,000 deep', '{"a":'.repeat(10_000)],
	])('are cut off for %s, while others go on', async (_, bytes) => {
		const {port, events} = await startTracker();
		const client = await connect(port);
		await client.ask(classicInit(8001, {a: 5}));
		const stranger = await connect(port);
		stranger.write(bytes);
		await stranger.closed();
		expect(stranger.text).toBe('');
		expect(events).toContainEqual(expect.objectContaining({event: 'malformed', ip: '127.0.0.1'}));
		expect(await client.ask({port: 8001})).toEqual({a: entry(8001, 5)});
	});

	it('may go away in the middle of a message', async () => {
		const {port} = await startTracker();
		const [ended, reset, client] = [await connect(port), await connect(port), await connect(port)];
		ended.write('{"port":80');
		ended.socket.end();
		reset.write('{"port":80');
		reset.socket.resetAndDestroy();
		await ended.closed();
		await reset.closed();
		expect(await client.ask(classicInit(8001, {a: 5}))).toEqual({a: entry(8001, 5)});
	});

	it('can not announce an address other than their own', async () => {
		const {port} = await startTracker();
		const client = await connect(port);
		const forged = {...classicInit(8001, {a: 5}), ip: '10.9.9.9', host: '10.9.9.9'};
		expect(await client.ask(forged)).toEqual({a: entry(8001, 5)});
	});

	it('are cut off when they ask and never read', async () => {
		const {port} = await startTracker({graceMs: 50});
		const observer = await observe(port);
		const client = await connect(port);
		client.socket.pause();
		const files = Array.from({length: 5000}, (_, index) => ({name: String(index).padStart(200, 'x'), mtime: 5}));
		client.send({port: 8001, files});
		for (let asked = 0; asked < 100; asked++) {
			client.send({port: 8001});
		}

		await until('the leave', () => observer.messages.at(-1)?.reason === 'disconnected');
	});
});

describe('the tracker', () => {
	it('closes with every connection, even of a client that goes on talking', async () => {
		const {port, tracker} = await startTracker();
		const [quiet, talking] = [await connect(port), await connect(port, {allowHalfOpen: true})];
		await quiet.ask(init2(8001));
		await talking.ask(classicInit(8002));
		const talk = setInterval(() => {
			talking.send({port: 8002});
		}, 50);
		try {
			let isClosed = false;
			const closing = (async () => {
				await tracker.close();
				isClosed = true;
			})();
			await until('the tracker to close', () => isClosed, 5000);
			await closing;
		} finally {
			clearInterval(talk);
		}
	});

	it('says that its port is taken', async () => {
		const {port} = await startTracker();
		await expect(startTracker({port})).rejects.toMatchObject({code: 'EADDRINUSE'});
	});

	const outside = Object.values(networkInterfaces())
		.flat()
		.find(one => one?.family === 'IPv4' && !one.internal)?.address;

	it('gives loopback peers to clients elsewhere under the address they reached it on', async ({skip}) => {
		if (!outside) {
			skip('This machine has no IPv4 address but loopback');
			return;
		}

		const {port} = await startTracker({host: '0.0.0.0'});
		const local = await connect(port);
		await local.ask(classicInit(8001, {a: 5}));
		const remote = await connect(port, {host: outside});
		expect(await remote.ask({port: 8002})).toEqual({a: {ip: outside, port: 8001, mtime: 5}});
		const modern = await connect(port, {host: outside});
		expect(await modern.ask(init2(8003))).toMatchObject({
			peers: [{ip: outside, port: 8001}, {ip: outside, port: 8002}, {ip: outside}],
		});
		expect(await local.ask({port: 8001})).toEqual({a: entry(8001, 5)});
	});
});
