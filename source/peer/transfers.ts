import {performance} from 'node:perf_hooks';
import {reasonOf} from '../protocol/errors.js';
import {pieceBytesOf} from '../protocol/merkle.js';
import type {FileEntry} from '../protocol/messages.js';
import {safeText} from '../protocol/safe-text.js';
import type {DownloadOptions, DownloadResult, DownloadView} from './download.js';
import type {
	NoticeLevel,
	PeerEvent,
	PieceMap,
	RemoteFile,
	RunningSample,
	Source,
	SourceRate,
	Transfer,
	TransferState,
} from './events.js';
import {canBeFetched, isSameContent} from './file-versions.js';
import {sourceLabel} from './file-answer.js';
import type {QueuedFile} from './queue-file.js';
import type {UploadLog} from './served-file.js';
import type {PieceView, SourceView} from './swarm-download.js';
import {TransferTable, type TransferRow} from './transfer-table.js';
import {Uploads, type Upload} from './uploads.js';

export type TransfersOptions = {
	/** Downloads that run at once; small files have places of their own beside them. */
	maxRunning: number;
	/** Whether a file is fetched by one request. */
	isSmall: (file: FileEntry) => boolean;
	/** A version that others hold, by the key of its row. */
	lookup: (key: string) => RemoteFile | undefined;
	download: (options: DownloadOptions) => Promise<DownloadResult>;
	/** Throws away what a download has left. */
	forget: (name: string) => Promise<void>;
	/** The queue has changed: downloads that are not over, in the order of their turns. */
	onQueue: (queue: () => QueuedFile[]) => void;
	emit: (event: PeerEvent) => void;
	/** A failure's whole story, for the log. */
	onDetail: (text: string, error: unknown) => void;
};

/** A download: its row, and what only the queue knows of it. */
type Entry = {
	row: TransferRow;
	/** The key it was requested by: a bare name goes with the newest version, another with its content. */
	key: string;
	file: FileEntry;
	/** Whether anybody was known to offer it; what an earlier run has left waits for that. */
	isOffered: boolean;
	/** Failures in a row, and when the last was, by a monotonic clock. */
	failures: number;
	failedAtMs: number;
	/** Cancelled: what is there of it is to be thrown away. */
	isUnwanted: boolean;
	/** Ends the run. */
	stop: AbortController | undefined;
	view: DownloadView | undefined;
};

/** Small files on their way at once: enough to fill the time that each waits for the disk. */
const maxSmallRunning = 32;

/** How soon sync tries a failed download again, at first and at the most. */
const firstRetryMs = 4000;
const maxRetryMs = 5 * 60_000;

const fileOf = ({name, mtime, size, root}: RemoteFile): FileEntry => ({
	name,
	mtime,
	...(size !== undefined && {size}),
	...(root !== undefined && {root}),
});

/** What is offered now. A root that was known still counts where only class programs, which know none, hold the version by now. */
const offeredOf = (remote: RemoteFile, known: FileEntry): FileEntry =>
	remote.root === undefined && known.root !== undefined && isSameContent(remote, known) ? known : fileOf(remote);

const byPlace = (a: Entry, b: Entry) => a.row.transfer.place - b.row.transfer.place;

/** What a row shows of the version that is fetched. */
const shownOf = ({size, root}: FileEntry) => ({size, root});

/** The queue of downloads, beside the uploads that others make us do. Order of request is order of service. */
export class Transfers {
	readonly #options: TransfersOptions;
	readonly #table: TransferTable;
	readonly #uploads: Uploads;
	/** Downloads by the id of their row, as long as that is shown. */
	readonly #entries = new Map<number, Entry>();
	/** Downloads that are not over or have failed, by name: a name is fetched once at a time. */
	readonly #downloads = new Map<string, Entry>();
	/** The run, or the removal of what it left, that works on a name. */
	readonly #busy = new Map<string, Promise<void>>();
	readonly #runs = new Set<Promise<void>>();
	readonly #stops = new Set<AbortController>();
	readonly #running = {small: 0, large: 0};
	/** Those that wait for their turn and could have it; in the order of their turns, but where it says so. */
	readonly #waiting = {small: new Set<Entry>(), large: new Set<Entry>()};
	readonly #unsorted = new Set<'small' | 'large'>();
	#isStopped = false;

