import {createHash} from 'node:crypto';
import {open, readFile, rm, writeFile, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {codeOf} from '../protocol/errors.js';
import type {FileEntry} from '../protocol/messages.js';
import {lockPartial} from './partial-lock.js';

/** Bytes that may wait for the disk before the network has to. */
const maxQueuedBytes = 4 * 1024 * 1024;

/** Large writes make the cost of the thread pool vanish. */
const bytesPerWrite = 1024 * 1024;

/** Linux takes this many buffers in one writev. */
const maxBuffersPerWrite = 1024;

/**
A file on its way in: it lies apart from the share, with a note beside it that says of which version its bytes are. What a
kill leaves of it is gone on with. Bytes come in order; they are written in the background, many chunks at a time.
*/
export class PartialFile {
	readonly path: string;
	readonly #base: string;
	readonly #handle: FileHandle;
	readonly #unlock: () => Promise<void>;
	#queue: Uint8Array[] = [];
	#queuedBytes = 0;
	#writtenBytes: number;
	#writing: Promise<void> | undefined;
	/** The write that is under way. */
	#step: Promise<void> | undefined;
	#error: unknown;

	private constructor(base: string, handle: FileHandle, writtenBytes: number, unlock: () => Promise<void>) {
		this.path = `${base}.part`;
		this.#base = base;
		this.#handle = handle;
		this.#writtenBytes = writtenBytes;
		this.#unlock = unlock;
	}

	/**
	Open the partial file of a version; what is there of another version is thrown away, and so is what is there of a version
	whose size is not known, because a classic peer always sends the whole.

	@param folder - Where partial files live.
	@throws {TransferError} When another program is writing it.
	*/
	static async open(folder: string, version: FileEntry): Promise<PartialFile> {
		const base = partialBase(folder, version.name);
		const unlock = await lockPartial(`${base}.lock`);
		let handle: FileHandle | undefined;
		try {
			const note = await readNote(`${base}.json`);
			const isSame = note?.mtime === version.mtime && note.size === version.size && version.size !== undefined;
			handle = await openOrCreate(`${base}.part`);
			const {size} = await handle.stat();
			const isUsable = isSame && note.name === version.name && size <= version.size!;
			if (!isUsable) {
				await handle.truncate(0);
				await writeFile(`${base}.json`, JSON.stringify(version));
			}

			return new PartialFile(base, handle, isUsable ? size : 0, unlock);
		} catch (error) {
			await handle?.close();
			await unlock();
			throw error;
		}
	}

	/** Bytes received, those on their way to the disk included. */
	get bytes(): number {
		return this.#writtenBytes + this.#queuedBytes;
	}

	/**
	Take the next bytes; do not reuse their buffer. Resolves at once while the disk keeps up, and otherwise as soon as half of what
	waits is written: network and disk work at the same time.

	@throws What the disk answered to this or an earlier write.
	*/
	async write(chunk: Uint8Array): Promise<void> {
		this.#queue.push(chunk);
		this.#queuedBytes += chunk.length;
		this.#writing ??= this.#drain();
		if (this.#queuedBytes > maxQueuedBytes) {
			while (this.#queuedBytes > maxQueuedBytes / 2) {
				await this.#step;
			}
		}

		this.#throwIfFailed();
	}

	/** Wait until all that was taken is written. */
	async flush(): Promise<void> {
		await this.#writing;
		this.#throwIfFailed();
	}

	/** Begin anew: a source sends the file from its first byte. */
	async restart(): Promise<void> {
		await this.flush();
		await this.#handle.truncate(0);
		this.#writtenBytes = 0;
	}

	/** Make the file last: times as the version's, bytes and times on the disk. */
	async finish(mtime: number): Promise<void> {
		await this.flush();
		await this.#handle.utimes(mtime, mtime);
		await this.#handle.sync();
	}

	/**
	Close it. What is there stays for the next time, with its note.

	@param isDone - It has become a file of the share: nothing stays.
	*/
	async close({isDone = false} = {}): Promise<void> {
		try {
			await this.#writing;
			await this.#handle.close();
			if (isDone) {
				await removePartial(this.#base);
			}
		} finally {
			await this.#unlock();
		}
	}

	#throwIfFailed(): void {
		if (this.#error) {
			throw this.#error; // eslint-disable-line @typescript-eslint/only-throw-error -- what the system threw
		}
	}

	async #drain(): Promise<void> {
		try {
			while (this.#queue.length > 0) {
				this.#step = this.#writeSome();
				await this.#step;
			}
		} catch (error) {
			this.#error = error;
			this.#queue = [];
			this.#queuedBytes = 0;
		} finally {
			this.#writing = undefined;
		}
	}

	async #writeSome(): Promise<void> {
		let count = 0;
		for (let bytes = 0; bytes < bytesPerWrite && count < this.#queue.length && count < maxBuffersPerWrite; count++) {
			bytes += this.#queue[count]!.length;
		}

		const chunks = this.#queue.splice(0, count);
		const {bytesWritten} = await this.#handle.writev(chunks, this.#writtenBytes);
		this.#writtenBytes += bytesWritten;
		this.#queuedBytes -= bytesWritten;
		this.#queue.unshift(...restOf(chunks, bytesWritten));
	}
}

/** Take all that is kept of a file away, however it was fetched: an earlier version may have come another way. */
export async function removePartial(base: string): Promise<void> {
	const endings = ['part', 'json', 'pieces', 'journal', 'root'];
	await Promise.all(endings.map(async ending => rm(`${base}.${ending}`, {force: true})));
}

/** Where all that belongs to a file on its way in lies. Names may be long, nested, or equal but for their case: it is called by a hash. */
export const partialBase = (folder: string, name: string) =>
	path.join(folder, createHash('sha256').update(name).digest('hex').slice(0, 32));

/** Throw away what an interrupted download of a name has left, unless somebody is writing it. */
export async function forgetPartial(folder: string, name: string): Promise<void> {
	const base = partialBase(folder, name);
	const unlock = await lockPartial(`${base}.lock`);
	try {
		await removePartial(base);
	} finally {
		await unlock();
	}
}

/** What a short write has left over. */
function restOf(chunks: Uint8Array[], written: number): Uint8Array[] {
	let skip = written;
	let index = 0;
	while (index < chunks.length && skip >= chunks[index]!.length) {
		skip -= chunks[index]!.length;
		index++;
	}

	const rest = chunks.slice(index);
	if (rest[0] && skip > 0) {
		rest[0] = rest[0].subarray(skip);
	}

	return rest;
}

async function openOrCreate(filePath: string): Promise<FileHandle> {
	try {
		return await open(filePath, 'r+');
	} catch (error) {
		if (codeOf(error) !== 'ENOENT') {
			throw error;
		}

		return open(filePath, 'wx+');
	}
}

async function readNote(notePath: string): Promise<FileEntry | undefined> {
	try {
		const note = JSON.parse(await readFile(notePath, 'utf8')) as Partial<FileEntry>;
		return typeof note.name === 'string' && typeof note.mtime === 'number' ? (note as FileEntry) : undefined;
	} catch {
		// None, or torn by a crash: the bytes beside it can not be trusted.
		return undefined;
	}
}
