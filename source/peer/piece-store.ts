import {Worker} from 'node:worker_threads';
import {errorOf, failureOf, type FinishedFile, type FromThread, type ToThread} from './piece-messages.js';
import type {SmallRead} from './read-small.js';
import type {Stamp} from './stamp.js';
import {ThreadBatch} from './thread-batch.js';
import {pieceThread} from './threads.js';

/** Bytes of a slot: large enough that a message to the thread costs little, small enough to stay in its cache. A multiple of a block. */
export const slotBytes = 512 * 1024;

/** More than there are connections at once (`limits.maxSources` for each of three downloads): a slow one holds a slot while it fills it. */
const slots = 80;

export type PieceFileOptions = {
	/** Where the bytes go. */
	path: string;
	/** Which pieces are there, for the next time. */
	journalPath: string;
	size: number;
	/** The proven hash of each piece. */
	layer: Uint8Array;
};

/** A file that has come to its place. */
export type Placed = {hasKeptVersion: boolean; stamp: Stamp};

/** Small files that go to the thread together. */
const maxBatch = 64;

type Listener = (message: FromThread) => void;

/**
The way of fetched bytes to the disk: they are read from the sockets straight into shared memory, and a thread verifies and writes
them. Started by the first download.
*/
export class PieceStore {
	readonly #slab = new SharedArrayBuffer(slots * slotBytes);
	readonly #free = Array.from({length: slots}, (_, index) => index * slotBytes);
	readonly #waiting = new Set<() => void>();
	readonly #listeners = new Map<number, Listener>();
	#thread: Worker | undefined;
	#lastId = 0;
	readonly #commits: ThreadBatch<FinishedFile, Placed>;
	readonly #reads: ThreadBatch<string, SmallRead | undefined>;

