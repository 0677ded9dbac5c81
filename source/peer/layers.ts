import {Buffer} from 'node:buffer';
import {open, readdir, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {hashBytes, pieceCountOf, rootOfLayer} from '../protocol/merkle.js';
import {readFlags} from './inside.js';

/** Layers of smaller files are worked out again in 30 ms at the most; those of larger ones are kept on the disk. */
export const minKeptBytes = 32 * 1024 * 1024;

/** Layers that were asked for or worked out lately: some 250 large files. */
const defaultMemoryBytes = 16 * 1024 * 1024;

/**
The piece layers of shared files, by root: what a downloader asks for first. At most 64 KiB for a file up to 31 GiB, and 2 MiB for
one of 1 TiB.
*/
export class Layers {
	readonly #folder: string;
	readonly #isReadOnly: boolean;
	readonly #maxMemoryBytes: number;
	/** The latest used come last. */
	readonly #memory = new Map<string, Buffer>();
	#memoryBytes = 0;
	/** What is being done on the disk, one after the other: a sweep must not take what is half written. */
	#work: Promise<void> = Promise.resolve();

	/** @param options - `isReadOnly`: nothing is put on the disk. */
	constructor(options: {folder: string; isReadOnly: boolean; maxMemoryBytes?: number}) {
		this.#folder = options.folder;
		this.#isReadOnly = options.isReadOnly;
		this.#maxMemoryBytes = options.maxMemoryBytes ?? defaultMemoryBytes;
	}

	/**
	The layer of a file, where it is at hand.

	@param size - The file's, which decides how long the layer is.
	*/
	async get(root: string, size: number): Promise<Buffer | undefined> {
		if (pieceCountOf(size) === 1) {
			return Buffer.from(root, 'hex');
		}

		const known = this.#memory.get(root);
		if (known) {
			this.#memory.delete(root);
			this.#memory.set(root, known);
			return known;
		}

		const read = size < minKeptBytes ? undefined : await this.#read(root, size);
		if (read) {
			this.#remember(root, read);
		}

		return read;
	}

	/** @throws What the disk answered; the layer is remembered all the same. */
	async add(root: string, size: number, layer: Uint8Array): Promise<void> {
		this.#remember(root, Buffer.from(layer.buffer, layer.byteOffset, layer.byteLength));
		if (size < minKeptBytes || this.#isReadOnly) {
			return;
		}

		await this.#inTurn(async () => {
			const temporary = path.join(this.#folder, `${root}.${process.pid}`);
			await writeFile(temporary, layer);
			await rename(temporary, path.join(this.#folder, root));
		});
	}

	/** Remove from the disk what belongs to no shared file any more, and what a crash has left half written. */
	async sweep(isShared: (root: string) => boolean): Promise<void> {
		if (this.#isReadOnly) {
			return;
		}

		await this.#inTurn(async () => {
			for (const name of await readdir(this.#folder)) {
				if (!isShared(name)) {
					await rm(path.join(this.#folder, name), {force: true, recursive: true});
				}
			}
		});
	}

	async #inTurn(work: () => Promise<void>): Promise<void> {
		const done = this.#work.then(work);
		this.#work = done.catch(() => {});
		return done;
	}

	/** Not synced when it was written, and open to anyone since: it is believed when it gives the root. */
	async #read(root: string, size: number): Promise<Buffer | undefined> {
		const length = pieceCountOf(size) * hashBytes;
		const layer = Buffer.allocUnsafe(length + 1);
		try {
			const file = await open(path.join(this.#folder, root), readFlags);
			try {
				const {bytesRead} = await file.read(layer, 0, length + 1, 0);
				const read = layer.subarray(0, bytesRead);
				return bytesRead === length && rootOfLayer(read, size) === root ? read : undefined;
			} finally {
				await file.close();
			}
		} catch {
			// None there, or none that can be read: it is worked out again.
			return undefined;
		}
	}

	#remember(root: string, layer: Buffer): void {
		this.#memoryBytes += layer.length - (this.#memory.get(root)?.length ?? 0);
		this.#memory.delete(root);
		this.#memory.set(root, layer);
		for (const [oldest, {length}] of this.#memory) {
			if (this.#memoryBytes <= this.#maxMemoryBytes) {
				return;
			}

			this.#memory.delete(oldest);
			this.#memoryBytes -= length;
		}
	}
}
