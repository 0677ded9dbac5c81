import {Buffer} from 'node:buffer';
import {appendFile, chmod, link, mkdir, readFile, readdir, rename, rm, stat, truncate} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, it, onTestFinished} from 'vitest';
import type {IndexerOptions} from '../../source/peer/indexer.js';
import {Share, type ShareChange} from '../../source/peer/share.js';
import {stampOf} from '../../source/peer/stamp.js';
import {openStateFolder} from '../../source/peer/state-folder.js';
import type {FileEntry} from '../../source/protocol/messages.js';
import {rootOfBytes, rootOfLayer} from '../../source/protocol/merkle.js';
import {temporaryFolder, until} from '../wait.js';
import {beNobody, noise, oldTime, put} from './files.js';

const rootOf = (content: string | Uint8Array) => rootOfBytes(Buffer.from(content));

/** Content with a layer that is kept on the disk. */
const largeBytes = 33 * 1024 * 1024 + 5;

/** A download has put a file there that is in the folder already. */
async function arrive(share: Share, root: string, file: FileEntry): Promise<void> {
	share.arrived(file, stampOf(await stat(path.join(root, file.name))));
}

/** A share that knows files by content. */
async function openShare(root: string, contents: Partial<IndexerOptions> = {}) {
	const stop = new AbortController();
	const changes: ShareChange[] = [];
	const problems: string[] = [];
	const runs: Array<{files: number; bytes: number}> = [];
	const share = new Share({
		root,
		signal: stop.signal,
		onChange(change) {
			changes.push(change);
		},
		onProblem(text) {
			problems.push(text);
		},
		contents: {
			folder: await openStateFolder(root),
			isHashing: true,
			onIdle({files, bytes}) {
				runs.push({files, bytes});
			},
			...contents,
		},
	});
	const end = async () => {
		stop.abort();
		await share.close();
	};

	onTestFinished(end);
	return {
		share,
		changes,
		problems,
		runs,
		end,
		/** Wait for the root of a file to be known. */
		async knows(name: string, content: string | Uint8Array) {
			await until(`the root of ${name}`, () => share.files.get(name)?.root === rootOf(content));
		},
	};
}

/** Share a folder until it is indexed. */
async function indexOnce(root: string): Promise<void> {
	const {share, runs, end} = await openShare(root);
	await share.scan();
	await until('all to be indexed', () => runs.length > 0);
	await end();
}

const entriesOf = (changes: ShareChange[]) =>
	changes.map(({changed, ...rest}) => ({...rest, changed: changed.map(({name, root}) => [name, root])}));