	/**
	@param root - The real path of the shared folder.
	@param versions - Where old versions are kept.
	*/
	constructor({root, versions}: {root: string; versions: string}) {
		this.#commits = new ThreadBatch(maxBatch, files => {
			const buffers = files.map(({bytes}) => bytes?.buffer).filter(buffer => buffer instanceof ArrayBuffer);
			this.send({type: 'commit', root, versions, files}, buffers);
		});
		this.#reads = new ThreadBatch(maxBatch, names => {
			this.send({type: 'read', root, names});
		});
	}

	/**
	Open the file of a download; what an earlier run has left in it is checked first.

	@throws What the disk answered.
	*/
	async open(options: PieceFileOptions): Promise<PieceFile> {
		const id = ++this.#lastId;
		return new Promise((resolve, reject) => {
			this.listen(id, message => {
				if (message.type === 'opened') {
					resolve(new PieceFile(this, id, message.good));
				} else if (message.type === 'failed') {
					this.send({type: 'close', download: id});
					this.#listeners.delete(id);
					reject(errorOf(message));
				}
			});
			this.send({type: 'open', download: id, ...options});
		});
	}

	/**
	Put a finished file in its place in the share, on the disk for good.

	@returns Whether an old version was kept, and what the file looks like now.
	@throws {TransferError} When something stands there that must not be replaced.
	@throws What the disk answered.
	*/
	async commit(file: FinishedFile): Promise<Placed> {
		return this.#commits.add(file);
	}

	/**
	Read a small shared file whole.

	@returns undefined when that can not be done.
	*/
	async readSmall(name: string): Promise<SmallRead | undefined> {
		return this.#reads.add(name);
	}

	/** A place for bytes on their way in; undefined when all are taken. */
	takeSlot(): number | undefined {
		return this.#free.pop();
	}

	/** Give a place back that nothing was written to. */
	giveSlot(slot: number): void {
		this.#free.push(slot);
		this.#wake();
	}

	/** Call once when a place is free again. */
	onFree(callback: () => void): void {
		this.#waiting.add(callback);
		this.#wake();
	}

	/** A part of a slot. */
	view(slot: number, from: number, to: number): Uint8Array {
		return new Uint8Array(this.#slab, slot + from, to - from);
	}

	send(message: ToThread, transfer: ArrayBuffer[] = []): void {
		this.#thread ??= this.#start();
		this.#thread.postMessage(message, transfer);
	}

	listen(download: number, listener: Listener | undefined): void {
		if (listener) {
			this.#listeners.set(download, listener);
		} else {
			this.#listeners.delete(download);
		}
	}

	/** End the thread. Files must be closed before. */
	async stop(): Promise<void> {
		await this.#thread?.terminate();
	}

	#start(): Worker {
		const thread = new Worker(pieceThread, {workerData: {slab: this.#slab}});
		thread.unref();
		thread.on('message', (message: FromThread) => {
			switch (message.type) {
				case 'taken': {
					this.giveSlot(message.slot);
					this.#listeners.get(message.download)?.(message);
					break;
				}

				case 'committed': {
					this.#commits.done(message.results.map(result => ('stamp' in result ? result : errorOf(result))));

					break;
				}

				case 'read': {
					this.#reads.done(message.files);

					break;
				}

				default: {
					this.#listeners.get(message.download)?.(message);
				}
			}
		});
		thread.on('error', error => {
			this.#thread = undefined;
			// A fault of ours: every download that waits for the thread has to hear of it.
			for (const [download, listener] of this.#listeners) {
				listener({type: 'failed', download, ...failureOf(error)});
			}

			this.#commits.failed(error);
			this.#reads.failed(error);
		});
		return thread;
	}

	#wake(): void {
		for (const callback of this.#waiting) {
			if (this.#free.length === 0) {
				return;
			}

			this.#waiting.delete(callback);
			callback();
		}
	}
}

export type PieceFileEvents = {
	/** A piece of a request has come whole. */
	onPiece: (request: number, piece: number, isGood: boolean) => void;
	/** The disk failed; nothing more is written. */
	onFailed: (error: Error) => void;
};

/** The file of one download, as the main thread sees it. */
export class PieceFile {
	readonly #store: PieceStore;
	readonly #id: number;
	#lastRequest = 0;
	#events: PieceFileEvents | undefined;
	/** Those who wait for a request to be verified. */
	readonly #settling = new Map<number, () => void>();
	#isClosed = false;

	/** @param good - Pieces that were there and are right. */
	constructor(
		store: PieceStore,
		id: number,
		readonly good: readonly number[],
	) {
		this.#store = store;
		this.#id = id;
		store.listen(id, message => {
			switch (message.type) {
				case 'taken': {
					for (const {piece, isGood} of message.pieces) {
						this.#events?.onPiece(message.request, piece, isGood);
					}

					break;
				}

				case 'settled': {
					this.#settling.get(message.request)?.();
					this.#settling.delete(message.request);

					break;
				}

				case 'failed': {
					this.#events?.onFailed(errorOf(message));

					break;
				}
				// No default
			}
		});
	}

	listen(events: PieceFileEvents): void {
		this.#events = events;
	}

	/** A number for a request whose bytes will come in order. */
	nextRequest(): number {
		return ++this.#lastRequest;
	}

	/** Verify and write what stands in a slot; the slot is free by itself after. */
	write(request: number, slot: number, position: number, length: number): void {
		if (this.#isClosed) {
			this.#store.giveSlot(slot);
			return;
		}

		this.#store.send({type: 'bytes', download: this.#id, request, slot, position, length});
	}

	/** Wait until all that has come of a request is verified, and told; for ever when it is closed meanwhile. */
	async settled(request: number): Promise<void> {
		return new Promise(resolve => {
			this.#settling.set(request, resolve);
			this.#store.send({type: 'settle', download: this.#id, request});
		});
	}

	/** No more of a request will come. */
	drop(request: number): void {
		if (!this.#isClosed) {
			this.#store.send({type: 'drop', download: this.#id, request});
		}
	}

	/**
	Set the time and wait until all is on the disk.

	@throws What the disk answered.
	*/
	async finish(mtime: number): Promise<void> {
		await this.#ask({type: 'finish', download: this.#id, mtime}, 'finished');
	}

	async close(): Promise<void> {
		if (this.#isClosed) {
			return;
		}

		this.#isClosed = true;
		await this.#ask({type: 'close', download: this.#id}, 'closed');
		this.#store.listen(this.#id, undefined);
	}

	async #ask(message: ToThread, answer: FromThread['type']): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#store.listen(this.#id, got => {
				if (got.type === answer) {
					resolve();
				} else if (got.type === 'failed' && answer !== 'closed') {
					reject(errorOf(got));
				}
			});
			this.#store.send(message);
		});
	}
}
