import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {mkdir, readdir, rm, stat, truncate} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, onTestFinished, test} from 'vitest';
import {Tracker} from '../../tracker/server.js';
import {rootOfBytes} from '../../source/protocol/merkle.js';
import {temporaryFolder, until} from '../wait.js';
import {arrival, contentOf, noise, oldTime, put} from './files.js';
import {startPeer, startTracker, TestPeer} from './peers.js';
import {ask} from './raw-connection.js';
import {join, serve, startScriptedPeer} from './scripted-peer.js';
import {startClassicPeer} from './classic-peer.js';
import {startContentPeer} from './content-peer.js';
import {startScriptedTracker} from './scripted-tracker.js';

const mebi = 1024 * 1024;

/** A visitor listens nowhere; this is only what its Init says. */
const visitPort = 8000;

/** Two peers of one tracker; the first holds the files. */
async function startPair(files: Record<string, string | Uint8Array>) {
	const {tracker, address} = await startTracker();
	const dir = await temporaryFolder();
	for (const [name, content] of Object.entries(files)) {
		await put(dir, name, content);
	}

	const holder = await startPeer(address, {dir, name: 'holder'});
	const fetcher = await startPeer(address, {name: 'fetcher'});
	return {tracker, address, holder, fetcher};
}

/** Everything in the shared folder but our own state. */
async function shared(dir: string): Promise<string[]> {
	const entries = await readdir(dir, {recursive: true});
	return entries.filter(name => !name.startsWith('.p2p-tui')).toSorted();
}

describe('fetching', () => {
	test('brings a file over byte for byte, with its time', async () => {
		const content = noise(5 * mebi + 17);
		const {fetcher} = await startPair({'big.bin': content});
		const transfer = await fetcher.fetch('big.bin');
		expect(transfer).toMatchObject({
			state: 'done',
			bytes: content.length,
			peer: 'holder',
		});
		const arrived = await arrival(fetcher.dir, 'big.bin');
		expect(Buffer.compare(arrived, content)).toBe(0);
		const {mtimeMs} = await stat(path.join(fetcher.dir, 'big.bin'));
		expect(mtimeMs).toBe(oldTime * 1000);
		expect(await fetcher.state('partial')).toEqual([]);
	});

	test.each([
		'sub/folder/deep.txt',
		'grüße.txt',
		'日本/語 と空白.txt',
		'e\u0301 NFD.txt',
		'100% #1?&=+;.txt',
		'<b>\'quoted"</b>.txt',
		'__proto__',
		'constructor',
		`${'x'.repeat(251)}.txt`,
	])('brings %j over under exactly that name', async name => {
		const {fetcher} = await startPair({[name]: `I am ${name}`});
		const transfer = await fetcher.fetch(name);
		expect(transfer.state).toBe('done');
		const arrived = await arrival(fetcher.dir, name);
		expect(Buffer.from(arrived).toString()).toBe(`I am ${name}`);
	});

	test('brings an empty file over', async () => {
		const {fetcher} = await startPair({'empty.txt': ''});
		const transfer = await fetcher.fetch('empty.txt');
		expect(transfer.state).toBe('done');
		expect(await contentOf(fetcher.dir, 'empty.txt')).toHaveLength(0);
	});

	test('keeps the version that a newer one replaces', async () => {
		const {address, holder} = await startPair({
			'notes.txt': 'the new version',
		});
		const dir = await temporaryFolder();
		await put(dir, 'notes.txt', 'the old version', oldTime - 100);
		const fetcher = await startPeer(address, {dir, name: 'older'});
		await fetcher.fetch('notes.txt');
		const arrived = await contentOf(dir, 'notes.txt');
		expect(Buffer.from(arrived!).toString()).toBe('the new version');
		const kept = await fetcher.state('versions');
		expect(kept).toHaveLength(1);
		expect(kept[0]).toMatch(/^notes~.*\.txt$/);
		const old = await contentOf(path.join(dir, '.p2p-tui/versions'), kept[0]!);
		expect(Buffer.from(old!).toString()).toBe('the old version');
		expect(holder.core.remoteFiles.map(({name}) => name)).toEqual(['notes.txt']);
	});

	test('keeps the old version of a file whose name is as long as names may be', async () => {
		const name = `${'x'.repeat(251)}.txt`;
		const {address} = await startPair({[name]: 'new'});
		const dir = await temporaryFolder();
		await put(dir, name, 'old', oldTime - 100);
		const fetcher = await startPeer(address, {dir});
		const transfer = await fetcher.fetch(name);
		expect(transfer).toMatchObject({state: 'done'});
		expect(await fetcher.state('versions')).toHaveLength(1);
	});

	test('does not replace a copy that is as new', async () => {
		const {address} = await startPair({'same.txt': 'theirs'});
		const dir = await temporaryFolder();
		await put(dir, 'same.txt', 'mine');
		const fetcher = await startPeer(address, {dir});
		await fetcher.knows('same.txt');
		fetcher.core.request(['same.txt']);
		expect(fetcher.notices.join(',')).toContain('same.txt is here already');
		expect(fetcher.told('same.txt')).toEqual([]);
		const content = await contentOf(dir, 'same.txt');
		expect(Buffer.from(content!).toString()).toBe('mine');
	});

	test('leaves a folder alone that stands where the file should go', async () => {
		const {fetcher} = await startPair({thing: 'a file'});
		await put(fetcher.dir, 'thing/inside.txt', 'mine');
		const transfer = await fetcher.fetch('thing');
		expect(transfer.state).toBe('failed');
		expect(transfer.error).toContain('folder');
		const content = await contentOf(fetcher.dir, 'thing/inside.txt');
		expect(Buffer.from(content!).toString()).toBe('mine');
	});

	test('fails with a reason where a file stands in the place of a folder', async () => {
		const {fetcher} = await startPair({'thing/inside.txt': 'theirs'});
		await put(fetcher.dir, 'thing', 'mine');
		const transfer = await fetcher.fetch('thing/inside.txt');
		expect(transfer.state).toBe('failed');
		expect(transfer.error).toContain('thing is no folder');
		const content = await contentOf(fetcher.dir, 'thing');
		expect(Buffer.from(content!).toString()).toBe('mine');
	});

	test('says so when nobody shares what is asked for', async () => {
		const {fetcher} = await startPair({});
		fetcher.core.request(['nothing\u001B[31m.txt']);
		expect(fetcher.notices).toEqual(['nothing␛[31m.txt is not shared by anyone now']);
	});

	test('names both sides to each other', async () => {
		const {holder, fetcher} = await startPair({'a.txt': 'a'});
		await fetcher.fetch('a.txt');
		await until('the upload to be over', () => holder.told('a.txt', 'up').at(-1)?.state === 'done');
		expect(holder.told('a.txt', 'up').at(-1)).toMatchObject({
			peer: 'fetcher',
			bytes: 1,
		});
	});

	test('fetches on a visit without being listed or serving', async () => {
		const {address, holder} = await startPair({'a.txt': 'a'});
		const visitor = await startPeer(address, {
			name: 'visitor',
			isServing: false,
			port: visitPort,
		});
		await visitor.core.directoryReady();
		const transfer = await visitor.fetch('a.txt');
		expect(transfer.state).toBe('done');
		expect(visitor.port).toBe(0);
		await until('the holder to see the other', () => holder.core.peers.length);
		expect(holder.core.peers.map(({name}) => name)).toEqual(['fetcher']);
	});
});

