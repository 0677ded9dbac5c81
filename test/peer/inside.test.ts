import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {link, mkdir, readFile, realpath, rename, symlink} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {Inside} from '../../source/peer/inside.js';
import {temporaryFolder} from '../wait.js';
import {put} from './files.js';

/** A share with a secret beside it. */
async function makeShare() {
	const outer = await temporaryFolder();
	await put(outer, 'secret.txt', 'secret');
	await put(outer, 'outside/secret.txt', 'secret');
	const root = path.join(outer, 'share');
	await mkdir(root);
	return {outer, root: await realpath(root), inside: new Inside(root)};
}

describe('names', () => {
	test.each([
		'../secret.txt',
		'..',
		'.',
		'',
		'/etc/passwd',
		'a/../../secret.txt',
		'a/./b',
		'a//b',
		'a/',
		String.raw`..\secret.txt`,
		String.raw`C:\x`,
		String.raw`\\host\x`,
		'.hidden',
		'a/.hidden',
		'.p2p-tui/partial/x',
		'a\u0000b',
		'a\u001B[31m',
		'a\nb',
		'a\u0085b',
		'\uD800',
		'x'.repeat(256),
		`${'d/'.repeat(512)}x`,
	])('%j is refused, before the disk is asked', async name => {
		const {inside} = await makeShare();
		expect(() => inside.path(name)).toThrow('The name');
		await expect(inside.open(name)).rejects.toThrow('The name');
		expect(() => inside.makeParents(name)).toThrow('The name');
	});

	test.each(['a', 'a..b', '..a'.slice(2), 'a/b/c', 'ü/日本', 'x'.repeat(255)])(
		'%j leads below the folder',
		async name => {
			const {inside, root} = await makeShare();
			expect(inside.path(name)).toBe(path.join(root, name));
		},
	);
});

describe('opening', () => {
	test('gives a file of a folder', async () => {
		const {inside, root} = await makeShare();
		await put(root, 'sub/a.txt', 'hello');
		const handle = await inside.open('sub/a.txt');
		onTestFinished(async () => handle.close());
		expect(await handle.readFile('utf8')).toBe('hello');
	});

	test.each([
		['a link that leads out', '../secret.txt'],
		['a link to a file inside', 'real.txt'],
		['a link to nothing', 'nothing'],
		['a link to itself', 'a.txt'],
		['a link to a device', '/dev/zero'],
	])('refuses %s', async (_, target) => {
		const {inside, root} = await makeShare();
		await put(root, 'real.txt', 'real');
		await symlink(target, path.join(root, 'a.txt'));
		await expect(inside.open('a.txt')).rejects.toThrow();
	});

	test('refuses a file below a folder that is a link', async () => {
		const {inside, root} = await makeShare();
		await symlink('../outside', path.join(root, 'sub'));
		await expect(inside.open('sub/secret.txt')).rejects.toMatchObject({
			code: 'ENOENT',
		});
	});

	test('refuses a folder, and a name below a file', async () => {
		const {inside, root} = await makeShare();
		await put(root, 'sub/a.txt', '');
		await expect(inside.open('sub')).rejects.toMatchObject({code: 'ENOENT'});
		await expect(inside.open('sub/a.txt/b')).rejects.toThrow();
	});

	test('refuses a FIFO without waiting for a writer', async () => {
		const {inside, root} = await makeShare();
		execFileSync('mkfifo', [path.join(root, 'pipe')]);
		await expect(inside.open('pipe')).rejects.toMatchObject({code: 'ENOENT'});
	});

	test('refuses a socket as if it was not there', async () => {
		const {inside, root} = await makeShare();
		const server = createServer();
		server.listen(path.join(root, 'socket'));
		await once(server, 'listening');
		onTestFinished(() => {
			server.close();
		});
		await expect(inside.open('socket')).rejects.toMatchObject({code: 'ENOENT'});
	});

	test('never gives a byte from outside while a folder is swapped for a link and back', async () => {
		const {inside, outer, root} = await makeShare();
		await put(root, 'sub/secret.txt', 'shared');
		await symlink('../outside', path.join(root, '.link'));
		const stop = new AbortController();
		const swapping = (async () => {
			const sub = path.join(root, 'sub');
			while (!stop.signal.aborted) {
				await rename(sub, path.join(root, '.sub'));
				await rename(path.join(root, '.link'), sub);
				await rename(sub, path.join(root, '.link'));
				await rename(path.join(root, '.sub'), sub);
			}
		})();
		try {
			for (let count = 0; count < 6000; count++) {
				const handle = await inside.open('sub/secret.txt').catch(() => undefined);
				const text = await handle?.readFile('utf8');
				await handle?.close();
				expect(text ?? 'shared').toBe('shared');
			}
		} finally {
			stop.abort();
			await swapping;
		}

		expect(await readFile(path.join(outer, 'secret.txt'), 'utf8')).toBe('secret');
	});

	test('gives a file with two names', async () => {
		const {inside, root} = await makeShare();
		await put(root, 'a.txt', 'hello');
		await link(path.join(root, 'a.txt'), path.join(root, 'b.txt'));
		const handle = await inside.open('b.txt');
		await handle.close();
	});
});

describe('making the folders of a name', () => {
	test('makes all of them, and again', async () => {
		const {inside, root} = await makeShare();
		expect(inside.makeParents('a/b/c.txt')).toBe(path.join(root, 'a/b/c.txt'));
		inside.makeParents('a/b/c.txt');
		await put(root, 'a/b/c.txt', '');
	});

	test('refuses a folder that is a link', async () => {
		const {inside, outer, root} = await makeShare();
		await symlink('../outside', path.join(root, 'a'));
		expect(() => inside.makeParents('a/b/c.txt')).toThrow('a is no folder here');
		await expect(realpath(path.join(outer, 'outside/b'))).rejects.toThrow();
	});

	test('refuses a file where a folder is needed', async () => {
		const {inside, root} = await makeShare();
		await put(root, 'a', 'file');
		expect(() => inside.makeParents('a/b.txt')).toThrow('Can not write a/b.txt: a is no folder here');
		expect(await readFile(path.join(root, 'a'), 'utf8')).toBe('file');
	});
});
