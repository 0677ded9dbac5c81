import type {Buffer} from 'node:buffer';
import {randomBytes} from 'node:crypto';
import {mkdir, readFile, readdir, stat, utimes, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import {until} from '../wait.js';

export type WrittenFile = {name: string; bytes: Buffer; mtime: number};

const kibi = 1024;
export const mebi = kibi * kibi;

/** A recent whole second; files are made older or newer from here. */
export const someTime = 1_700_000_000;

/** Write a file of random bytes. */
export async function write(dir: string, name: string, size: number, mtime = someTime): Promise<WrittenFile> {
	const file = {name, bytes: randomBytes(size), mtime};
	await copyTo(dir, file);
	return file;
}

/** Put the same bytes with the same time into another folder. */
export async function copyTo(dir: string, {name, bytes, mtime}: WrittenFile): Promise<void> {
	const filePath = path.join(dir, name);
	await mkdir(path.dirname(filePath), {recursive: true});
	await writeFile(filePath, bytes);
	await utimes(filePath, mtime, mtime);
}

/** Write several, each a second newer than the one before. */
export const writeAll = async (dir: string, files: Array<[name: string, size: number]>): Promise<WrittenFile[]> =>
	Promise.all(files.map(async ([name, size], index) => write(dir, name, size, someTime + index)));

/** Sizes around the single recv of older programs, under names that a careless program trips over. */
export const oddFiles = (owner: string): Array<[name: string, size: number]> => [
	[`${owner} empty file`, 0],
	[`${owner} one byte.txt`, 1],
	[`${owner} Übungsblätter.pdf`, 8 * kibi],
	[`${owner} 日本語 – заметки.txt`, 8 * kibi + 1],
	[`${owner} "quoted" & 100%.bin`, mebi + 1],
];

/** Whole seconds; undefined when there is no such file. */
export async function mtimeOf(dir: string, name: string): Promise<number | undefined> {
	try {
		const {mtimeMs} = await stat(path.join(dir, name));
		return Math.floor(mtimeMs / 1000);
	} catch {
		return undefined;
	}
}

/** The folder has exactly these bytes under the name, and the time. */
export async function expectFile(dir: string, {name, bytes, mtime}: WrittenFile): Promise<void> {
	const found = await readFile(path.join(dir, name));
	expect(found.length, `bytes of ${name}`).toBe(bytes.length);
	expect(found.equals(bytes), `${name} is the same`).toBe(true);
	expect(await mtimeOf(dir, name), `time of ${name}`).toBe(mtime);
}

/** Wait until the version has come to a folder of ours, where a name is a whole file or not there, and compare it. */
export async function arrived(dir: string, file: WrittenFile, timeoutMs?: number): Promise<void> {
	await until(
		`${file.name} of time ${file.mtime}`,
		async () => (await mtimeOf(dir, file.name)) === file.mtime,
		timeoutMs,
	);
	await expectFile(dir, file);
}

/** Names in a folder, our own hidden one left out. */
export async function namesIn(dir: string): Promise<string[]> {
	const names = await readdir(dir);
	return names.filter(name => !name.startsWith('.')).toSorted();
}