describe('a share', () => {
	it('tells a file at once, and again with its root', async () => {
		const root = await temporaryFolder();
		await put(root, 'a', 'one');
		const {share, changes, knows, runs} = await openShare(root);
		await share.scan();
		expect(share.byRoot(rootOf('one'))).toBe(undefined);
		await knows('a', 'one');
		expect(entriesOf(changes)).toEqual([
			{changed: [['a', undefined]], removed: []},
			{changed: [['a', rootOf('one')]], removed: [], isOnlyRoots: true},
		]);
		expect(share.byRoot(rootOf('one'))).toBe('a');
		expect(share.rootOf('a', await stat(path.join(root, 'a')))).toBe(rootOf('one'));
		expect(runs).toEqual([{files: 1, bytes: 3}]);
		expect(share.indexing).toBe(undefined);
	});

	it('tells many roots together', async () => {
		const root = await temporaryFolder();
		await put(root, 'a', 'one');
		for (let count = 0; count < 1000; count++) {
			await link(path.join(root, 'a'), path.join(root, `a${count}`));
		}

		const {share, changes, runs} = await openShare(root);
		await share.scan();
		await until('all to be indexed', () => runs.length > 0);
		expect(share.hashed.files).toBe(1001);
		expect(changes.length).toBeLessThan(20);
		expect([...share.files.values()].every(file => file.root === rootOf('one'))).toBe(true);
	});

	it('hashes nothing that it knows from another run, and tells all at once', async () => {
		const root = await temporaryFolder();
		await put(root, 'a', 'one');
		await put(root, 'sub/b', 'two');
		await indexOnce(root);
		const {share, changes} = await openShare(root);
		await share.scan();
		await share.scan();
		expect(entriesOf(changes)).toEqual([
			{
				changed: [
					['a', rootOf('one')],
					['sub/b', rootOf('two')],
				],
				removed: [],
			},
		]);
		expect(share.hashed).toEqual({files: 0, bytes: 0});
	});

	it.each<[string, (root: string) => Promise<unknown>]>([
		['another time', async root => put(root, 'a', 'two', oldTime + 5)],
		['another time in the same second', async root => put(root, 'a', 'two', oldTime + 0.5)],
		[
			'another inode',
			async root => {
				await put(root, 'b', 'two');
				await rename(path.join(root, 'b'), path.join(root, 'a'));
			},
		],
	])('hashes again what has changed between two runs and has %s', async (_, change) => {
		const root = await temporaryFolder();
		await put(root, 'a', 'one');
		await indexOnce(root);
		await change(root);
		const {share, changes, knows} = await openShare(root);
		await share.scan();
		expect(changes[0]!.changed[0]!.root).toBe(undefined);
		await knows('a', 'two');
		expect(share.byRoot(rootOf('one'))).toBe(undefined);
	});

	it('knows each of several files of one content until the last has gone', async () => {
		const root = await temporaryFolder();
		for (const name of ['a', 'b', 'c']) {
			await put(root, name, 'same');
		}

		const {share, knows} = await openShare(root);
		await share.scan();
		await knows('c', 'same');
		const names = new Set(['a', 'b', 'c']);
		while (names.size > 0) {
			const name = share.byRoot(rootOf('same'))!;
			expect(names.delete(name)).toBe(true);
			await rm(path.join(root, name));
			await share.refresh(name);
		}

		expect(share.byRoot(rootOf('same'))).toBe(undefined);
	});

	it('takes the root back from a file that changes, and finds the new one', async () => {
		const root = await temporaryFolder();
		const filePath = await put(root, 'a', 'one');
		const {share, knows} = await openShare(root);
		await share.scan();
		await knows('a', 'one');
		const before = await stat(filePath);
		await put(root, 'a', 'two', oldTime + 0.25);
		await share.refresh('a');
		expect(share.files.get('a')!.root).toBe(undefined);
		expect(share.byRoot(rootOf('one'))).toBe(undefined);
		expect(share.rootOf('a', before)).toBe(undefined);
		await knows('a', 'two');
		expect(share.rootOf('a', before)).toBe(undefined);
	});

	it('gives a file that is written while it is hashed the root of what it is in the end', async () => {
		const root = await temporaryFolder();
		const filePath = await put(root, 'growing', '');
		await truncate(filePath, 8 * 1024 ** 3);
		const {share, knows, changes} = await openShare(root);
		await share.scan();
		await until('it to be read', () => share.indexing?.bytes);
		expect(share.indexing).toMatchObject({name: 'growing', label: 'growing', size: 8 * 1024 ** 3, filesLeft: 1});
		await truncate(filePath, 10);
		await appendFile(filePath, 'end');
		const content = await readFile(filePath);
		await knows('growing', content);
		const roots = changes.flatMap(({changed}) => changed.map(file => file.root)).filter(Boolean);
		expect(roots).toEqual([rootOf(content)]);
	});

	it('forgets a file that goes while it is hashed', async () => {
		const root = await temporaryFolder();
		const filePath = await put(root, 'huge', '');
		await truncate(filePath, 8 * 1024 ** 3);
		const {share} = await openShare(root);
		await share.scan();
		await until('it to be read', () => share.indexing?.bytes);
		await rm(filePath);
		await until('it to be gone', () => !share.files.has('huge'));
		expect(share.indexing).toBe(undefined);
	});

	it('trusts no root of a file that was written within the tick of its clock', async () => {
		const root = await temporaryFolder();
		const second = Math.floor(Date.now() / 1000);
		await put(root, 'a', 'one', second);
		const {share, knows} = await openShare(root);
		await share.scan();
		// The same size, the same time: nobody could tell.
		await put(root, 'a', 'two', second);
		await knows('a', 'two');
		expect(Date.now() / 1000 - second).toBeGreaterThan(2);
	});

	it('says once which files it can not read, and takes them when it can', async () => {
		const root = await temporaryFolder();
		await chmod(root, 0o755);
		await put(root, 'open', 'x');
		for (const name of ['b', 'c', 'd']) {
			await chmod(await put(root, name, 'closed'), 0);
		}

		const {share, problems, knows, runs} = await openShare(root, {
			folder: await openStateFolder(await temporaryFolder()),
		});
		beNobody();
		await share.scan();
		await until('the first run', () => runs.length === 1);
		await share.scan();
		await until('the second run', () => runs.length === 2);
		expect(problems.filter(text => text.startsWith('Can not read'))).toEqual([
			expect.stringMatching(/^Can not read [bcd] and 2 more: permission denied$/),
		]);
		expect(share.files.size).toBe(4);
		process.seteuid?.(0);
		await chmod(path.join(root, 'b'), 0o644);
		await share.scan();
		await knows('b', 'closed');
	});

	it('takes the root of a file that has arrived, without hashing it, and remembers it', async () => {
		const root = await temporaryFolder();
		const {share, changes, end} = await openShare(root);
		await share.scan();
		await put(root, 'a', 'one');
		await arrive(share, root, {name: 'a', mtime: oldTime, root: rootOf('one')});
		await until('it to be told', () => changes.length > 0);
		expect(entriesOf(changes)).toEqual([{changed: [['a', rootOf('one')]], removed: []}]);
		expect(share.byRoot(rootOf('one'))).toBe('a');
		await end();
		const {share: next} = await openShare(root);
		await next.scan();
		expect(next.files.get('a')!.root).toBe(rootOf('one'));
		expect(share.hashed.files + next.hashed.files).toBe(0);
	});

	it('hashes a file that has arrived with another time than it should have', async () => {
		const root = await temporaryFolder();
		const {share, knows} = await openShare(root);
		await share.scan();
		await put(root, 'a', 'edited meanwhile', oldTime + 1);
		await arrive(share, root, {name: 'a', mtime: oldTime, root: rootOf('one')});
		expect(share.files.get('a')).toMatchObject({mtime: oldTime, size: 16});
		expect(share.files.get('a')!.root).toBe(undefined);
		await knows('a', 'edited meanwhile');
	});

	it('does not remember the root of a file that has arrived within the tick of its clock, before it was hashed', async () => {
		const root = await temporaryFolder();
		const second = Math.floor(Date.now() / 1000);
		const {share, end, knows} = await openShare(root);
		await share.scan();
		await put(root, 'a', 'two', second);
		await arrive(share, root, {name: 'a', mtime: second, root: rootOf('one')});
		expect(share.files.get('a')!.root).toBe(rootOf('one'));
		// What was verified has been overwritten since.
		await knows('a', 'two');
		await end();
		const {share: next} = await openShare(root);
		await next.scan();
		expect(next.files.get('a')!.root).toBe(rootOf('two'));
	});

	it('hashes nothing in a visit and writes nothing, but knows what is known', async () => {
		const root = await temporaryFolder();
		await put(root, 'a', 'one');
		await indexOnce(root);
		await put(root, 'b', 'two');
		const indexPath = path.join(root, '.p2p-tui/index.jsonl');
		const before = await readFile(indexPath, 'utf8');
		const {share, end} = await openShare(root, {isHashing: false});
		await share.scan();
		await put(root, 'c', 'three');
		await arrive(share, root, {name: 'c', mtime: oldTime, root: rootOf('three')});
		expect([...share.files.values()].map(file => file.root)).toEqual([rootOf('one'), undefined, rootOf('three')]);
		expect(share.indexing).toBe(undefined);
		await end();
		expect(share.hashed.files).toBe(0);
		expect(await readFile(indexPath, 'utf8')).toBe(before);
	});

	it('says once that it can not remember, and works without', async () => {
		const root = await temporaryFolder();
		const folder = await openStateFolder(root);
		await mkdir(folder.index);
		await put(root, 'a', 'one');
		const {share, problems, knows} = await openShare(root);
		await share.scan();
		await knows('a', 'one');
		await until('the problem', () => problems.length > 0);
		await put(root, 'b', 'two');
		await share.refresh('b');
		await knows('b', 'two');
		expect(problems).toEqual([expect.stringContaining('Content ids can not be kept for the next time')]);
	});

	it('ends in the middle of its work', async () => {
		const root = await temporaryFolder();
		await truncate(await put(root, 'huge', ''), 64 * 1024 ** 3);
		await put(root, 'small', 'x');
		const {share, end, knows} = await openShare(root);
		await share.scan();
		await knows('small', 'x');
		const startMs = Date.now();
		await end();
		expect(Date.now() - startMs).toBeLessThan(1000);
		const {share: next, end: endNext} = await openShare(root);
		await next.scan();
		expect(next.files.get('small')!.root).toBe(rootOf('x'));
		expect(next.files.get('huge')!.root).toBe(undefined);
		await endNext();
	});
});