describe('a visit', () => {
	test('is answered by the tracker when any port would do', async () => {
		const {address} = await startPair({'a.txt': 'a'});
		const visitor = await startPeer(address, {isServing: false, port: 0});
		await visitor.knows('a.txt');
	});
});

describe('sources that fail', () => {
	const content = noise(2 * mebi, 7);
	const file = {name: 'a.bin', mtime: oldTime, size: content.length};

	/** A bad source that is asked first, and a good peer. */
	async function startBadAndGood(...script: Parameters<typeof serve>) {
		const {address} = await startTracker();
		const bad = await startScriptedPeer(address, 'bad', [file], serve(...script));
		return {...(await startGood(address)), bad};
	}

	async function startGood(address: {host: string; port: number}) {
		const dir = await temporaryFolder();
		await put(dir, 'a.bin', content);
		const good = await startPeer(address, {dir, name: 'good'});
		const fetcher = await startPeer(address, {name: 'fetcher'});
		return {address, good, fetcher};
	}

	async function expectGoodBytes(fetcher: TestPeer) {
		const arrived = await arrival(fetcher.dir, 'a.bin');
		expect(Buffer.compare(arrived, content)).toBe(0);
	}

	test('goes on by range from another when one dies in the middle', async () => {
		const {fetcher, good, bad} = await startBadAndGood(content, mebi);
		const transfer = await fetcher.fetch('a.bin', 2);
		expect(transfer).toMatchObject({state: 'done', peer: 'good'});
		await expectGoodBytes(fetcher);
		expect(bad.requests.length).toBeGreaterThan(0);
		await until('the upload to be over', () => good.told('a.bin', 'up').at(-1)?.state === 'done');
		expect(good.core.sample().upBytes).toBe(mebi);
		expect(fetcher.core.sample().downBytes).toBe(2 * mebi);
	});

	test('asks each source for exactly the version it wants', async () => {
		const {fetcher, bad} = await startBadAndGood(content);
		await fetcher.fetch('a.bin', 2);
		expect(bad.requests).toEqual([
			{
				path: '/files/a.bin',
				from: 0,
				ifMatch: `"${oldTime}-${content.length}"`,
			},
		]);
	});

	test.each([
		['answers 412', 412],
		['answers 404', 404],
		['answers 500', 500],
		['redirects', 302],
	])('goes on from another when one %s', async (_, status) => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'bad', [file], response => {
			response.writeHead(status, {location: 'http://127.0.0.1:1/'});
			response.end('no');
		});
		const {fetcher} = await startGood(address);
		const transfer = await fetcher.fetch('a.bin', 2);
		expect(transfer).toMatchObject({state: 'done', peer: 'good'});
		await expectGoodBytes(fetcher);
	});

	test.each([
		['a length that is too short', String(content.length - 5)],
		['a length that is too long', String(content.length + 5)],
		['a length beyond all numbers', '9223372036854775808'],
	])('drops a source that offers %s', async (_, length) => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'bad', [file], response => {
			response.writeHead(200, {'content-length': length});
			response.write('x'.repeat(100));
		});
		const {fetcher} = await startGood(address);
		const transfer = await fetcher.fetch('a.bin', 2);
		expect(transfer).toMatchObject({state: 'done', peer: 'good'});
		await expectGoodBytes(fetcher);
	});

	test('does not keep bytes of a source that sent too many', async () => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'bad', [file], response => {
			const lie = Buffer.alloc(mebi, 'x');
			response.write(lie);
			response.write(lie);
			response.end('one more byte than there should be');
		});
		const {fetcher} = await startGood(address);
		const transfer = await fetcher.fetch('a.bin', 2);
		expect(transfer).toMatchObject({state: 'done', peer: 'good'});
		await expectGoodBytes(fetcher);
	});

	test('tells the user of a source that lied', async () => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'liar', [file], response => {
			response.end('a much shorter file');
		});
		const {fetcher} = await startGood(address);
		await fetcher.fetch('a.bin', 2);
		expect(fetcher.notices.join('\n')).toContain('liar');
	});

	test('does not take the rest of a file from an answer that begins elsewhere', async () => {
		const {address} = await startTracker();
		let isFirst = true;
		await startScriptedPeer(address, 'bad', [file], (response, request) => {
			if (isFirst) {
				isFirst = false;
				serve(content, 1000)(response, request);
				return;
			}

			response.writeHead(206, {
				'content-range': `bytes 0-${content.length - 1001}/${content.length}`,
				'content-length': content.length - 1000,
			});
			response.end(content.subarray(0, -1000));
		});
		const fetcher = await startPeer(address);
		const transfer = await fetcher.fetch('a.bin');
		expect(transfer.state).toBe('failed');
		expect(transfer.error).toContain('Expected bytes from 1000 on');
		expect(await contentOf(fetcher.dir, 'a.bin')).toBeUndefined();
	});

	test('begins anew when a source sends the whole file for a range', async () => {
		const {address} = await startTracker();
		let count = 0;
		await startScriptedPeer(address, 'simple', [file], (response, request) => {
			count++;
			serve(content, count === 1 ? 1000 : undefined)(response, {
				...request,
				from: 0,
			});
		});
		const fetcher = await startPeer(address);
		const transfer = await fetcher.fetch('a.bin');
		expect(transfer.state).toBe('done');
		await expectGoodBytes(fetcher);
	});

	test('fails with the reason, and no file, when nobody can give it', async () => {
		const {address} = await startTracker();
		const bad = await startScriptedPeer(address, 'bad', [file], serve(content, 0));
		const fetcher = await startPeer(address);
		const transfer = await fetcher.fetch('a.bin');
		expect(transfer).toMatchObject({state: 'failed', bytes: 0});
		expect(transfer.error).toBe('bad closed the connection');
		expect(fetcher.notices.join('\n')).toContain('a.bin failed');
		expect(await shared(fetcher.dir)).toEqual([]);
		expect(bad.requests.length).toBeGreaterThan(1);
	});

	test('gives a dead address up', async () => {
		const {address} = await startTracker();
		const dead = await startPeer(address);
		const {port} = dead;
		await dead.core.stop();
		await join(address, {port, files: [file], version: 2, name: 'dead'});
		const {fetcher} = await startGood(address);
		const transfer = await fetcher.fetch('a.bin', 2);
		expect(transfer).toMatchObject({state: 'done', peer: 'good'});
	});

	test('fetches the newer version that appears while the old one is being sent', async () => {
		const {address} = await startTracker();
		const newer = noise(1000, 9);
		let break_: (() => void) | undefined;
		const changing = await startScriptedPeer(address, 'changing', [file], (response, request) => {
			if (request.ifMatch === `"${oldTime + 1}-1000"`) {
				serve(newer)(response, request);
			} else if (break_) {
				response.writeHead(412).end();
			} else {
				response.writeHead(200, {'content-length': content.length});
				response.write(content.subarray(0, 1000));
				break_ = () => response.destroy();
			}
		});
		const fetcher = await startPeer(address, {isSyncing: true});
		await until('the download to begin', () => break_);
		changing.announce([{name: 'a.bin', mtime: oldTime + 1, size: 1000}]);
		await until('the newer version to be known', () =>
			fetcher.core.remoteFiles.some(({mtime}) => mtime === oldTime + 1),
		);
		break_!();
		const arrived = await arrival(fetcher.dir, 'a.bin', 20_000);
		expect(Buffer.compare(arrived, newer)).toBe(0);
	});
});

