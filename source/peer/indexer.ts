import type {Buffer} from 'node:buffer';
import {performance} from 'node:perf_hooks';
import {reasonOf} from '../protocol/errors.js';
import {safeText} from '../protocol/safe-text.js';
import {ContentIndex} from './content-index.js';
import type {Indexing} from './events.js';
import {Hasher} from './hasher.js';
import type {HashResult} from './hash-thread.js';
import {Layers} from './layers.js';
import {isSameStamp, raceMsOf, type Stamp} from './stamp.js';
import type {StateFolder} from './state-folder.js';

/** The root of a file that looked like this. */
export type FoundRoot = {name: string; stamp: Stamp; root: string};

export type IndexerOptions = {
	/** The real path of the shared folder. */
	root: string;
	folder: StateFolder;
	/** False for a visit: what earlier runs have learned is used, but nothing is hashed, nor written down. */
	isHashing: boolean;
	signal: AbortSignal;
	/** Roots that have become known. */
	onFound: (found: FoundRoot[]) => void;
	/** A file is not as it was when it was looked at. */
	onStale: (name: string) => void;
	/** Whether a shared file has this content. */
	isShared: (root: string) => boolean;
	onProblem: (text: string) => void;
	/** There is nothing left to hash. */
	onIdle: (run: {files: number; bytes: number; tookMs: number}) => void;
};

/** A file whose root is to be worked out. */
type Wanted = {
	stamp: Stamp;
	/** Not before: it may be written still. By a monotonic clock. */
	dueMs: number;
	isQueued: boolean;
};

/** Roots are gathered this long before they are told. */
const gatherMs = 50;

/** So many files are handed to the hasher before a key or a transfer gets its turn: a few ms. */
const filesAtOnce = 5000;

/** A file that changed while it was hashed is left alone for so long, and for so many times what the attempt has cost. */
const restMs = 1000;
const restFactor = 3;
const maxRestMs = 10 * 60_000;

/** Knows the content ids of shared files, and works out those it does not know. */
export class Indexer {
	readonly #options: IndexerOptions;
	readonly #index: ContentIndex;
	readonly #layers: Layers;
	readonly #hasher: Hasher;
	readonly #wanted = new Map<string, Wanted>();
	/** Files that could not be read. */
	readonly #failed = new Map<string, Stamp>();
	readonly #toldFailures = new Set<string>();
	#newFailures: Array<{name: string; reason: string}> = [];
	/** Layers that are being worked out because somebody asked, by root. */
	readonly #asked = new Map<string, Promise<Buffer | undefined>>();
	#found: FoundRoot[] = [];
	#foundTimer: NodeJS.Timeout | undefined;
	#dueTimer: NodeJS.Timeout | undefined;
	/** When that rings, by a monotonic clock. */
	#dueAtMs = Infinity;
	#isStarted = false;
	#hasToldDisk = false;
	/** Hashing since it was last idle. */
	#queued = 0;
	#run = {startMs: 0, files: 0, bytes: 0};

