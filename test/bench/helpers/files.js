/*
Files to move, and a folder for them.
*/
import {randomFillSync} from 'node:crypto';
import {mkdir, mkdtemp, open, readdir, rm, statfs, utimes} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {CannotRunError, onEnd} from './ending.js';
import {isAlive} from './programs.js';

export const mebi = 1024 * 1024;

const prefix = 'p2p-tui-bench-';

/**
A folder of our own in memory (/dev/shm) where that has room, else where temporary files go. It is gone at the end; one that a killed
run has left is removed first.
*/
export async function workFolder(bytes) {
	for (const parent of ['/dev/shm', tmpdir()]) {
		await removeLeftovers(parent);
		const space = await statfs(parent).catch(() => undefined);
		if (space && space.bavail * space.bsize > bytes) {
			const folder = await mkdtemp(path.join(parent, `${prefix}${process.pid}-`));
			onEnd(async () => rm(folder, {recursive: true, force: true}));
			return folder;
		}
	}

	throw new CannotRunError(`Expected ${Math.ceil(bytes / mebi)} MiB free in /dev/shm or ${tmpdir()}`);
}

async function removeLeftovers(parent) {
	const names = await readdir(parent).catch(() => []);
	for (const name of names.filter(name => name.startsWith(prefix))) {
		if (!isAlive(Number(name.slice(prefix.length).split('-')[0]))) {
			await rm(path.join(parent, name), {recursive: true, force: true});
		}
	}
}

/** Random bytes, which nothing on the way can make smaller, and a time that is long past. */
export async function makeFile(filePath, bytes) {
	await mkdir(path.dirname(filePath), {recursive: true});
	const handle = await open(filePath, 'w');
	const block = new Uint8Array(Math.min(mebi, bytes));
	for (let written = 0; written < bytes; written += block.length) {
		await handle.write(randomFillSync(block), 0, Math.min(block.length, bytes - written));
	}

	await handle.sync();
	await handle.close();
	await utimes(filePath, 1_600_000_000, 1_600_000_000);
}