describe('classic peers', () => {
	test.each(['framed', 'unframed'] as const)('fetches from a %s program and serves it in turn', async dialect => {
		const {address} = await startTracker();
		await startClassicPeer(address, dialect, {
			'a.txt': 'from a class program',
			'empty.txt': '',
		});
		const fetcher = await startPeer(address, {isSyncing: true});
		const content = await arrival(fetcher.dir, 'a.txt');
		expect(Buffer.from(content).toString()).toBe('from a class program');
		expect(await arrival(fetcher.dir, 'empty.txt')).toHaveLength(0);
		const {mtimeMs} = await stat(path.join(fetcher.dir, 'a.txt'));
		expect(mtimeMs).toBe(oldTime * 1000);
	});

	test('takes a short answer for a failure and keeps no file of it', async () => {
		const {address} = await startTracker();
		await startClassicPeer(address, 'short', {'a.txt': 'from a class program'});
		const fetcher = await startPeer(address);
		const transfer = await fetcher.fetch('a.txt');
		expect(transfer.state).toBe('failed');
		expect(await shared(fetcher.dir)).toEqual([]);
	});

	test('keeps the copy that is here when a program answers without a byte', async () => {
		const {address} = await startTracker();
		await startClassicPeer(address, 'silent', {'a.txt': 'gone by now'});
		const dir = await temporaryFolder();
		await put(dir, 'a.txt', 'mine', oldTime - 100);
		const fetcher = await startPeer(address, {dir});
		const transfer = await fetcher.fetch('a.txt');
		expect(transfer.state).toBe('failed');
		const content = await contentOf(dir, 'a.txt');
		expect(Buffer.from(content!).toString()).toBe('mine');
	});
});

