import {performance} from 'node:perf_hooks';
import {reasonOf} from '../protocol/errors.js';
import type {FileEntry} from '../protocol/messages.js';
import {safeText} from '../protocol/safe-text.js';
import type {DownloadOptions, DownloadResult} from './download.js';
import type {NoticeLevel, PeerEvent, RemoteFile, Sample, Transfer, TransferState} from './events.js';
import {sourceLabel} from './file-answer.js';
import type {UploadLog} from './served-file.js';

export type TransfersOptions = {
	/** Downloads that run at once. */
	maxRunning: number;
	/** The newest version of a name that others hold. */
	lookup: (name: string) => RemoteFile | undefined;
	download: (options: DownloadOptions) => Promise<DownloadResult>;
	/** Throws away what a download has left. */
	forget: (name: string) => Promise<void>;
	/** A file has come to its place. */
	onArrived: (name: string, mtime: number) => Promise<void>;
	emit: (event: PeerEvent) => void;
	/** A failure's whole story, for the log. */
	onDetail: (text: string, error: unknown) => void;
};

type Entry = Transfer & {
	file: FileEntry;
	/** Failures in a row, and when the last was, by a monotonic clock. */
	failures: number;
	failedAtMs: number;
	/** Cancelled: what is there of it is to be thrown away. */
	isUnwanted: boolean;
	/** Ends the run of a download. */
	stop: AbortController | undefined;
	/** Bytes so far, kept up to date without events. */
	liveBytes: () => number;
};

/** Rows that are over and kept to be looked at; older ones go. */
const maxFinished = 200;

/** How soon sync tries a failed download again, at first and at the most. */
const firstRetryMs = 4000;
const maxRetryMs = 5 * 60_000;

const isOver = (state: TransferState) => state === 'done' || state === 'failed' || state === 'cancelled';

/** The queue of downloads, and the uploads that others make us do. Order of request is order of service. */
export class Transfers {
	readonly #options: TransfersOptions;
	readonly #entries = new Map<number, Entry>();
	/** Downloads that are not over or have failed, by name: a name is fetched once at a time. */
	readonly #downloads = new Map<string, Entry>();
	/** The run, or the removal of what it left, that works on a name. */
	readonly #busy = new Map<string, Promise<void>>();
	readonly #runs = new Set<Promise<void>>();
	#running = 0;
	#lastId = 0;
	#isStopped = false;

	constructor(options: TransfersOptions) {
		this.#options = options;
	}

	/** Downloads that run or wait. */
	get activeCount(): number {
		let count = 0;
		for (const {state} of this.#downloads.values()) {
			if (state === 'running' || state === 'waiting') {
				count++;
			}
		}

		return count;
	}

	/** The latest download of a name, unless it is done, cancelled or cleared. */
	latest(name: string): Readonly<Transfer> | undefined {
		return this.#downloads.get(name);
	}

	/** Queue a file, or go on with it where it is paused or has failed. */
	request({name, label, size, mtime}: RemoteFile): void {
		const known = this.#downloads.get(name);
		if (known?.state === 'waiting' || known?.state === 'running') {
			return;
		}

		if (known) {
			this.#remove(known);
		}

		const entry: Entry = {
			id: ++this.#lastId,
			direction: 'down',
			name,
			label,
			size,
			bytes: 0,
			state: 'waiting',
			peer: '',
			error: undefined,
			file: {name, mtime, ...(size !== undefined && {size})},
			failures: 0,
			failedAtMs: 0,
			isUnwanted: false,
			stop: undefined,
			liveBytes: () => entry.bytes,
		};
		this.#entries.set(entry.id, entry);
		this.#downloads.set(name, entry);
		this.#tell(entry);
		this.#next();
	}

	pause(id: number): void {
		const entry = this.#entries.get(id);
		if (entry?.direction === 'down' && (entry.state === 'waiting' || entry.state === 'running')) {
			this.#set(entry, {state: 'paused', bytes: entry.liveBytes()});
			entry.stop?.abort();
		}
	}

	resume(id: number): void {
		this.#again(id, 'paused');
	}

