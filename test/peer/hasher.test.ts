import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {appendFile, chmod, link, mkdir, readdir, readlink, rename, rm, symlink, truncate} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, it, onTestFinished} from 'vitest';
import {Hasher} from '../../source/peer/hasher.js';
import {rootOfBytes, rootOfLayer} from '../../source/protocol/merkle.js';
import {temporaryFolder, until} from '../wait.js';
import {beNobody, noise, put} from './files.js';

const mebi = 1024 * 1024;

/** Takes seconds to hash and no room on the disk. */
const hugeBytes = 16 * 1024 * mebi;

async function makeHasher() {
	const root = await temporaryFolder();
	const stop = new AbortController();
	const hasher = new Hasher({root, signal: stop.signal});
	const end = async () => {
		stop.abort();
		await hasher.close();
	};

	onTestFinished(end);
	return {root, hasher, end};
}

/** A hasher that is in the middle of a huge file. */
async function hashHuge() {
	const made = await makeHasher();
	const filePath = await put(made.root, 'huge', '');
	await truncate(filePath, hugeBytes);
	const result = made.hasher.hash('huge', hugeBytes);
	result.catch(() => {});
	await until('the first megabytes', () => made.hasher.progress?.bytes);
	return {...made, filePath, result};
}

/** Files that this process has open. */
async function openFiles(): Promise<string[]> {
	const numbers = await readdir('/proc/self/fd');
	return Promise.all(numbers.map(async number => readlink(`/proc/self/fd/${number}`).catch(() => '')));
}