describe('going on', () => {
	const content = noise(2 * mebi, 3);
	const file = {name: 'a.bin', mtime: oldTime, size: content.length};

	test('goes on by range with what an earlier run has half fetched', async () => {
		const {address} = await startTracker();
		let isHanging = true;
		const source = await startScriptedPeer(address, 'source', [file], (response, request) => {
			if (isHanging) {
				response.writeHead(200, {'content-length': content.length});
				response.write(content.subarray(0, mebi));
			} else {
				serve(content)(response, request);
			}
		});
		const dir = await temporaryFolder();
		const first = await startPeer(address, {dir});
		await first.knows('a.bin');
		first.core.request(['a.bin']);
		await until('the first half', () => first.core.sample().running[0]?.bytes === mebi);
		await first.core.stop();
		expect(await shared(dir)).toEqual([]);

		isHanging = false;
		const second = await startPeer(address, {dir});
		const arrived = await arrival(dir, 'a.bin');
		expect(Buffer.compare(arrived, content)).toBe(0);
		expect(source.requests.map(({from}) => from)).toEqual([0, mebi]);
		expect(second.core.sample().downBytes).toBe(mebi);
		await until('the partial file to go', async () => {
			const left = await second.state('partial');
			return left.length === 0;
		});
	});

	test('holds what a paused download has, and goes on with it', async () => {
		const {address} = await startTracker();
		let isHanging = true;
		const source = await startScriptedPeer(address, 'source', [file], (response, request) => {
			if (isHanging) {
				isHanging = false;
				response.writeHead(200, {'content-length': content.length});
				response.write(content.subarray(0, mebi));
			} else {
				serve(content)(response, request);
			}
		});
		const fetcher = await startPeer(address);
		await fetcher.knows('a.bin');
		fetcher.core.request(['a.bin']);
		await until('the first half', () => fetcher.core.sample().running[0]?.bytes === mebi);
		const {id} = fetcher.latest('a.bin')!;
		fetcher.core.pause(id);
		expect(fetcher.latest('a.bin')).toMatchObject({
			state: 'paused',
			bytes: mebi,
		});
		fetcher.core.resume(id);
		const transfer = await fetcher.over('a.bin');
		expect(transfer.state).toBe('done');
		expect(source.requests.map(({from}) => from)).toEqual([0, mebi]);
	});

	test('throws away what a cancelled download has', async () => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'source', [file], response => {
			response.writeHead(200, {'content-length': content.length});
			response.write(content.subarray(0, mebi));
		});
		const fetcher = await startPeer(address);
		await fetcher.knows('a.bin');
		fetcher.core.request(['a.bin']);
		await until('the first half', () => fetcher.core.sample().running[0]?.bytes === mebi);
		expect(await fetcher.state('partial')).not.toEqual([]);
		fetcher.core.cancel(fetcher.latest('a.bin')!.id);
		await until('the partial file to go', async () => {
			const left = await fetcher.state('partial');
			return left.length === 0;
		});
		expect(fetcher.latest('a.bin')?.state).toBe('cancelled');
	});

	test('fetches a file that is asked for again right after it was cancelled', async () => {
		const {address} = await startTracker();
		let isHanging = true;
		await startScriptedPeer(address, 'source', [file], (response, request) => {
			if (isHanging) {
				isHanging = false;
				response.writeHead(200, {'content-length': content.length});
				response.write(content.subarray(0, mebi));
			} else {
				serve(content)(response, request);
			}
		});
		const fetcher = await startPeer(address);
		await fetcher.knows('a.bin');
		fetcher.core.request(['a.bin']);
		await until('the first half', () => fetcher.core.sample().running[0]?.bytes === mebi);
		fetcher.core.cancel(fetcher.latest('a.bin')!.id);
		fetcher.core.request(['a.bin']);
		const transfer = await fetcher.over('a.bin');
		expect(transfer).toMatchObject({state: 'done', error: undefined});
		const arrived = await arrival(fetcher.dir, 'a.bin');
		expect(Buffer.compare(arrived, content)).toBe(0);
	});

	test('does not write a partial file that another program on the folder is writing', async () => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'source', [file], response => {
			response.writeHead(200, {'content-length': content.length});
			response.write(content.subarray(0, mebi));
		});
		const one = await startPeer(address, {name: 'one'});
		await one.knows('a.bin');
		one.core.request(['a.bin']);
		await until('the first half', () => one.core.sample().running[0]?.bytes === mebi);
		const other = await startPeer(address, {
			dir: one.dir,
			isServing: false,
			port: visitPort,
		});
		const transfer = await other.fetch('a.bin');
		expect(transfer.state).toBe('failed');
		expect(transfer.error).toContain('another program');
		expect(one.latest('a.bin')?.state).toBe('running');
	});
});

describe('going on by pieces', () => {
	const content = noise(2 * mebi, 3);
	const file = {name: 'a.bin', mtime: oldTime, size: content.length};

	test('throws away what a cancelled download has', async () => {
		const {address} = await startTracker();
		await startContentPeer(address, {name: 'source', content, fileName: 'a.bin', bytesPerSecond: mebi});
		const fetcher = await startPeer(address);
		await fetcher.knows('a.bin');
		fetcher.core.request(['a.bin']);
		await until('some pieces', () => (fetcher.core.sample().running[0]?.bytes ?? 0) > 0);
		expect(await fetcher.state('partial')).not.toEqual([]);
		fetcher.core.cancel(fetcher.latest('a.bin')!.id);
		await until('the partial file to go', async () => {
			const left = await fetcher.state('partial');
			return left.length === 0;
		});
		expect(fetcher.latest('a.bin')?.state).toBe('cancelled');
	});

	test('goes on with what was fetched whole before the content was known', async () => {
		const {address} = await startTracker();
		const unhashed = await startScriptedPeer(address, 'source', [file], response => {
			response.writeHead(200, {'content-length': content.length});
			response.write(content.subarray(0, mebi + 5));
		});
		const dir = await temporaryFolder();
		const first = await startPeer(address, {dir});
		await first.knows('a.bin');
		first.core.request(['a.bin']);
		await until('the first half', () => first.core.sample().running[0]?.bytes === mebi + 5);
		await first.core.stop();
		unhashed.leave();

		const source = await startContentPeer(address, {name: 'source', content, fileName: 'a.bin'});
		const second = await startPeer(address, {dir});
		const arrived = await arrival(dir, 'a.bin');
		expect(Buffer.compare(arrived, content)).toBe(0);
		expect(source.bytes).toBe(mebi);
		await until('all that was partial to go', async () => {
			const left = await second.state('partial');
			return left.length === 0;
		});
	});

	test('believes nothing of what was fetched whole but what proves to be of the content', async () => {
		const {address} = await startTracker();
		const lie = Uint8Array.from(content.subarray(0, mebi + 5));
		lie[7]! ^= 1;
		const liar = await startScriptedPeer(address, 'liar', [file], response => {
			response.writeHead(200, {'content-length': content.length});
			response.write(lie);
		});
		const dir = await temporaryFolder();
		const first = await startPeer(address, {dir});
		await first.knows('a.bin');
		first.core.request(['a.bin']);
		await until('the first half', () => first.core.sample().running[0]?.bytes === lie.length);
		await first.core.stop();
		liar.leave();

		const source = await startContentPeer(address, {name: 'source', content, fileName: 'a.bin'});
		await startPeer(address, {dir});
		const arrived = await arrival(dir, 'a.bin');
		expect(Buffer.compare(arrived, content)).toBe(0);
		expect(source.bytes).toBeGreaterThan(mebi);
		expect(source.bytes).toBeLessThan(content.length);
	});
});