	constructor(options: IndexerOptions) {
		this.#options = options;
		const {root, signal, folder, isHashing} = options;
		this.#hasher = new Hasher({root, signal});
		this.#layers = new Layers({folder: folder.layers, isReadOnly: !isHashing});
		this.#index = new ContentIndex({
			path: folder.index,
			isReadOnly: !isHashing,
			onProblem: error => {
				this.#diskFailed(error);
			},
		});
	}

	/** How many files were hashed, and how many bytes they had. */
	get hashed(): {files: number; bytes: number} {
		return {files: this.#hasher.hashedFiles, bytes: this.#hasher.hashedBytes};
	}

	/** What is being hashed. */
	get progress(): Indexing | undefined {
		const {progress} = this.#hasher;
		return progress && {...progress, label: safeText(progress.name)};
	}

	/** Read what earlier runs have learned. */
	async load(): Promise<void> {
		await this.#index.load();
	}

	/**
	The root of a file that looks like this. Where it is not known, it is worked out and told.

	@returns What is known now.
	*/
	rootOf(name: string, stamp: Stamp): string | undefined {
		const known = this.#index.get(name, stamp);
		if (known?.isLasting) {
			this.#wanted.delete(name);
		} else {
			this.#want(name, stamp);
		}

		return known?.root;
	}

	/**
	A file has come whose bytes were verified. Within the tick of its own time it could be written again without looking different:
	then it is hashed later, and the root counts only meanwhile.
	*/
	learn(name: string, stamp: Stamp, root: string): void {
		this.#index.set(name, stamp, root, raceMsOf(stamp, Date.now()) === 0);
	}

	/** A file is no longer shared. */
	forget(name: string): void {
		this.#wanted.delete(name);
		this.#failed.delete(name);
		this.#index.delete(name);
	}

	/**
	The folder was looked at, and what it has is known: hash what is wanted, and try again what could not be read before.

	@param names - All shared files; undefined when not all could be seen.
	*/
	scanned(names: ReadonlyMap<string, unknown> | undefined): void {
		const {isHashing, signal} = this.#options;
		if (!isHashing || signal.aborted) {
			return;
		}

		for (const [name, stamp] of this.#failed) {
			this.#want(name, stamp);
		}

		this.#failed.clear();
		if (this.#isStarted) {
			return;
		}

		this.#isStarted = true;
		if (names) {
			this.#index.retain(names);
			void this.#index.flush();
		}

		this.#hashDue();
		if (this.#queued === 0) {
			void this.#sweep();
		}
	}

	/**
	The piece layer of a shared file.

	@returns undefined when the file has changed or can not be read.
	*/
	async layerOf(name: string, root: string, stamp: Stamp): Promise<Buffer | undefined> {
		const known = await this.#layers.get(root, stamp.size);
		if (known) {
			return known;
		}

		const asked = this.#asked.get(root) ?? this.#workOut(name, root, stamp);
		this.#asked.set(root, asked);
		try {
			return await asked;
		} finally {
			this.#asked.delete(root);
		}
	}

	/** After the signal: nothing of it is left when this resolves. */
	async close(): Promise<void> {
		clearTimeout(this.#foundTimer);
		clearTimeout(this.#dueTimer);
		await this.#hasher.close();
		await this.#index.flush();
	}

	#want(name: string, stamp: Stamp): void {
		if (!this.#options.isHashing) {
			return;
		}

		const dueMs = performance.now() + raceMsOf(stamp, Date.now());
		const wanted = this.#wanted.get(name) ?? {stamp, dueMs, isQueued: false};
		wanted.stamp = stamp;
		wanted.dueMs = Math.max(wanted.dueMs, dueMs);
		this.#wanted.set(name, wanted);
		this.#hashSoon(gatherMs);
	}

	#hashSoon(delayMs: number): void {
		const atMs = performance.now() + delayMs;
		if (!this.#isStarted || this.#options.signal.aborted || atMs >= this.#dueAtMs) {
			return;
		}

		clearTimeout(this.#dueTimer);
		this.#dueAtMs = atMs;
		this.#dueTimer = setTimeout(() => {
			this.#hashDue();
		}, delayMs);
	}

	/** Hash what is wanted and has rested long enough. */
	#hashDue(): void {
		clearTimeout(this.#dueTimer);
		this.#dueAtMs = Infinity;
		const nowMs = performance.now();
		let nextMs = Infinity;
		let handedOver = 0;
		for (const [name, wanted] of this.#wanted) {
			if (wanted.isQueued) {
				continue;
			}

			if (wanted.dueMs <= nowMs && handedOver === filesAtOnce) {
				nextMs = nowMs;
				break;
			}

			if (wanted.dueMs <= nowMs) {
				handedOver++;
				void this.#hash(name, wanted);
			} else {
				nextMs = Math.min(nextMs, wanted.dueMs);
			}
		}

		if (nextMs < Infinity) {
			this.#hashSoon(nextMs - nowMs);
		}
	}

	async #hash(name: string, wanted: Wanted): Promise<void> {
		wanted.isQueued = true;
		if (this.#queued === 0) {
			this.#run = {startMs: performance.now(), files: 0, bytes: 0};
		}

		this.#queued++;
		let result: HashResult;
		try {
			result = await this.#hasher.hash(name, wanted.stamp.size);
		} catch (error) {
			result = {how: 'failed', code: undefined, reason: reasonOf(error)};
		}

		if (this.#options.signal.aborted) {
			return;
		}

		wanted.isQueued = false;
		this.#queued--;
		if (this.#wanted.get(name) === wanted) {
			this.#hashed(name, wanted, result);
		}

		if (this.#queued === 0) {
			this.#idle();
		}
	}

	#hashed(name: string, wanted: Wanted, result: HashResult): void {
		switch (result.how) {
			case 'failed': {
				this.#wanted.delete(name);
				if (result.code === 'ENOENT') {
					this.#options.onStale(name);
				} else {
					this.#failed.set(name, wanted.stamp);
					this.#newFailures.push({name, reason: result.reason});
				}

				break;
			}

			case 'changed': {
				this.#rest(name, wanted, result.spentMs);
				break;
			}

			case 'hashed': {
				this.#run.files++;
				this.#run.bytes += result.stamp.size;
				if (isSameStamp(result.stamp, wanted.stamp)) {
					this.#learned(name, result);
				} else {
					this.#rest(name, wanted, 0);
				}

				break;
			}
		}
	}

	/** It is being written: look at it again, and hash it when it has settled. */
	#rest(name: string, wanted: Wanted, spentMs: number): void {
		wanted.dueMs = performance.now() + Math.min(maxRestMs, Math.max(restMs, restFactor * spentMs));
		this.#options.onStale(name);
		this.#hashSoon(restMs);
	}

	#learned(name: string, {root, stamp, layer}: HashResult & {how: 'hashed'}): void {
		this.#wanted.delete(name);
		this.#index.set(name, stamp, root);
		if (layer) {
			void this.#keepLayer(root, stamp.size, layer);
		}

		this.#found.push({name, stamp, root});
		this.#foundTimer ??= setTimeout(() => {
			this.#tellFound();
		}, gatherMs);
	}

	#tellFound(): void {
		clearTimeout(this.#foundTimer);
		this.#foundTimer = undefined;
		const found = this.#found;
		this.#found = [];
		if (found.length > 0) {
			this.#options.onFound(found);
		}
	}

	#idle(): void {
		this.#tellFound();
		this.#tellFailures();
		void this.#sweep();
		const {startMs, files, bytes} = this.#run;
		this.#options.onIdle({files, bytes, tookMs: performance.now() - startMs});
	}

	/** Each file once, but a thousand of them in one line. */
	#tellFailures(): void {
		const failures = this.#newFailures.filter(({name}) => !this.#toldFailures.has(name));
		this.#newFailures = [];
		const [first] = failures;
		if (!first) {
			return;
		}

		for (const {name} of failures) {
			this.#toldFailures.add(name);
		}

		const others = failures.length === 1 ? '' : ` and ${failures.length - 1} more`;
		this.#options.onProblem(`Can not read ${safeText(first.name)}${others}: ${first.reason}`);
	}

	async #workOut(name: string, root: string, stamp: Stamp): Promise<Buffer | undefined> {
		const result = await this.#hasher.hash(name, stamp.size, {isUrgent: true});
		if (result.how !== 'hashed' || result.root !== root) {
			this.#options.onStale(name);
			return undefined;
		}

		if (result.layer) {
			await this.#keepLayer(root, stamp.size, result.layer);
		}

		return this.#layers.get(root, stamp.size);
	}

	async #keepLayer(root: string, size: number, layer: Uint8Array): Promise<void> {
		try {
			await this.#layers.add(root, size, layer);
		} catch (error) {
			this.#diskFailed(error);
		}
	}

	async #sweep(): Promise<void> {
		try {
			await this.#layers.sweep(this.#options.isShared);
		} catch (error) {
			this.#diskFailed(error);
		}
	}

	/** Once: without a disk for it, all works, only slower the next time. */
	#diskFailed(error: unknown): void {
		if (!this.#hasToldDisk && !this.#options.signal.aborted) {
			this.#hasToldDisk = true;
			this.#options.onProblem(`Content ids can not be kept for the next time: ${reasonOf(error)}`);
		}
	}
}
