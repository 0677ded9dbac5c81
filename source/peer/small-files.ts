import {readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {PeerError, TransferError} from '../protocol/errors.js';
import {contentPathOf} from '../protocol/http-path.js';
import {limits} from '../protocol/limits.js';
import {rootOfBytes} from '../protocol/merkle.js';
import type {FileEntry} from '../protocol/messages.js';
import {BytesSink} from './bytes-sink.js';
import {isKnown, type KnownFile} from './content-download.js';
import type {DownloadContext, DownloadOptions, DownloadResult} from './download.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';
import {isAlive} from './partial-lock.js';
import {PeerConnection, RefusedError, StalledError} from './peer-connection.js';
import type {RateLimit} from './rate-limit.js';

/** Whether a file is fetched whole by one request. */
export const isSmall = (file: FileEntry): boolean => isKnown(file) && file.size <= limits.maxSmallFileBytes;

/** How long an idle connection is kept for the next file. */
const idleMs = 5000;

/** What names of small files on their way end in, among the partial files. */
const smallEnding = '.small';

/** A source that has sent nothing is asked after all others for so long. */
const stalledMs = 60_000;

/** `isLast`: nobody else can be asked. */
type FetchOptions = {isLast: boolean; onBytes: (bytes: number) => void};

export type SmallFilesOptions = Pick<DownloadContext, 'ownName' | 'wire' | 'onConnected'> & {
	limit: RateLimit | undefined;
};

type Shared = {connection: PeerConnection; waiting: Set<(error: PeerError) => void>; timer: NodeJS.Timeout | undefined};

/**
Fetches small files: one question each over one connection to each peer, the next ones asked before the first is answered, so that
a thousand of them do not wait for a thousand round trips.
*/
export class SmallFiles {
	readonly #connections = new Map<string, Shared>();
	readonly #options: SmallFilesOptions;
	/** When a source has last sent nothing. */
	readonly #stalled = new Map<string, number>();
	#lastFile = 0;
	#isStopped = false;

	constructor(options: SmallFilesOptions) {
		this.#options = options;
	}

	/**
	Fetch a small file into its place in the share.

	@throws {TransferError} When no source could give it; says why of the last that failed.
	@throws What the signal was aborted with, or the disk answered.
	*/
	async download(context: DownloadContext, options: DownloadOptions & {file: KnownFile}): Promise<DownloadResult> {
		const {file, signal, onRefused, onSources} = options;
		let problem: PeerError | undefined;
		const sources = context
			.sourcesOf(file)
			.filter(({isPartial, isClassic}) => !isPartial && !isClassic)
			.toSorted((a, b) => Number(this.#hasStalled(a)) - Number(this.#hasStalled(b)));
		for (const [index, source] of sources.entries()) {
			const isLast = index === sources.length - 1;
			try {
				const fetching = this.#fetchOrAgain(source, file, {
					isLast,
					onBytes(bytes) {
						context.onBytes(bytes, source);
					},
				});
				const bytes = await orAborted(fetching, signal);
				signal.throwIfAborted();
				if (rootOfBytes(bytes) === file.root) {
					onSources([source]);
					return {...(await this.#store(context, file, bytes)), from: [source]};
				}

				problem = new TransferError(`${sourceLabel(source)} sent wrong bytes`, {isFinal: true});
				onRefused(`${problem.message}; nothing of it is asked there`);
			} catch (error) {
				signal.throwIfAborted();
				if (!(error instanceof PeerError)) {
					throw error;
				}

				problem = error;
				if (error instanceof StalledError) {
					this.#stalled.set(source.key, performance.now());
				}
			}
		}

		throw problem ?? new TransferError('nobody who holds it is here any more');
	}

	/** Leave no connection behind. */
	stop(): void {
		this.#isStopped = true;
		for (const {connection, timer} of this.#connections.values()) {
			clearTimeout(timer);
			connection.close();
		}

		this.#connections.clear();
	}

	/** A connection that others share may just have been closed for their sake, or for its idleness: once more over a new one. */
	async #fetchOrAgain(source: Source, file: KnownFile, options: FetchOptions): Promise<Uint8Array> {
		try {
			return await this.#fetch(source, file, options);
		} catch (error) {
			if (error instanceof RefusedError || error instanceof StalledError) {
				throw error;
			}

			return this.#fetch(source, file, options);
		}
	}

	#hasStalled({key}: Source): boolean {
		return performance.now() - (this.#stalled.get(key) ?? -Infinity) < stalledMs;
	}

	async #fetch(source: Source, {root, size}: KnownFile, {isLast, onBytes}: FetchOptions): Promise<Uint8Array> {
		const sink = new BytesSink(size);
		return new Promise((resolve, reject) => {
			const shared = this.#connectionTo(source);
			const over = () => {
				shared.waiting.delete(reject);
				if (shared.waiting.size === 0) {
					shared.timer = setTimeout(() => {
						shared.connection.close();
						this.#forget(source.key, shared);
					}, idleMs);
				}
			};

			shared.waiting.add(reject);
			clearTimeout(shared.timer);
			shared.connection.expectWithin(isLast ? limits.transferIdleTimeoutMs : limits.sourceStallMs);
			shared.connection.get({
				path: contentPathOf(root),
				length: size,
				sink,
				onDone() {
					over();
					onBytes(size);
					resolve(sink.bytes);
				},
				onRefused(error) {
					over();
					reject(error);
				},
			});
		});
	}

	#connectionTo(source: Source): Shared {
		if (this.#isStopped) {
			throw new TransferError('nothing more is fetched');
		}

		const known = this.#connections.get(source.key);
		if (known) {
			return known;
		}

		const {ownName, limit, wire, onConnected} = this.#options;
		const shared: Shared = {
			waiting: new Set(),
			timer: undefined,
			connection: new PeerConnection({
				source,
				ownName,
				limit,
				wire,
				onConnected(rttMs) {
					onConnected?.(source, rttMs);
				},
				onBytes() {},
				onClosed: error => {
					this.#forget(source.key, shared);
					for (const reject of shared.waiting) {
						reject(error);
					}
				},
			}),
		};
		this.#connections.set(source.key, shared);
		return shared;
	}

	#forget(key: string, shared: Shared): void {
		clearTimeout(shared.timer);
		if (this.#connections.get(key) === shared) {
			this.#connections.delete(key);
		}
	}

	async #store(context: DownloadContext, file: KnownFile, bytes: Uint8Array) {
		const {folder, store} = context;
		const {name, mtime, size} = file;
		const from = path.join(folder.partials, `${process.pid}-${++this.#lastFile}${smallEnding}`);
		const {hasKeptVersion, stamp} = await store.commit({from, name, mtime, bytes});
		context.onArrived(file, stamp);
		return {hasKeptVersion, bytes: size, isEmptyGuess: false};
	}
}

/** What is not wanted any more is not waited for: it comes all the same, for nobody, or its connection breaks. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
	return new Promise((resolve, reject) => {
		const onAbort = () => {
			reject(signal.reason as Error);
		};

		signal.addEventListener('abort', onAbort);
		const release = () => {
			signal.removeEventListener('abort', onAbort);
		};

		void work.then(resolve, reject).finally(release);
	});
}

/** Take away what a killed process has left of small files on their way. */
export async function removeSmallLeftovers(partials: string): Promise<void> {
	for (const name of await readdir(partials)) {
		const pid = Number(name.split('-')[0]);
		if (name.endsWith(smallEnding) && (pid === process.pid || !isAlive(pid))) {
			await rm(path.join(partials, name), {force: true});
		}
	}
}
