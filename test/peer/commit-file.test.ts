import {mkdir, readdir, readFile, stat, symlink} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {commitFile} from '../../source/peer/commit-file.js';
import {Inside} from '../../source/peer/inside.js';
import {temporaryFolder} from '../wait.js';
import {oldTime, put} from './files.js';

/** A share and a finished file that is to go into it. */
async function makeFinished(name: string, content = 'new', mtime = oldTime) {
	const outer = await temporaryFolder();
	const root = path.join(outer, 'share');
	const versions = path.join(root, '.p2p-tui/versions');
	await mkdir(versions, {recursive: true});
	const from = await put(root, '.p2p-tui/partial/x.part', content, mtime);
	return {
		outer,
		root,
		versions,
		from,
		read: async (file = name) => readFile(path.join(root, file), 'utf8'),
		commit: async () => commitFile({inside: new Inside(root), versions, from, name, mtime}).hasKeptVersion,
	};
}

test('puts a file in its place with its time', async () => {
	const {commit, root, from, read} = await makeFinished('a.txt');
	expect(await commit()).toBe(false);
	expect(await read()).toBe('new');
	const {mtimeMs} = await stat(path.join(root, 'a.txt'));
	expect(mtimeMs).toBe(oldTime * 1000);
	await expect(stat(from)).rejects.toThrow();
});

test('makes the folders it needs', async () => {
	const {commit, read} = await makeFinished('sub/deep/a.txt');
	await commit();
	expect(await read()).toBe('new');
});

test.each(['a.txt', 'sub/a.tar.gz', 'no extension', `${'ü'.repeat(60)}.txt`])(
	'keeps the old version of %s, its time too',
	async name => {
		const {commit, root, read, versions} = await makeFinished(name);
		await put(root, name, 'old', oldTime - 5);
		expect(await commit()).toBe(true);
		expect(await read()).toBe('new');
		const folder = path.join(versions, path.dirname(name));
		const [kept] = await readdir(folder);
		expect(await readFile(path.join(folder, kept!), 'utf8')).toBe('old');
		const {mtimeMs} = await stat(path.join(folder, kept!));
		expect(mtimeMs).toBe((oldTime - 5) * 1000);
		expect(path.extname(kept!)).toBe(path.extname(name));
	},
);

test('keeps every version when there are several within a second', async () => {
	const {commit, root, from, versions} = await makeFinished('a.txt');
	const contents = ['first', 'second', 'third'];
	for (const content of contents) {
		await put(root, 'a.txt', content, oldTime - 5);
		await put(path.dirname(from), path.basename(from), 'new');
		await commit();
	}

	const files = await readdir(versions);
	const kept = await Promise.all(files.map(async file => readFile(path.join(versions, file), 'utf8')));
	expect(kept.toSorted()).toEqual(contents);
});

test.each([
	['as new', oldTime],
	['newer', oldTime + 5],
])('does not replace a copy that is %s', async (_, mtime) => {
	const {commit, root, read, versions} = await makeFinished('a.txt');
	await put(root, 'a.txt', 'mine', mtime);
	await expect(commit()).rejects.toMatchObject({isFinal: true});
	expect(await read()).toBe('mine');
	expect(await readdir(versions)).toEqual([]);
});

test('leaves a folder in the way alone', async () => {
	const {commit, root, read} = await makeFinished('a');
	await put(root, 'a/b', 'mine', 0);
	await expect(commit()).rejects.toThrow('a folder of that name is in the way');
	expect(await read('a/b')).toBe('mine');
});

test('does not write through a link in the place of the file', async () => {
	const {commit, outer, root, read} = await makeFinished('a.txt', 'new', 4_000_000_000);
	await put(outer, 'outside.txt', 'secret', 0);
	await symlink('../outside.txt', path.join(root, 'a.txt'));
	await commit();
	expect(await read()).toBe('new');
	expect(await readFile(path.join(outer, 'outside.txt'), 'utf8')).toBe('secret');
});

test('does not write through a link in the place of a folder', async () => {
	const {commit, outer, root} = await makeFinished('sub/a.txt');
	await mkdir(path.join(outer, 'outside'));
	await symlink('../outside', path.join(root, 'sub'));
	await expect(commit()).rejects.toThrow('sub is no folder here');
	expect(await readdir(path.join(outer, 'outside'))).toEqual([]);
});

test.each(['../a.txt', '/a.txt', '.p2p-tui/versions/a'])('refuses the name %s', async name => {
	const {commit} = await makeFinished(name);
	await expect(commit()).rejects.toThrow('The name');
});