describe('a small file from a source that does not answer', () => {
	const content = Buffer.from('small');

	/** Asked, and silent. */
	async function startHanging() {
		const {address} = await startTracker();
		const source = await startContentPeer(address, {name: 'silent', content, fileName: 'a.txt', answer() {}});
		const fetcher = await startPeer(address);
		await fetcher.knows('a.txt');
		fetcher.core.request(['a.txt']);
		await until('the question', () => source.asked.length);
		return {address, source, fetcher};
	}

	test('does not keep the peer from stopping', async () => {
		const {fetcher} = await startHanging();
		let isStopped = false;
		void fetcher.core.stop().then(() => {
			isStopped = true;
		});
		await until('the end', () => isStopped, 3000);
	});

	test('can be paused and gone on with from another', async () => {
		const {address, source, fetcher} = await startHanging();
		const {id} = fetcher.latest('a.txt')!;
		fetcher.core.pause(id);
		source.leave();
		await until('it to be gone', () => fetcher.core.remoteFiles.length === 0);
		await startContentPeer(address, {name: 'good', content, fileName: 'a.txt'});
		await fetcher.knows('a.txt');
		fetcher.core.resume(id);
		const arrived = await arrival(fetcher.dir, 'a.txt', 3000);
		expect(Buffer.compare(arrived, content)).toBe(0);
	});

	test('can be cancelled and asked for again at once', async () => {
		const {fetcher, source} = await startHanging();
		fetcher.core.cancel(fetcher.latest('a.txt')!.id);
		fetcher.core.request(['a.txt']);
		await until('the second question', () => source.asked.length === 2, 3000);
		source.asked[0]!.honest();
		source.asked[1]!.honest();
		const transfer = await fetcher.over('a.txt');
		expect(transfer.state).toBe('done');
		expect(fetcher.told('a.txt').filter(({state}) => state === 'done')).toHaveLength(1);
	});
});

describe('sync', () => {
	test('fetches all that is missing or newer, from several peers, to all of them', async () => {
		const {address} = await startTracker();
		const dirs = await Promise.all([temporaryFolder(), temporaryFolder(), temporaryFolder()]);
		await put(dirs[0], 'one.txt', 'one');
		await put(dirs[1], 'two/two.txt', 'two');
		await put(dirs[2], 'three.txt', '');
		await put(dirs[0], 'all.txt', 'old', oldTime);
		await put(dirs[1], 'all.txt', 'newest', oldTime + 2);
		await put(dirs[2], 'all.txt', 'newer', oldTime + 1);
		const peers = await Promise.all(
			dirs.map(async (dir, index) => startPeer(address, {dir, name: `peer ${index}`, isSyncing: true})),
		);
		for (const dir of dirs) {
			await arrival(dir, 'one.txt');
			await arrival(dir, 'two/two.txt');
			await arrival(dir, 'three.txt');
			await until('the newest version', async () => {
				const content = await contentOf(dir, 'all.txt');
				return Buffer.from(content ?? '').toString() === 'newest';
			});
		}

		await until('an old version in its place', async () => {
			const versions = await peers[0]!.state('versions');
			return versions.length > 0;
		});
	});

	test('begins when it is turned on', async () => {
		const {holder, fetcher} = await startPair({'a.txt': 'a'});
		await fetcher.knows('a.txt');
		expect(fetcher.told('a.txt')).toEqual([]);
		fetcher.core.setSync(true);
		await arrival(fetcher.dir, 'a.txt');
		expect(fetcher.events).toContainEqual({type: 'sync', isOn: true});
		await until('the holder to see the copy', () => holder.core.remoteFiles.some(({name}) => name === 'a.txt'));
	});

	test('leaves a paused download alone', async () => {
		const {address} = await startTracker();
		const file = {name: 'a.txt', mtime: oldTime, size: 100};
		const source = await startScriptedPeer(address, 'source', [file], response => {
			response.writeHead(200, {'content-length': 100});
			response.write('half');
		});
		const fetcher = await startPeer(address, {isSyncing: true});
		await until('the first bytes', () => fetcher.core.sample().running[0]?.bytes === 4);
		fetcher.core.pause(fetcher.latest('a.txt')!.id);
		source.announce([
			{...file, mtime: oldTime + 1},
			{name: 'b.txt', mtime: oldTime, size: 0},
		]);
		await fetcher.knows('b.txt');
		await until('the other file to be asked for', () => fetcher.latest('b.txt'));
		expect(fetcher.latest('a.txt')?.state).toBe('paused');
	});

	test('fetches a file once whose time the file system can not hold', async () => {
		const {address} = await startTracker();
		const source = await startScriptedPeer(
			address,
			'future',
			[{name: 'a.txt', mtime: 253_402_300_799, size: 5}],
			serve(Buffer.from('hello')),
		);
		const marker = {name: 'marker.txt', mtime: oldTime, size: 5};
		const fetcher = await startPeer(address, {isSyncing: true});
		await arrival(fetcher.dir, 'a.txt');
		source.announce([marker]);
		await arrival(fetcher.dir, 'marker.txt');
		await until('the copy to be known to the others', async () => {
			const {text} = await ask(fetcher.port, '/');
			return text.includes('marker.txt');
		});
		expect(fetcher.told('a.txt').map(({id}) => id)).toSatisfy((ids: number[]) => new Set(ids).size === 1);
		expect(await fetcher.state('versions')).toEqual([]);
	});
});