	constructor(options: TransfersOptions) {
		this.#options = options;
		this.#table = new TransferTable(options.emit, ({transfer}) => {
			const entry = this.#entries.get(transfer.id);
			this.#entries.delete(transfer.id);
			if (entry) {
				this.#dropName(entry);
				this.#unwait(entry);
			}
		});
		this.#uploads = new Uploads(this.#table);
	}

	/** Downloads that run or wait. */
	get activeCount(): number {
		let count = 0;
		for (const {row} of this.#downloads.values()) {
			if (row.transfer.state === 'running' || row.transfer.state === 'waiting') {
				count++;
			}
		}

		return count;
	}

	/** The latest download of a name, unless it is done, cancelled or cleared. */
	latest(name: string): Readonly<Transfer> | undefined {
		return this.#downloads.get(name)?.row.transfer;
	}

	/** Queue a file, or go on with it where it is paused or has failed. */
	request(remote: RemoteFile): void {
		const {key, name} = remote;
		const known = this.#downloads.get(name);
		const state = known?.row.transfer.state;
		if (state === 'waiting' || state === 'running') {
			return;
		}

		if (known) {
			this.#table.remove([known.row]);
		}

		this.#enqueue({key, file: fileOf(remote), isPaused: false}, true);
		this.#next();
	}

	/** Go on with the queue of an earlier run; what nobody offers waits until somebody does. */
	restore(queue: QueuedFile[]): void {
		for (const queued of queue) {
			if (!this.#downloads.has(queued.file.name)) {
				this.#enqueue(queued, false);
			}
		}
	}

	/** Let a download that waits have its turn later, or earlier where `places` is negative. */
	move(id: number, places: number): void {
		const entry = this.#entries.get(id);
		const waiting = [...this.#downloads.values()].filter(({row}) => row.transfer.state === 'waiting');
		const from = entry ? waiting.indexOf(entry) : -1;
		if (from < 0) {
			return;
		}

		const to = Math.max(0, Math.min(waiting.length - 1, from + places));
		const turns = waiting.map(({row}) => row.transfer.place);
		waiting.splice(to, 0, ...waiting.splice(from, 1));
		for (const [index, {row}] of waiting.entries()) {
			if (row.transfer.place !== turns[index]) {
				this.#table.set(row, {place: turns[index]!});
			}
		}

		this.#sortDownloads();
		this.#unsorted.add('small').add('large');
		this.#queueChanged();
	}

	pause(id: number): void {
		const entry = this.#entries.get(id);
		const state = entry?.row.transfer.state;
		if (entry && (state === 'waiting' || state === 'running')) {
			this.#table.set(entry.row, {state: 'paused', error: undefined, bytes: entry.row.liveBytes()});
			this.#unwait(entry);
			entry.stop?.abort();
			this.#queueChanged();
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
		for (const {row, failures, failedAtMs} of this.#downloads.values()) {
			const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** (failures - 1));
			if (row.transfer.state === 'failed' && performance.now() - failedAtMs >= waitMs) {
				this.#again(row.transfer.id, 'failed');
			}
		}
	}

	/** Somebody offers a file whose download failed, say because its only source went away: go on with it. */
	retryOffered(remote: RemoteFile): void {
		const entry = this.#downloads.get(remote.name);
		// A version that was not the newest when it was asked for may be by now.
		if (!entry || (entry.key !== remote.key && this.#options.lookup(entry.key)?.key !== remote.key)) {
			return;
		}

		if (remote.state === 'here' && !entry.isOffered && entry.row.transfer.state === 'waiting') {
			// An earlier run was killed after it came, and before the queue was kept without it.
			this.#dropName(entry);
			this.#table.set(entry.row, {state: 'done', error: undefined, bytes: entry.row.transfer.size ?? 0});
			return;
		}

		if (!canBeFetched(remote) || remote.sources.length === 0) {
			return;
		}

		if (!entry.isOffered) {
			entry.isOffered = true;
			entry.file = offeredOf(remote, entry.file);
			if (entry.row.transfer.state === 'waiting') {
				this.#table.set(entry.row, {error: undefined, ...shownOf(entry.file)});
				this.#wait(entry);
				this.#next();
			}
		}

		this.#again(entry.row.transfer.id, 'failed');
	}

	/**
	A tracker that is back tells what there is, which may be just what there was: what failed meanwhile is tried again, as far as
	anybody offers it.
	*/
	retryAllOffered(): void {
		for (const {key, row} of this.#downloads.values()) {
			const offered = row.transfer.state === 'failed' && this.#options.lookup(key);
			if (offered) {
				this.retryOffered(offered);
			}
		}
	}

	/** End a download and throw its bytes away. */
	cancel(id: number): void {
		const entry = this.#entries.get(id);
		const state = entry?.row.transfer.state;
		if (!entry || state === 'done' || state === 'cancelled') {
			return;
		}

		this.#dropName(entry);
		this.#unwait(entry);
		entry.isUnwanted = true;
		this.#table.set(entry.row, {state: 'cancelled', error: undefined});
		if (entry.stop) {
			entry.stop.abort();
		} else {
			this.#track(entry.file.name, async () => this.#forget(entry));
		}
	}

	/** Take the rows away that are over. */
	clearFinished(): void {
		this.#table.clearFinished();
	}

	/** How each running transfer does. */
	sample(): RunningSample[] {
		return this.#table.sample();
	}

	/** The pieces of a running download. */
	pieces(id: number): PieceMap | undefined {
		const entry = this.#entries.get(id);
		const pieces = entry?.view?.pieces;
		return pieces && {id, pieces: mapOf(pieces), pieceBytes: pieceBytesOf(entry.file.size!)};
	}

	/** Another peer fetches a file from us. */
	beginUpload(upload: Upload): UploadLog {
		return this.#uploads.begin(upload);
	}

	/** End all runs and wait until they have left nothing open. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#uploads.stop();
		for (const stop of this.#stops) {
			stop.abort();
		}

		await Promise.all(this.#runs);
	}

	#again(id: number, from: TransferState): void {
		const entry = this.#entries.get(id);
		const other = entry && this.#downloads.get(entry.file.name);
		if (entry?.row.transfer.state !== from || (other && other !== entry)) {
			return;
		}

		const offered = this.#options.lookup(entry.key);
		if (offered) {
			entry.file = offeredOf(offered, entry.file);
		}

		entry.isOffered = true;
		if (!other) {
			this.#downloads.set(entry.file.name, entry);
			this.#sortDownloads();
		}

		this.#table.set(entry.row, {state: 'waiting', error: undefined, ...shownOf(entry.file)});
		this.#queueChanged();
		this.#wait(entry);
		this.#next();
	}

	#enqueue({key, file, isPaused}: QueuedFile, isOffered: boolean): void {
		const row = this.#table.add({
			direction: 'down',
			...(key !== file.name && {key}),
			name: file.name,
			label: safeText(file.name),
			...shownOf(file),
			bytes: 0,
			state: isPaused ? 'paused' : 'waiting',
			peer: '',
			error: isOffered || isPaused ? undefined : 'nobody who holds it is here yet',
		});
		const entry: Entry = {
			row,
			key,
			file,
			isOffered,
			failures: 0,
			failedAtMs: 0,
			isUnwanted: false,
			stop: undefined,
			view: undefined,
		};
		this.#entries.set(row.transfer.id, entry);
		this.#downloads.set(file.name, entry);
		if (isOffered && !isPaused) {
			this.#wait(entry);
		}

		this.#queueChanged();
	}

	#queueChanged(): void {
		this.#options.onQueue(() =>
			Array.from(this.#downloads.values(), ({key, file, row}) => ({
				key,
				file,
				isPaused: row.transfer.state === 'paused',
			})),
		);
	}

	#sortDownloads(): void {
		const inOrder = [...this.#downloads].toSorted(([, a], [, b]) => byPlace(a, b));
		this.#downloads.clear();
		for (const [name, entry] of inOrder) {
			this.#downloads.set(name, entry);
		}
	}

	/** It waits for its turn, which may be before those of others who have waited for longer. */
	#wait(entry: Entry): void {
		const kind = this.#options.isSmall(entry.file) ? 'small' : 'large';
		this.#waiting[kind].add(entry);
		this.#unsorted.add(kind);
	}

	/** In place: whoever hears of a download that begins may ask for another, while this is gone through. */
	#sortWaiting(waiting: Set<Entry>): void {
		const inOrder = [...waiting].toSorted(byPlace);
		waiting.clear();
		for (const entry of inOrder) {
			waiting.add(entry);
		}
	}

	#unwait(entry: Entry): void {
		this.#waiting.small.delete(entry);
		this.#waiting.large.delete(entry);
	}

	#next(): void {
		const places = {small: maxSmallRunning, large: this.#options.maxRunning};
		for (const kind of ['small', 'large'] as const) {
			if (this.#running[kind] < places[kind] && this.#unsorted.delete(kind)) {
				this.#sortWaiting(this.#waiting[kind]);
			}

			for (const entry of this.#waiting[kind]) {
				if (this.#running[kind] >= places[kind] || this.#isStopped) {
					break;
				}

				// Of a name that was just paused or cancelled, the last run may not have ended yet: its end calls again.
				const {name} = entry.file;
				if (this.#busy.has(name)) {
					continue;
				}

				this.#waiting[kind].delete(entry);
				this.#running[kind]++;
				this.#learnContent(entry);
				this.#track(name, async () => this.#run(entry, kind));
			}
		}
	}

	/** Its content may have become known since it was asked for. */
	#learnContent(entry: Entry): void {
		const offered = entry.file.root === undefined ? this.#options.lookup(entry.key) : undefined;
		if (offered && isSameContent(offered, entry.file)) {
			entry.file = fileOf(offered);
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
			await this.#options.forget(entry.file.name);
		} catch (error) {
			this.#options.onDetail(`Removing the partial file of ${entry.row.transfer.label} failed`, error);
		}
	}

	async #run(entry: Entry, kind: 'small' | 'large'): Promise<void> {
		const {row} = entry;
		const stop = new AbortController();
		entry.stop = stop;
		this.#stops.add(stop);
		this.#table.set(row, {state: 'running', ...shownOf(entry.file)});
		try {
			const result = await this.#options.download({
				file: entry.file,
				signal: stop.signal,
				onRefused: reason => {
					this.#notice('warning', `${row.transfer.label}: ${reason}`);
				},
				onStart(view) {
					entry.view = view;
					row.liveBytes = () => view.bytes;
					row.sources = view.sources && (() => view.sources!.map(rate => rateOf(rate)));
				},
				onSources: sources => {
					this.#table.set(row, {peer: labelOf(sources), bytes: row.liveBytes()});
				},
				onWaiting: error => {
					this.#table.set(row, {error, bytes: row.liveBytes()});
					if (error !== undefined) {
						this.#notice('warning', `${row.transfer.label}: ${error}`);
					}
				},
			});
			this.#finish(entry, result);
		} catch (error) {
			if (!stop.signal.aborted && !this.#hasNewer(entry)) {
				this.#fail(entry, error);
			}
		} finally {
			row.liveBytes = () => row.transfer.bytes;
			row.sources = undefined;
			entry.view = undefined;
			entry.stop = undefined;
			this.#stops.delete(stop);
			this.#running[kind]--;
			if (entry.isUnwanted) {
				await this.#forget(entry);
			}
		}
	}

	#fail(entry: Entry, error: unknown): void {
		const {row} = entry;
		const {label} = row.transfer;
		entry.failures++;
		entry.failedAtMs = performance.now();
		this.#options.onDetail(`Fetching ${label} failed`, error);
		this.#table.set(row, {state: 'failed', error: safeText(reasonOf(error)), bytes: row.liveBytes()});
		this.#notice('error', `${label} failed: ${reasonOf(error)}`);
	}

	/** A version that nobody offers any more is no failure while there is a newer one: that one is fetched. */
	#hasNewer(entry: Entry): boolean {
		const newest = this.#options.lookup(entry.key);
		if (!newest || !canBeFetched(newest) || isSameContent(newest, entry.file)) {
			return false;
		}

		this.#again(entry.row.transfer.id, entry.row.transfer.state);
		return true;
	}

	#finish(entry: Entry, {bytes, hasKeptVersion, isEmptyGuess, from}: DownloadResult): void {
		this.#dropName(entry);
		this.#table.set(entry.row, {
			state: 'done',
			error: undefined,
			bytes,
			size: bytes,
			...(from.length > 0 && {peer: labelOf(from)}),
		});
		const {label, peer} = entry.row.transfer;
		if (isEmptyGuess) {
			this.#notice('warning', `${peer} sent nothing for ${label}; taken as an empty file`);
		} else {
			this.#notice('info', `Fetched ${label} from ${peer}${hasKeptVersion ? '; the old version is kept' : ''}`);
		}
	}

	/** The name may be asked for anew, unless it already has been. */
	#dropName(entry: Entry): void {
		if (this.#downloads.get(entry.file.name) === entry) {
			this.#downloads.delete(entry.file.name);
			this.#queueChanged();
		}
	}

	#notice(level: NoticeLevel, text: string): void {
		this.#options.emit({type: 'notice', level, text: safeText(text)});
	}
}

/** The names of all sources. */
const labelOf = (sources: readonly Source[]) => sources.map(source => sourceLabel(source)).join(', ');

const rateOf = ({source, bytes, bytesPerSecond}: SourceView): SourceRate => ({
	name: sourceLabel(source),
	bytes,
	bytesPerSecond,
});

/** A character for each piece, as `PieceMap` says. */
function mapOf(pieces: PieceView): string {
	let map = '';
	for (let piece = 0; piece < pieces.good.count; piece++) {
		if (pieces.good.has(piece)) {
			map += '#';
		} else if (pieces.isAskedOfAny(piece)) {
			map += '>';
		} else {
			map += pieces.isOffered(piece) ? '.' : '?';
		}
	}

	return map;
}
