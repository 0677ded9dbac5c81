import {Buffer} from 'node:buffer';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {appendFile, readdir, readFile, stat, writeFile, utimes} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, onTestFinished, test} from 'vitest';
import {forgetPartial, PartialFile} from '../../source/peer/partial-file.js';
import {lockPartial} from '../../source/peer/partial-lock.js';
import {temporaryFolder} from '../wait.js';
import {noise, oldTime} from './files.js';

const version = {name: 'sub/a.bin', mtime: oldTime, size: 10};

/** What a run leaves that ended abruptly after some bytes. */
async function leave(folder: string, text: string, left = version) {
	const partial = await PartialFile.open(folder, left);
	await partial.write(Buffer.from(text));
	await partial.close();
	return partial.path;
}

const fileEndingIn = async (folder: string, ending: string) => {
	const files = await readdir(folder);
	return path.join(
		folder,
		files.find(file => file.endsWith(ending))!,
	);
};

describe('a partial file', () => {
	test('holds what it was given, in order, and lasts with the times of its version', async () => {
		const folder = await temporaryFolder();
		const content = noise(9 * 1024 * 1024 + 7);
		const partial = await PartialFile.open(folder, {
			...version,
			size: content.length,
		});
		for (let start = 0; start < content.length; start += 6001) {
			await partial.write(content.subarray(start, start + 6001));
		}

		expect(partial.bytes).toBe(content.length);
		await partial.finish(oldTime);
		await partial.close();
		expect(Buffer.compare(await readFile(partial.path), content)).toBe(0);
		const {mtimeMs} = await stat(partial.path);
		expect(mtimeMs).toBe(oldTime * 1000);
	});

	test('lies flat in its folder whatever its name', async () => {
		const folder = await temporaryFolder();
		for (const name of ['a', 'A', 'x/y/z', 'x'.repeat(255), '日本']) {
			await leave(folder, 'x', {...version, name});
		}

		const files = await readdir(folder);
		expect(files).toHaveLength(10);
		for (const file of files) {
			expect(file).toMatch(/^[\da-f]{32}\.(?:part|json)$/);
		}
	});

	test('goes on after an abrupt end', async () => {
		const folder = await temporaryFolder();
		await leave(folder, '01234');
		const partial = await PartialFile.open(folder, version);
		expect(partial.bytes).toBe(5);
		await partial.write(Buffer.from('56789'));
		await partial.close();
		expect(await readFile(partial.path, 'utf8')).toBe('0123456789');
	});

	test('goes on after kill -9', async () => {
		const folder = await temporaryFolder();
		const partPath = await leave(folder, '01234');
		const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
		await writeFile(partPath.replace(/\.part$/, '.lock'), String(child.pid));
		child.kill('SIGKILL');
		await once(child, 'exit');
		const partial = await PartialFile.open(folder, version);
		expect(partial.bytes).toBe(5);
		await partial.close();
	});

	test.each([
		['another time', {...version, mtime: oldTime + 1}],
		['another size', {...version, size: 11}],
		['a size that is not known', {name: version.name, mtime: oldTime}],
	])('of a version with %s is thrown away', async (_, wanted) => {
		const folder = await temporaryFolder();
		await leave(folder, '01234');
		const partial = await PartialFile.open(folder, wanted);
		expect(partial.bytes).toBe(0);
		await partial.close();
		expect(await readFile(partial.path, 'utf8')).toBe('');
		const again = await PartialFile.open(folder, wanted);
		expect(again.bytes).toBe(0);
		await again.close();
	});

	test.each([
		['torn', '{"name":"sub/a.bin","mtime":16'],
		['empty', ''],
		['null', 'null'],
		['a list', '[]'],
		['forged for another name', JSON.stringify({...version, name: '../x'})],
		['forged with a text for a size', JSON.stringify({...version, size: '10'})],
	])('whose note is %s is not believed', async (_, note) => {
		const folder = await temporaryFolder();
		await leave(folder, '01234');
		await writeFile(await fileEndingIn(folder, '.json'), note);
		const partial = await PartialFile.open(folder, version);
		expect(partial.bytes).toBe(0);
		await partial.close();
	});

	test('that is longer than its version is not believed', async () => {
		const folder = await temporaryFolder();
		const partPath = await leave(folder, '0123456789');
		await appendFile(partPath, 'too much');
		const partial = await PartialFile.open(folder, version);
		expect(partial.bytes).toBe(0);
		await partial.close();
	});

	test('can begin anew', async () => {
		const folder = await temporaryFolder();
		const partial = await PartialFile.open(folder, version);
		await partial.write(Buffer.from('wrong bytes'));
		await partial.restart();
		expect(partial.bytes).toBe(0);
		await partial.write(Buffer.from('right'));
		await partial.close();
		expect(await readFile(partial.path, 'utf8')).toBe('right');
	});

	test('leaves nothing when it is forgotten, now or later', async () => {
		const folder = await temporaryFolder();
		const partial = await PartialFile.open(folder, version);
		await partial.write(Buffer.from('x'));
		await partial.close({isDone: true});
		expect(await readdir(folder)).toEqual([]);
		await leave(folder, '01234');
		await forgetPartial(folder, version.name);
		expect(await readdir(folder)).toEqual([]);
		await forgetPartial(folder, 'never heard of');
	});

	test('is not forgotten while it is being written', async () => {
		const folder = await temporaryFolder();
		const partial = await PartialFile.open(folder, version);
		await expect(forgetPartial(folder, version.name)).rejects.toThrow('another program');
		await expect(PartialFile.open(folder, version)).rejects.toThrow('another program');
		await partial.write(Buffer.from('01234'));
		await partial.close();
		expect(await readFile(partial.path, 'utf8')).toBe('01234');
	});
});

