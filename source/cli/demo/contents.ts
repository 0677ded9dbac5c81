import {Buffer} from 'node:buffer';
import {createCipheriv, createHash} from 'node:crypto';
import {constants, copyFile, mkdir, open, utimes} from 'node:fs/promises';
import path from 'node:path';
import type {DemoFile} from './cast.js';

/** So much is made and written at a time: a few ms, so that nothing else has to wait. */
const chunkBytes = 1024 * 1024;

/** Writes files whose bytes look random and follow from their names, each name made once and copied from then on. */
export class Contents {
	readonly #made = new Map<string, Promise<string>>();
	readonly #nowSeconds: number;

	/** @param nowMs - What the ages of files are counted from. */
	constructor(nowMs = Date.now()) {
		this.#nowSeconds = Math.floor(nowMs / 1000);
	}

	async put(dir: string, files: DemoFile[]): Promise<void> {
		await Promise.all(files.map(async file => this.#put(dir, file)));
	}

	async #put(dir: string, file: DemoFile): Promise<void> {
		const target = path.join(dir, file.name);
		await mkdir(path.dirname(target), {recursive: true});
		const made = this.#made.get(file.name);
		if (made) {
			await copyFile(await made, target, constants.COPYFILE_FICLONE);
		} else {
			const making = writeNoise(target, file);
			this.#made.set(file.name, making);
			await making;
		}

		const mtime = this.#nowSeconds - file.ageSeconds;
		await utimes(target, mtime, mtime);
	}
}

/** The key stream of AES in counter mode: as fast as the disk, and no two pieces are alike. */
async function writeNoise(target: string, {name, bytes}: DemoFile): Promise<string> {
	const key = createHash('sha256').update(name).digest();
	const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
	const zeros = Buffer.alloc(Math.min(chunkBytes, bytes));
	const handle = await open(target, 'w');
	try {
		for (let left = bytes; left > 0; left -= chunkBytes) {
			await handle.writeFile(cipher.update(zeros.subarray(0, left)));
		}
	} finally {
		await handle.close();
	}

	return target;
}