describe('piece layers of a share', () => {
	it.each([0, 5, 16_385, 3_000_000])('are worked out for a file of %i bytes when they are asked for', async size => {
		const root = await temporaryFolder();
		const content = noise(size);
		await put(root, 'a', content);
		const {share, knows} = await openShare(root);
		await share.scan();
		await knows('a', content);
		const [layer, again] = await Promise.all([share.layerOf(rootOf(content)), share.layerOf(rootOf(content))]);
		expect(rootOfLayer(layer!, size)).toBe(rootOf(content));
		expect(again).toEqual(layer);
		expect(await share.layerOf('f'.repeat(64))).toBe(undefined);
	});

	it('are none for a file that is no longer what it was', async () => {
		const root = await temporaryFolder();
		await put(root, 'a', noise(20_000));
		const {share, knows} = await openShare(root);
		await share.scan();
		await knows('a', noise(20_000));
		await put(root, 'a', noise(20_000, 2), oldTime + 1);
		expect(await share.layerOf(rootOf(noise(20_000)))).toBe(undefined);
		await knows('a', noise(20_000, 2));
	});

	it('of large files are kept as long as one has that content, and cost no hashing after a restart', async () => {
		const root = await temporaryFolder();
		const layers = path.join(root, '.p2p-tui/layers');
		const content = noise(largeBytes);
		await put(root, 'large', content);
		await indexOnce(root);
		expect(await readdir(layers)).toEqual([rootOf(content)]);
		const {share, runs} = await openShare(root);
		await share.scan();
		const layer = await share.layerOf(rootOf(content));
		expect(rootOfLayer(layer!, largeBytes)).toBe(rootOf(content));
		expect(share.hashed.files).toBe(0);
		await rm(path.join(root, 'large'));
		await share.refresh('large');
		await put(root, 'other', 'x');
		await share.refresh('other');
		await until('another run', () => runs.length > 0);
		await until('the layer to be gone', async () => {
			const left = await readdir(layers);
			return left.length === 0;
		});
	});

	it('are worked out again where the disk has lost or forged them', async () => {
		const root = await temporaryFolder();
		const content = noise(largeBytes);
		await put(root, 'large', content);
		await indexOnce(root);
		await put(root, `.p2p-tui/layers/${rootOf(content)}`, 'forged');
		const {share} = await openShare(root);
		await share.scan();
		expect(rootOfLayer((await share.layerOf(rootOf(content)))!, largeBytes)).toBe(rootOf(content));
	});
});