	/** Try a failed or cancelled download once more, of the version that is the newest now. */
	retry(id: number): void {
		this.#again(id, 'failed');
		this.#again(id, 'cancelled');
	}

	/** Sync tries what has failed again by itself: the more often it failed, the more seldom. */
	retryFailed(): void {
		for (const {id, state, failures, failedAtMs} of this.#downloads.values()) {
			const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** (failures - 1));
			if (state === 'failed' && performance.now() - failedAtMs >= waitMs) {
				this.#again(id, 'failed');
			}
		}
	}

	/** End a download and throw its bytes away. */
	cancel(id: number): void {
		const entry = this.#entries.get(id);
		if (entry?.direction !== 'down' || entry.state === 'done' || entry.state === 'cancelled') {
			return;
		}

		if (this.#downloads.get(entry.name) === entry) {
			this.#downloads.delete(entry.name);
		}

		entry.isUnwanted = true;
		this.#set(entry, {state: 'cancelled'});
		if (entry.stop) {
			entry.stop.abort();
		} else {
			this.#track(entry.name, async () => this.#forget(entry));
		}
	}

	/** Take the rows away that are over. */
	clearFinished(): void {
		const ids: number[] = [];
		for (const entry of this.#entries.values()) {
			if (isOver(entry.state) && !entry.stop) {
				this.#remove(entry, false);
				ids.push(entry.id);
			}
		}

		if (ids.length > 0) {
			this.#options.emit({type: 'cleared', ids});
		}
	}

	/** Bytes of each running transfer. */
	sample(): Sample['running'] {
		const running: Sample['running'] = [];
		for (const {id, state, liveBytes} of this.#entries.values()) {
			if (state === 'running') {
				running.push([id, liveBytes()]);
			}
		}

		return running;
	}

	/** Another peer fetches a file from us. */
	beginUpload(upload: {name: string; label: string; size: number; from: number; peer: string}): UploadLog {
		const {name, label, size, from, peer} = upload;
		let bytes = from;
		const entry: Entry = {
			id: ++this.#lastId,
			direction: 'up',
			name,
			label,
			size,
			bytes,
			state: 'running',
			peer,
			error: undefined,
			file: {name, mtime: 0, size},
			failures: 0,
			failedAtMs: 0,
			isUnwanted: false,
			stop: undefined,
			liveBytes: () => bytes,
		};
		this.#entries.set(entry.id, entry);
		this.#tell(entry);
		return {
			sent(count) {
				bytes += count;
			},
			end: error => {
				const failure = error === undefined ? undefined : reasonOf(error);
				this.#set(entry, {
					state: failure === undefined ? 'done' : 'failed',
					error: failure,
					bytes,
				});
				this.#forgetOldest();
			},
		};
	}

	/** End all runs and wait until they have left nothing open. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		for (const {stop} of this.#entries.values()) {
			stop?.abort();
		}

		await Promise.all(this.#runs);
	}

	#again(id: number, from: TransferState): void {
		const entry = this.#entries.get(id);
		const other = entry && this.#downloads.get(entry.name);
		if (entry?.direction !== 'down' || entry.state !== from || (other && other !== entry)) {
			return;
		}

		const newer = this.#options.lookup(entry.name);
		if (newer) {
			entry.file = {
				name: entry.name,
				mtime: newer.mtime,
				...(newer.size !== undefined && {size: newer.size}),
			};
		}

		this.#downloads.set(entry.name, entry);
		this.#set(entry, {
			state: 'waiting',
			error: undefined,
			size: entry.file.size,
		});
		this.#next();
	}

	#next(): void {
		for (const entry of this.#downloads.values()) {
			if (this.#running >= this.#options.maxRunning || this.#isStopped) {
				return;
			}

			// Of a name that was just paused or cancelled, the last run may not have ended yet: its end calls again.
			if (entry.state === 'waiting' && !this.#busy.has(entry.name)) {
				this.#track(entry.name, async () => this.#run(entry));
			}
		}
	}

	/** One piece of work a name at a time: two would write one partial file. */
	#track(name: string, work: () => Promise<void>): void {
		const before = this.#busy.get(name);
		const tracked = (before ? before.then(work) : work()).finally(() => {
			this.#runs.delete(tracked);
			if (this.#busy.get(name) === tracked) {
				this.#busy.delete(name);
			}

			this.#next();
		});
		this.#busy.set(name, tracked);
		this.#runs.add(tracked);
	}

	async #forget(entry: Entry): Promise<void> {
		entry.isUnwanted = false;
		try {
			await this.#options.forget(entry.name);
		} catch (error) {
			this.#options.onDetail(`Removing the partial file of ${entry.label} failed`, error);
		}
	}

	async #run(entry: Entry): Promise<void> {
		const {download, onArrived, onDetail} = this.#options;
		const stop = new AbortController();
		entry.stop = stop;
		this.#running++;
		this.#set(entry, {state: 'running'});
		try {
			const result = await download({
				file: entry.file,
				signal: stop.signal,
				onRefused: reason => {
					this.#notice('warning', `${entry.label}: ${reason}`);
				},
				onSource: (source, partial) => {
					entry.liveBytes = () => partial.bytes;
					this.#set(entry, {peer: sourceLabel(source), bytes: partial.bytes});
				},
			});
			await onArrived(entry.name, entry.file.mtime);
			this.#finish(entry, result);
		} catch (error) {
			if (!stop.signal.aborted && !this.#hasNewer(entry)) {
				onDetail(`Fetching ${entry.label} failed`, error);
				entry.failures++;
				entry.failedAtMs = performance.now();
				this.#set(entry, {
					state: 'failed',
					error: reasonOf(error),
					bytes: entry.liveBytes(),
				});
				this.#notice('error', `${entry.label} failed: ${reasonOf(error)}`);
			}
		} finally {
			const {bytes} = entry;
			entry.liveBytes = () => bytes;
			entry.stop = undefined;
			this.#running--;
			if (entry.isUnwanted) {
				await this.#forget(entry);
			}

			this.#forgetOldest();
		}
	}

	/** A version that nobody offers any more is no failure while there is a newer one: that one is fetched. */
	#hasNewer(entry: Entry): boolean {
		const {name, mtime, size} = entry.file;
		const newest = this.#options.lookup(name);
		if (!newest || newest.state === 'here' || (newest.mtime === mtime && newest.size === size)) {
			return false;
		}

		this.#again(entry.id, entry.state);
		return true;
	}

	#finish(entry: Entry, {bytes, hasKeptVersion, isEmptyGuess}: DownloadResult): void {
		if (this.#downloads.get(entry.name) === entry) {
			this.#downloads.delete(entry.name);
		}

		this.#set(entry, {state: 'done', bytes, size: bytes});
		const {label, peer} = entry;
		if (isEmptyGuess) {
			this.#notice('warning', `${peer} sent nothing for ${label}; taken as an empty file`);
		} else {
			this.#notice('info', `Fetched ${label} from ${peer}${hasKeptVersion ? '; the old version is kept' : ''}`);
		}
	}

	#notice(level: NoticeLevel, text: string): void {
		this.#options.emit({type: 'notice', level, text: safeText(text)});
	}

	#set(entry: Entry, values: Partial<Transfer>): void {
		Object.assign(entry, values);
		this.#tell(entry);
	}

	#tell({file, failures, failedAtMs, isUnwanted, stop, liveBytes, ...transfer}: Entry): void {
		this.#options.emit({type: 'transfer', transfer});
	}

	#remove(entry: Entry, isTold = true): void {
		this.#entries.delete(entry.id);
		if (this.#downloads.get(entry.name) === entry) {
			this.#downloads.delete(entry.name);
		}

		if (isTold) {
			this.#options.emit({type: 'cleared', ids: [entry.id]});
		}
	}

	#forgetOldest(): void {
		const over = [...this.#entries.values()].filter(({state, stop}) => isOver(state) && !stop);
		for (const entry of over.slice(0, Math.max(0, over.length - maxFinished))) {
			this.#remove(entry);
		}
	}
}
