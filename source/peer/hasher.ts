import {Worker} from 'node:worker_threads';
import {PeerError} from '../protocol/errors.js';
import {HashLane} from './hash-lane.js';
import type {HashReply, HashRequest, HashResult, HashThreadData} from './hash-thread.js';
import {hashThread} from './threads.js';

/** A file up to this size is one read; up to so many of them, and so many bytes, make a batch: some 10 ms of work. */
const smallBytes = 1024 * 1024;
const maxBatchFiles = 256;
const maxBatchBytes = 8 * 1024 * 1024;

/** Each lane above lane 0 takes files up to eight times as large as the one before; the last takes the rest. */
const laneCount = 8;

/** A file in a hurry goes to lane 0 up to this size: 30 ms of work. */
const maxUrgentBytes = 32 * 1024 * 1024;

/** A thread without work is kept this long: folders change in bursts. */
const idleMs = 5000;

export type HashProgress = {name: string; bytes: number; size: number; filesLeft: number; bytesLeft: number};

function laneOf(size: number): number {
	let lane = 0;
	for (let bytes = smallBytes; size > bytes && lane < laneCount - 1; bytes *= 8) {
		lane++;
	}

	return lane;
}

/**
Works out the roots of shared files in one thread beside ours: hashing shall not take both cores of a small machine from the
transfers.

Files wait in lanes by their size, and a lane goes on only while those of smaller files have nothing to do, even in the middle of a
file: a disk image of 100 GB takes more than a minute, and the hundreds of small files that came after it would be without a content id
meanwhile, though they take none of it. Large files lose next to nothing by that. Within a lane, first come, first served.
*/
export class Hasher {
	/** How many files were hashed, and how many bytes they had. */
	hashedFiles = 0;
	hashedBytes = 0;
	readonly #root: string;
	readonly #signal: AbortSignal;
	readonly #lanes = Array.from({length: laneCount}, () => new HashLane());
	readonly #progress = new BigInt64Array(new SharedArrayBuffer(laneCount * BigInt64Array.BYTES_PER_ELEMENT));
	#filesLeft = 0;
	#bytesLeft = 0;
	#worker: Worker | undefined;
	#idleTimer: NodeJS.Timeout | undefined;
	#ending: Promise<unknown> = Promise.resolve();

	/** @param root - The real path of the shared folder. */
	constructor({root, signal}: {root: string; signal: AbortSignal}) {
		this.#root = root;
		this.#signal = signal;
		signal.addEventListener('abort', () => {
			this.#end(signal.reason);
		});
	}

	/**
	Hash a shared file.

	@param size - What it is known to have; with any other it has changed.
	@param options - `isUrgent`: somebody waits for it. Goes first, and does not count as work to be shown.
	@throws When stopped, or the thread has died.
	*/
	async hash(name: string, size: number, {isUrgent = false} = {}): Promise<HashResult> {
		this.#signal.throwIfAborted();
		return new Promise((resolve, reject) => {
			const lane = isUrgent && size <= maxUrgentBytes ? 0 : laneOf(size);
			this.#lanes[lane]!.add({name, size, isUrgent, resolve, reject});
			if (!isUrgent) {
				this.#filesLeft++;
				this.#bytesLeft += size;
			}

			this.#next(lane);
		});
	}

	/** How far it is; read, not told, because it changes with each block. */
	get progress(): HashProgress | undefined {
		const lane = this.#lanes.findIndex(({running}) => running.length > 0);
		const running = this.#lanes[lane]?.running;
		if (!running || this.#filesLeft === 0) {
			return undefined;
		}

		// Lane 0 counts files, and the thread may be at the next batch already.
		const current = running[lane === 0 ? Math.min(this.#counter(0), running.length - 1) : 0]!;
		const bytesOf = (index: number) => (index > 0 && this.#lanes[index]!.running.length > 0 ? this.#counter(index) : 0);
		const bytesDone = this.#lanes.reduce((sum, _lane, index) => sum + bytesOf(index), 0);
		return {
			name: current.name,
			size: current.size,
			bytes: bytesOf(lane),
			filesLeft: this.#filesLeft,
			bytesLeft: Math.max(0, this.#bytesLeft - bytesDone),
		};
	}

	/** Resolves when the thread is gone, after the signal. */
	async close(): Promise<void> {
		await this.#ending;
	}

	#counter(lane: number): number {
		return Number(Atomics.load(this.#progress, lane));
	}

	/** Give the thread the next files of a lane, unless it has some of it. */
	#next(lane: number): void {
		const {running} = this.#lanes[lane]!;
		const jobs = running.length > 0 ? [] : this.#lanes[lane]!.begin(lane === 0 ? maxBatchFiles : 1, maxBatchBytes);
		if (jobs.length === 0) {
			return;
		}

		clearTimeout(this.#idleTimer);
		Atomics.store(this.#progress, lane, 0n);
		this.#worker ??= this.#start();
		this.#worker.postMessage({
			lane,
			files: jobs.map(({name, size, isUrgent}) => ({name, size, isUrgent})),
		} satisfies HashRequest);
	}

	#start(): Worker {
		const workerData: HashThreadData = {root: this.#root, progress: this.#progress.buffer};
		const worker = new Worker(hashThread, {workerData, name: 'hash'});
		worker.on('message', ({lane, results}: HashReply) => {
			if (this.#worker === worker) {
				this.#done(lane, results);
			}
		});
		worker.on('error', error => {
			if (this.#worker === worker) {
				this.#end(new PeerError('The thread that hashes files died', {cause: error}));
			}
		});
		// What keeps the program running are its connections.
		worker.unref();
		return worker;
	}

	#done(lane: number, results: HashResult[]): void {
		const jobs = this.#lanes[lane]!.end();
		this.#next(lane);
		for (const [index, job] of jobs.entries()) {
			const result = results[index]!;
			if (result.how === 'hashed') {
				this.hashedFiles++;
				this.hashedBytes += job.size;
			}

			if (!job.isUrgent) {
				this.#filesLeft--;
				this.#bytesLeft -= job.size;
			}

			job.resolve(result);
		}

		if (this.#lanes.every(({running}) => running.length === 0)) {
			this.#idleTimer = setTimeout(() => {
				this.#stopThread();
			}, idleMs);
			this.#idleTimer.unref();
		}
	}

	/** Give up all that runs and waits. */
	#end(reason: unknown): void {
		this.#stopThread();
		this.#filesLeft = 0;
		this.#bytesLeft = 0;
		const jobs = this.#lanes.flatMap(lane => lane.clear());
		for (const {reject} of jobs) {
			reject(reason);
		}
	}

	#stopThread(): void {
		clearTimeout(this.#idleTimer);
		this.#ending = Promise.all([this.#ending, this.#worker?.terminate()]);
		this.#worker = undefined;
	}
}