describe('the room', () => {
	test('shows changes in a folder to the others', async () => {
		const {holder, fetcher} = await startPair({'a.txt': 'a'});
		await fetcher.knows('a.txt');
		await put(holder.dir, 'sub/new.txt', 'new');
		await fetcher.knows('sub/new.txt');
		await put(holder.dir, 'a.txt', 'changed', oldTime + 50);
		await until('the change', () =>
			fetcher.core.remoteFiles.some(({name, mtime, size}) => name === 'a.txt' && mtime === oldTime + 50 && size === 7),
		);
		await rm(path.join(holder.dir, 'a.txt'));
		await until('the removal', () => !fetcher.core.remoteFiles.some(({name}) => name === 'a.txt'));
		await until('the removal to be told', () =>
			fetcher.events.some(event => event.type === 'remote' && event.removed.includes('a.txt')),
		);
	});

	test('sees a peer leave as soon as it stops', async () => {
		const {holder, fetcher} = await startPair({'a.txt': 'a'});
		await until('the holder', () => fetcher.core.peers.length === 1);
		await holder.core.stop();
		await until('the holder to be gone', () => fetcher.core.peers.length === 0, 2000);
		expect(fetcher.core.remoteFiles).toEqual([]);
	});

	test('is complete again after the tracker was gone', async () => {
		const {tracker, address, holder, fetcher} = await startPair({'a.txt': 'a'});
		await fetcher.knows('a.txt');
		await tracker.close();
		await until('the loss', () => fetcher.events.some(event => event.type === 'tracker' && event.state === 'lost'));
		expect(fetcher.core.remoteFiles).toHaveLength(1);
		await put(holder.dir, 'meanwhile.txt', 'new');
		const {tracker: second} = await startTracker({port: address.port});
		onTestFinished(async () => second.close());
		await fetcher.knows('meanwhile.txt');
		await fetcher.knows('a.txt');
		await until('both', () => holder.core.peers.length === 1, 15_000);
		expect(fetcher.core.peers.map(({name}) => name)).toEqual(['holder']);
	});

	test('does not lose a transfer with its tracker', async () => {
		const {tracker, address} = await startTracker();
		const content = noise(mebi, 5);
		const file = {name: 'a.bin', mtime: oldTime, size: content.length};
		let goOn: (() => void) | undefined;
		await startScriptedPeer(address, 'slow', [file], response => {
			response.writeHead(200, {'content-length': content.length});
			response.write(content.subarray(0, 1000));
			goOn = () => response.end(content.subarray(1000));
		});
		const fetcher = await startPeer(address);
		await fetcher.knows('a.bin');
		fetcher.core.request(['a.bin']);
		await until('the first bytes', () => goOn);
		await tracker.close();
		await until('the loss', () => fetcher.events.some(event => event.type === 'tracker' && event.state === 'lost'));
		goOn!();
		const transfer = await fetcher.over('a.bin');
		expect(transfer.state).toBe('done');
	});

	test('writes nothing for names that lead out, and fetches the good one', async () => {
		const outer = await temporaryFolder();
		const dir = path.join(outer, 'share');
		await mkdir(dir);
		const {address: real} = await startTracker();
		const source = await startScriptedPeer(real, 'evil', [], serve(Buffer.from('evil')));
		const names = [
			'../evil',
			String.raw`..\evil`,
			'/tmp/evil',
			'a/../../evil',
			'.',
			'..',
			'',
			'.p2p-tui/versions/evil',
			'.bashrc',
			'a//b',
			'a\u0000b',
			'a\nb',
			'\uD800',
			`${'x'.repeat(256)}`,
			`${'d/'.repeat(600)}x`,
			'good.txt',
		];
		const tracker = await startScriptedTracker((value, send) => {
			if ('files' in value) {
				send({
					type: 'snapshot',
					revision: 1,
					peers: [
						{
							id: 7,
							name: 'evil',
							ip: '127.0.0.1',
							port: source.port,
							version: 2,
							files: names.map(name => ({name, mtime: oldTime, size: 4})),
						},
					],
				});
			}
		});
		const fetcher = await startPeer(tracker.address, {dir, isSyncing: true});
		await arrival(dir, 'good.txt');
		await fetcher.over('good.txt');
		expect(await readdir(outer)).toEqual(['share']);
		expect(await shared(dir)).toEqual(['good.txt']);
		expect(source.requests.map(request => request.path)).toEqual(['/files/good.txt']);
		fetcher.core.request(names.slice(0, -1));
		expect(fetcher.told('../evil')).toEqual([]);
	});

	test('cleans what strangers call themselves before it is shown', async () => {
		const {address} = await startTracker();
		await startScriptedPeer(
			address,
			'a\u001B]52;c;evil\u0007\u202Eb',
			[{name: 'bidi\u202Etxt.exe', mtime: oldTime, size: 0}],
			serve(Buffer.alloc(0)),
		);
		const fetcher = await startPeer(address);
		await until('the peer', () => fetcher.core.peers.length === 1);
		await until('the file to be told', () => fetcher.events.some(({type}) => type === 'remote'));
		const told = JSON.stringify(
			fetcher.events.filter(({type}) => type !== 'listening'),
			(member: string, value: unknown) => (member === 'name' || member === 'key' ? undefined : value),
		);
		expect(told).not.toMatch(/\\u001b|\\u0007|\u202E/);
		expect(fetcher.core.peers[0]!.name).toBe('a␛]52;c;evil␇<U+202E>b');
	});
});