describe('the hasher', () => {
	it.each([0, 1, 16_384, 16_385, mebi, mebi + 1, 9 * mebi - 1])('hashes a file of %i bytes', async size => {
		const {root, hasher} = await makeHasher();
		const content = noise(size);
		await put(root, 'sub/file', content);
		for (const isUrgent of [false, true]) {
			const result = await hasher.hash('sub/file', size, {isUrgent});
			expect(result).toMatchObject({how: 'hashed', root: rootOfBytes(content), stamp: {size}});
			if (result.how === 'hashed' && (isUrgent || size > mebi)) {
				expect(rootOfLayer(result.layer!, size)).toBe(rootOfBytes(content));
			}
		}

		expect(hasher.hashedFiles).toBe(2);
		expect(hasher.hashedBytes).toBe(2 * size);
		expect(hasher.progress).toBe(undefined);
	});

	it('hashes many small files, each its own', async () => {
		const {root, hasher} = await makeHasher();
		const names = Array.from({length: 600}, (_, index) => `file ${index}`);
		for (const name of names) {
			await put(root, name, name);
		}

		const results = await Promise.all(names.map(async name => hasher.hash(name, name.length)));
		expect(results.map(result => result.how === 'hashed' && result.root)).toEqual(
			names.map(name => rootOfBytes(Buffer.from(name))),
		);
	});

	it('refuses links, pipes, folders and what lies behind a link', async () => {
		const {root, hasher} = await makeHasher();
		const outside = await temporaryFolder();
		await put(outside, 'secret', 'x');
		await put(root, 'real/file', 'x');
		await symlink(path.join(outside, 'secret'), path.join(root, 'link'));
		await symlink(outside, path.join(root, 'folder'));
		await symlink('loop', path.join(root, 'loop'));
		execFileSync('mkfifo', [path.join(root, 'pipe')]);
		for (const name of ['link', 'folder/secret', 'loop', 'pipe', 'real', 'none', '../secret', '']) {
			expect(await hasher.hash(name, 1)).toMatchObject({how: 'failed'});
		}

		expect(await hasher.hash('link', 1)).toMatchObject({code: 'ENOENT'});
		expect(await hasher.hash('real/file', 1)).toMatchObject({how: 'hashed'});
	});

	it('says why it can not read a file', async () => {
		const {root, hasher} = await makeHasher();
		await put(root, 'open', 'x');
		await hasher.hash('open', 1);
		await chmod(root, 0o755);
		await chmod(await put(root, 'closed', 'x'), 0);
		beNobody();
		expect(await hasher.hash('closed', 1)).toEqual({how: 'failed', code: 'EACCES', reason: 'permission denied'});
	});

	it.each([0, 2, 5 * mebi])('takes a file of another size than %i for a changed one', async told => {
		const {root, hasher} = await makeHasher();
		await put(root, 'file', 'x');
		expect(await hasher.hash('file', told)).toMatchObject({how: 'changed'});
	});

	it.each<[string, (filePath: string) => Promise<void>]>([
		['grows', async filePath => appendFile(filePath, 'x')],
		['is truncated', async filePath => truncate(filePath, 10)],
		['is deleted', async filePath => rm(filePath)],
		[
			'is replaced',
			async filePath => {
				await put(path.dirname(filePath), 'other', 'x');
				await rename(path.join(path.dirname(filePath), 'other'), filePath);
			},
		],
	])('notices at once that a file %s while it is hashed', async (_, change) => {
		const {filePath, result, hasher} = await hashHuge();
		await change(filePath);
		expect(await result).toMatchObject({how: 'changed'});
		expect(hasher.progress).toBe(undefined);
	});

	it('lets a huge file stand back for smaller ones', async () => {
		const {root, hasher, result} = await hashHuge();
		let isHugeDone = false;
		const onEnd = () => {
			isHugeDone = true;
		};

		void result.then(onEnd, onEnd);
		const content = noise(3 * mebi);
		await put(root, 'middle', content);
		await put(root, 'small', 'x');
		for (let count = 0; count < 500; count++) {
			await link(path.join(root, 'small'), path.join(root, `small ${count}`));
		}

		const smaller = [
			hasher.hash('middle', content.length),
			...Array.from({length: 500}, async (_, count) => hasher.hash(`small ${count}`, 1)),
		];
		expect(hasher.progress).toMatchObject({filesLeft: 502});
		const results = await Promise.all(smaller);
		expect(results[0]).toMatchObject({how: 'hashed', root: rootOfBytes(content)});
		expect(new Set(results.map(({how}) => how))).toEqual(new Set(['hashed']));
		expect(isHugeDone).toBe(false);
		const {bytes, bytesLeft, ...progress} = hasher.progress!;
		expect(progress).toEqual({name: 'huge', size: hugeBytes, filesLeft: 1});
		expect(bytesLeft).toBeLessThan(hugeBytes);
		await until('it to go on', () => hasher.progress!.bytes > bytes);
	});

	it.runIf(process.platform === 'linux')('ends at once in the middle of a file and leaves nothing open', async () => {
		const {filePath, result, hasher, end} = await hashHuge();
		const waiting = hasher.hash('huge', hugeBytes);
		waiting.catch(() => {});
		expect(await openFiles()).toContain(filePath);
		const threads = await readdir('/proc/self/task');
		const startMs = Date.now();
		await end();
		expect(Date.now() - startMs).toBeLessThan(1000);
		await expect(result).rejects.toThrow('aborted');
		await expect(waiting).rejects.toThrow('aborted');
		await expect(hasher.hash('huge', 1)).rejects.toThrow('aborted');
		expect(await openFiles()).not.toContain(filePath);
		await until('the thread to be gone', async () => {
			const left = await readdir('/proc/self/task');
			return left.length < threads.length;
		});
	});

	it('goes on after its thread was given nothing to do but a folder that has gone', async () => {
		const {root, hasher} = await makeHasher();
		await mkdir(path.join(root, 'sub'));
		await put(root, 'sub/file', 'x');
		await rm(path.join(root, 'sub'), {recursive: true});
		expect(await hasher.hash('sub/file', 1)).toMatchObject({how: 'failed', code: 'ENOENT'});
		await put(root, 'sub/file', 'x');
		expect(await hasher.hash('sub/file', 1)).toMatchObject({how: 'hashed'});
	});
});
