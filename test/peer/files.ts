import {mkdir, readFile, utimes, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {onTestFinished} from 'vitest';
import {until} from '../wait.js';

/** A time in whole seconds that no test's own clock gives. */
export const oldTime = 1_600_000_000;

/** Write a file below a folder, its parents included, with a known time. */
export async function put(
	folder: string,
	name: string,
	content: string | Uint8Array,
	mtime = oldTime,
): Promise<string> {
	const filePath = path.join(folder, name);
	await mkdir(path.dirname(filePath), {recursive: true});
	await writeFile(filePath, content);
	// As a date: Node takes a negative number for the present.
	const time = new Date(mtime * 1000);
	await utimes(filePath, time, time);
	return filePath;
}

/** The bytes of a file, undefined while it is not there. */
export async function contentOf(folder: string, name: string): Promise<Uint8Array | undefined> {
	return readFile(path.join(folder, name)).catch(() => undefined);
}

/** Wait for a file to be there. */
export async function arrival(folder: string, name: string, timeoutMs?: number): Promise<Uint8Array> {
	return until(`${name} to arrive`, async () => contentOf(folder, name), timeoutMs);
}

/** Root may read everything: be somebody else until the end of the test, who may not. */
export function beNobody(): void {
	if (process.geteuid?.() === 0) {
		process.seteuid!(65_534);
		onTestFinished(() => {
			process.seteuid!(0);
		});
	}
}

/** Bytes without a pattern that a mistake could repeat, the same in each run. */
export function noise(length: number, seed = 1): Uint8Array {
	const bytes = new Uint8Array(length);
	let state = seed;
	for (let index = 0; index < length; index++) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		bytes[index] = state >>> 16;
	}

	return bytes;
}