describe('content ids', () => {
	test('are told with the files, remembered for the next time, and a long wait for them is shown', async () => {
		const {address} = await startTracker();
		const dir = await temporaryFolder();
		await put(dir, 'small', 'x');
		await truncate(await put(dir, 'large', ''), 3 * 1024 * mebi);
		const peer = await startPeer(address, {dir});
		const {indexing} = await until('it to be hashed', () => {
			const sample = peer.core.sample();
			return sample.indexing?.name === 'large' && sample.indexing.bytes > 0 && sample;
		});
		expect(indexing).toMatchObject({label: 'large', size: 3 * 1024 * mebi, filesLeft: 1});
		const rootsOf = ({events}: TestPeer) =>
			new Map(
				events.flatMap(event => (event.type === 'local' ? event.changed.map(({name, root}) => [name, root]) : [])),
			);
		await until('both roots', () => [...rootsOf(peer).values()].every(Boolean), 20_000);
		expect(peer.core.sample().indexing).toBe(undefined);
		// Hashing so much takes more than two seconds, or it is not worth a word.
		for (const notice of peer.notices) {
			expect(notice).toMatch(/^Indexed (1 file|2 files), 3.22 GB$/);
		}

		await peer.core.stop();
		const next = await startPeer(address, {dir});
		expect(next.events.filter(({type}) => type === 'local')).toHaveLength(1);
		expect(rootsOf(next)).toEqual(rootsOf(peer));
	});

	test('are not worked out in a visit', async () => {
		const {address} = await startTracker();
		const dir = await temporaryFolder();
		await put(dir, 'a', 'x');
		const peer = await startPeer(address, {dir, isServing: false, port: visitPort});
		await peer.core.directoryReady();
		expect(peer.core.sample().indexing).toBe(undefined);
		await peer.core.stop();
		expect(await readdir(path.join(dir, '.p2p-tui'))).not.toContain('index.jsonl');
	});
});

describe('stopping', () => {
	/** Sockets, servers, watchers and files that are open now. */
	const open = () =>
		process
			.getActiveResourcesInfo()
			.filter(resource => !/Timeout|Immediate|TTY|Pipe|Message/.test(resource))
			.toSorted();

	test('leaves nothing open, and its port free, even in the middle of transfers', async () => {
		const {address} = await startTracker();
		await startScriptedPeer(address, 'hanging', [{name: 'a.bin', mtime: oldTime, size: 100}], response => {
			response.writeHead(200, {'content-length': 100});
			response.write('half');
		});
		const before = open();
		const peer = await startPeer(address, {isSyncing: true});
		await until('the first bytes', () => peer.core.sample().running[0]?.bytes === 4);
		await peer.core.stop();
		await until('everything to be closed', () => open().length <= before.length);
		const events = peer.events.length;
		const again = await startPeer(address, {dir: peer.dir, port: peer.port});
		expect(again.port).toBe(peer.port);
		await again.knows('a.bin');
		expect(peer.events).toHaveLength(events);
	});

	test('can be done twice, and before anything was started', async () => {
		const {address} = await startTracker();
		const idle = new TestPeer(await temporaryFolder(), address, {});
		await idle.core.stop();
		const peer = await startPeer(address);
		await Promise.all([peer.core.stop(), peer.core.stop()]);
	});

	test('leaves nothing open when it comes while starting', async () => {
		const {address} = await startTracker();
		const areWatchersClosed = () => !process.getActiveResourcesInfo().includes('FSEventWrap');
		await until('the watchers of earlier tests to be closed', areWatchersClosed);
		let stopping: Promise<void> | undefined;
		const peer = new TestPeer(await temporaryFolder(), address, {
			onEvent({type}) {
				if (type === 'listening') {
					stopping = peer.core.stop();
				}
			},
		});
		await peer.core.start().catch(() => undefined);
		await stopping;
		// A watcher takes a moment to begin. Once one that was started later is there, so would be one that should not be.
		const later = await startPeer(address);
		let probes = 0;
		await until('the later watcher', async () => {
			probes++;
			await put(later.dir, `probe ${probes}`, '');
			return later.events.some(({type}) => type === 'local');
		});
		await later.core.stop();
		await until('the watchers to be closed', areWatchersClosed, 3000);
	});

	test('takes no longer because the tracker is away', async () => {
		const {tracker, address} = await startTracker();
		const peer = await startPeer(address);
		await peer.core.directoryReady();
		await tracker.close();
		await until('the loss', () => peer.events.some(event => event.type === 'tracker' && event.state === 'lost'));
		await peer.core.stop();
		const {length} = peer.events;
		const {tracker: second} = await startTracker({port: address.port});
		const other = await startPeer(address);
		await other.core.directoryReady();
		expect(other.core.peers).toEqual([]);
		expect(peer.events).toHaveLength(length);
		await second.close();
	});

	test('refuses a folder that can not be used', async () => {
		const {address} = await startTracker();
		const folder = await temporaryFolder();
		const file = await put(folder, 'file', '');
		const peer = new TestPeer(file, address, {});
		await expect(peer.core.start()).rejects.toThrow(`The folder ${file} can not be shared: it is a file`);
	});
});