describe('the lock of a partial file', () => {
	test('is had once at a time', async () => {
		const lockPath = path.join(await temporaryFolder(), 'a.lock');
		const unlock = await lockPartial(lockPath);
		await expect(lockPartial(lockPath)).rejects.toMatchObject({isFinal: true});
		await unlock();
		const unlockAgain = await lockPartial(lockPath);
		await unlockAgain();
		expect(await readdir(path.dirname(lockPath))).toEqual([]);
	});

	test('goes to one of two who come at once', async () => {
		const folder = await temporaryFolder();
		for (let round = 0; round < 20; round++) {
			const lockPath = path.join(folder, `${round}.lock`);
			const results = await Promise.allSettled([lockPartial(lockPath), lockPartial(lockPath)]);
			expect(results.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
		}
	});

	test('of a living process is refused', async () => {
		const lockPath = path.join(await temporaryFolder(), 'a.lock');
		const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
		onTestFinished(() => {
			child.kill('SIGKILL');
		});
		await writeFile(lockPath, String(child.pid));
		await expect(lockPartial(lockPath)).rejects.toThrow('another program is fetching it into the same folder');
		expect(await readFile(lockPath, 'utf8')).toBe(String(child.pid));
	});

	test.each([
		['nobody', ''],
		['nonsense', 'x'],
		['zero, which is our own group', '0'],
		['a negative number, which is a group', '-1'],
		['our own number from before a restart', String(process.pid)],
		['a number beyond all processes', '99999999999'],
	])('that names %s is taken over', async (_, text) => {
		const lockPath = path.join(await temporaryFolder(), 'a.lock');
		await writeFile(lockPath, text);
		// A lock without a number may be one that is being made at this moment.
		await utimes(lockPath, 1000, 1000);
		const unlock = await lockPartial(lockPath);
		expect(await readFile(lockPath, 'utf8')).toBe(String(process.pid));
		await unlock();
	});

	test('that is being made at this moment is left alone', async () => {
		const lockPath = path.join(await temporaryFolder(), 'a.lock');
		await writeFile(lockPath, '');
		await expect(lockPartial(lockPath)).rejects.toThrow('another program');
	});

	test('of a process that is dead is taken over', async () => {
		const lockPath = path.join(await temporaryFolder(), 'a.lock');
		const child = spawn(process.execPath, ['--eval', '']);
		await once(child, 'exit');
		await writeFile(lockPath, String(child.pid));
		const unlock = await lockPartial(lockPath);
		await unlock();
	});
});
