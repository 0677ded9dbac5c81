import {open, readFile, rename} from 'node:fs/promises';
import {setTimeout as delay} from 'node:timers/promises';
import type {FileEntry} from '../protocol/messages.js';
import {decodeFileEntry} from '../protocol/decode.js';
import {parseVersionKey} from './file-versions.js';

/** A download that is not over, as it is kept for the next start. */
export type QueuedFile = {
	/** The key of the row it was requested by. */
	key: string;
	file: FileEntry;
	isPaused: boolean;
};

/** A queue of many files that come one after the other is not written with each. */
const restMs = 500;

/** The queue of downloads on the disk, in its order: what was asked for is still wanted after a restart. */
export class QueueFile {
	readonly #path: string;
	readonly #onProblem: (error: unknown) => void;
	#next: (() => readonly QueuedFile[]) | undefined;
	readonly #stop = new AbortController();
	#writing: Promise<void> | undefined;

	constructor(path: string, onProblem: (error: unknown) => void) {
		this.#path = path;
		this.#onProblem = onProblem;
	}

	/** What is in it; nothing where it is missing, torn, or not ours. */
	async load(): Promise<QueuedFile[]> {
		let list: unknown;
		try {
			list = JSON.parse(await readFile(this.#path, 'utf8'));
		} catch {
			return [];
		}

		const queue: QueuedFile[] = [];
		for (const value of Array.isArray(list) ? list : []) {
			const {key, file: entry, isPaused} = (value ?? {}) as Partial<QueuedFile>;
			const file = decodeFileEntry(entry);
			if (file && typeof key === 'string' && parseVersionKey(key).name === file.name) {
				queue.push({key, file, isPaused: isPaused === true});
			}
		}

		return queue;
	}

	/** Keep this. Calls while it is being written, and a moment after, make one write of the last. */
	save(queue: () => readonly QueuedFile[]): void {
		this.#next = queue;
		this.#writing ??= this.#write();
	}

	/** Wait until the last is on the disk. */
	async close(): Promise<void> {
		this.#stop.abort();
		while (this.#writing) {
			await this.#writing;
		}
	}

	/** Written apart and renamed: a crash leaves the old one or the new one. */
	async #write(): Promise<void> {
		try {
			while (this.#next) {
				const queue = this.#next;
				this.#next = undefined;
				const text = JSON.stringify(queue());
				const handle = await open(`${this.#path}.new`, 'w');
				try {
					await handle.writeFile(text);
					await handle.sync();
				} finally {
					await handle.close();
				}

				await rename(`${this.#path}.new`, this.#path);
				await delay(restMs, undefined, {signal: this.#stop.signal}).catch(() => {});
			}
		} catch (error) {
			this.#onProblem(error);
		} finally {
			this.#writing = undefined;
		}
	}
}