describe('contents', () => {
	/** Of a content of at most 16 KiB (BEP 52). */
	const rootOf = (content: string) => createHash('sha256').update(content).digest('hex');
	const [rootA, rootB] = [rootOf('old'), rootOf('newer')];
	const text = new TextEncoder();

	test('under one name are fetched each for itself, the newest by the bare name', async () => {
		const {address} = await startTracker();
		const versions = [
			{name: 'a.txt', mtime: oldTime, size: 3, root: rootA},
			{name: 'a.txt', mtime: oldTime + 9, size: 5, root: rootB},
		] as const;
		await startScriptedPeer(address, 'old', [versions[0]], serve(text.encode('old')));
		await startScriptedPeer(address, 'new', [versions[1]], serve(text.encode('newer')));
		const fetcher = await startPeer(address);
		await until('both versions', () => fetcher.core.remoteFiles.length === 2);
		const key = `a.txt\n${rootA}`;
		expect(fetcher.core.remoteFiles.map(row => row.key)).toEqual(['a.txt', key]);
		fetcher.core.request([key]);
		await fetcher.over('a.txt');
		expect(fetcher.latest('a.txt')).toMatchObject({state: 'done', key, peer: 'old'});
		expect(Buffer.from(await arrival(fetcher.dir, 'a.txt')).toString()).toBe('old');
		await fetcher.fetch('a.txt');
		expect(fetcher.latest('a.txt')).toMatchObject({state: 'done', peer: 'new'});
		expect(fetcher.latest('a.txt')).not.toHaveProperty('key');
		await until('the new copy', async () => String(await contentOf(fetcher.dir, 'a.txt')) !== 'old');

		const told = fetcher.events.length;
		await until('the older', () => fetcher.core.remoteFiles[1]!.state === 'older');
		fetcher.core.request([key]);
		expect(fetcher.notices.at(-1)).toBe('The copy of a.txt here is newer, and stays');
		fetcher.core.request([`a.txt\n${'c'.repeat(64)}`]);
		expect(fetcher.notices.at(-1)).toBe('a.txt is not shared by anyone now');
		expect(fetcher.events.slice(told).filter(({type}) => type === 'transfer')).toEqual([]);
	});

	test('under one name: sync fetches the newest and no other', async () => {
		const {address} = await startTracker();
		const old = {name: 'a.txt', mtime: oldTime, size: 3, root: rootA};
		const sender = await startScriptedPeer(address, 'old', [old], serve(text.encode('old')));
		await startScriptedPeer(
			address,
			'new',
			[
				{name: 'a.txt', mtime: oldTime + 9, size: 5, root: rootB},
				{name: 'last.txt', mtime: oldTime, size: 5},
			],
			serve(text.encode('newer')),
		);
		const fetcher = await startPeer(address, {isSyncing: true, maxDownloads: 1});
		await fetcher.over('a.txt');
		await fetcher.over('last.txt');
		expect(fetcher.told('a.txt').every(({key}) => key === undefined)).toBe(true);
		expect(sender.requests).toEqual([]);
	});

	test.each([
		['waits for our own root where ours may be the same', true, 3, 'left alone'],
		['does not wait where ours is of another size', true, 4, 'fetched'],
		['does not wait on a visit, where nothing is hashed', false, 3, 'fetched'],
	])('sync %s', async (...[, isServing, size, expected]) => {
		const {address} = await startTracker();
		const file = {name: 'a.txt', mtime: oldTime + 9, size: 3, root: rootA};
		const marker = {name: 'b.txt', mtime: oldTime, size: 3};
		const sender = await startScriptedPeer(address, 'sender', [file, marker], serve(text.encode('old')));
		const dir = await temporaryFolder();
		await put(dir, 'a.txt', 'old!'.slice(0, size));
		const fetcher = await startPeer(address, {
			dir,
			isSyncing: true,
			isServing,
			port: isServing ? 0 : visitPort,
			maxDownloads: 1,
		});
		await fetcher.over('b.txt');
		const isFetched = () => sender.requests.some(request => request.path === `/content/${rootA}`);
		if (expected === 'fetched') {
			await until('it to be asked for', isFetched);
		} else {
			expect(isFetched()).toBe(false);
		}
	});

	test('of the same bytes under other names are offered by all who hold them', async () => {
		const {address} = await startTracker();
		const entry = (name: string) => ({name, mtime: oldTime, size: 3, root: rootA});
		const nobody = () => {};
		await startScriptedPeer(address, 'one', [entry('a.txt'), entry('b.txt'), entry('c.txt')], nobody);
		const other = await startScriptedPeer(address, 'two', [entry('b.txt')], nobody);
		const peer = await startPeer(address);
		const held = () =>
			peer.core.remoteFiles.map(({name, sources}) => `${name} ${sources.map(source => source.name).join('+')}`);
		await until('the sources', () => held().join(', ') === 'a.txt one+two, b.txt one+two, c.txt one+two');
		other.leave();
		await until('the leave', () => held().join(', ') === 'a.txt one, b.txt one, c.txt one');
	});

	test('of which there are pieces here are told to all, after a break, too, and never as files', async () => {
		const {tracker, address} = await startTracker();
		const content = noise(1024 * 1024);
		const root = rootOfBytes(content);
		const dir = await temporaryFolder();
		await put(dir, 'big.bin', content);
		await startPeer(address, {name: 'seeder', dir, maxUpBytesPerSecond: 100_000});
		const peer = await startPeer(address, {name: 'partial'});
		/** What a visitor is told of the peer: its files, and its parts. */
		const toldOf = async () => {
			const link = connect(address);
			onTestFinished(() => {
				link.destroy();
			});
			link.write(`${JSON.stringify({port: 9, files: [], version: 2, name: 'eve', observer: true})}\n`);
			const [chunk] = (await once(link, 'data')) as [Buffer];
			const {peers} = JSON.parse(chunk.toString()) as {
				peers: Array<{name: string; files: unknown[]; parts?: string[]}>;
			};
			const partial = peers.find(({name}) => name === 'partial');
			return partial && `${partial.files.length} files, parts ${partial.parts?.join(' ') ?? 'none'}`;
		};

		const isTold = async (what: string, timeoutMs?: number) =>
			until(what, async () => (await toldOf()) === `0 files, parts ${what}`, timeoutMs);
		await isTold('none');
		await until('the content to be known', () => peer.core.remoteFiles[0]?.root === root);
		peer.core.request(['big.bin']);
		await isTold(root);
		await tracker.close();
		const again = new Tracker(address);
		await again.listen();
		onTestFinished(async () => again.close());
		await isTold(root, 10_000);
		peer.core.cancel(peer.latest('big.bin')!.id);
		await isTold('none');
	});
});
