import type {Buffer} from 'node:buffer';
import type {Stats} from 'node:fs';
import {realpath} from 'node:fs/promises';
import path from 'node:path';
import {watch, type FSWatcher} from 'chokidar';
import {reasonOf} from '../protocol/errors.js';
import type {FileEntry} from '../protocol/messages.js';
import {secondsOf, type FileVersion} from '../protocol/file-version.js';
import type {Indexing, LocalChange, LocalFile} from './events.js';
import {Indexer, type FoundRoot, type IndexerOptions} from './indexer.js';
import {Inside} from './inside.js';
import {NamesByRoot} from './names-by-root.js';
import {isShareable, localFileOf, scan, statsOf} from './scan.js';
import {isSameStamp, stampOf, type Stamp} from './stamp.js';

export type ShareChange = LocalChange;

export type ShareOptions = {
	/** The real path of the shared folder. */
	root: string;
	signal: AbortSignal;
	onChange: (change: ShareChange) => void;
	onProblem: (text: string) => void;
	/** How the content ids of files are known; without it, they are not. */
	contents?: Pick<IndexerOptions, 'folder' | 'isHashing' | 'onIdle'>;
	/** Look at the whole folder this often, for what the watcher missed (network drives, a full inotify table). */
	rescanMs?: number;
};

/** Changes on disk are gathered for this long before they are told. */
const settleMs = 100;

/** Many small downloads are told at once. */
const arrivalsMs = 20;

/** A file that is still being written is told once its size has stood still this long. */
const writeFinishMs = 300;

/** The shared folder: which files it has, and which have come, changed and gone. */
export class Share {
	readonly inside: Inside;
	readonly #files = new Map<string, LocalFile>();
	/** How each file looked when it was looked at last. */
	readonly #stamps = new Map<string, Stamp>();
	readonly #names = new NamesByRoot();
	readonly #indexer: Indexer | undefined;
	/** What earlier runs have learned is read. */
	#loading: Promise<void> | undefined;
	readonly #options: ShareOptions;
	readonly #touched = new Set<string>();
	/** A name alone will not do: the next look is at everything. */
	#mustScan = false;
	/** Files whose time the disk could not hold: how they are on the disk, and the time they count with. */
	readonly #credits = new Map<string, {mtimeMs: number; size: number; mtime: number}>();
	readonly #toldProblems = new Set<string>();
	#watcher: FSWatcher | undefined;
	#settleTimer: NodeJS.Timeout | undefined;
	/** Downloads that came to their places and are to be told. */
	#arrivals: ShareChange = {changed: [], removed: []};
	#arrivalTimer: NodeJS.Timeout | undefined;
	#rescanTimer: NodeJS.Timeout | undefined;
	#scanning: Promise<void> | undefined;

	constructor(options: ShareOptions) {
		this.#options = options;
		this.inside = new Inside(options.root);
		const {root, signal, onProblem, contents} = options;
		this.#indexer = contents && this.#createIndexer({...contents, root, signal, onProblem});
	}

	get files(): ReadonlyMap<string, LocalFile> {
		return this.#files;
	}

	/** The file whose content id is being worked out, and how much there is to do. */
	get indexing(): Indexing | undefined {
		return this.#indexer?.progress;
	}

	/** Files that were hashed, and their bytes: what is known from an earlier run costs none. */
	get hashed(): {files: number; bytes: number} {
		return this.#indexer?.hashed ?? {files: 0, bytes: 0};
	}

	/** A name of a shared file with this content. */
	byRoot(root: string): string | undefined {
		return this.#names.get(root);
	}

	/**
	The content id of an open file, as long as it is the one that was hashed.

	@param stats - Of the open file.
	*/
	rootOf(name: string, stats: Stamp): string | undefined {
		const stamp = this.#stamps.get(name);
		return isSameStamp(stamp, stampOf(stats)) ? this.#files.get(name)?.root : undefined;
	}

	/**
	The piece layer of a shared content: the hashes of its pieces, one after the other. From memory, from the disk, or worked out
	from the file, which takes 30 ms at the most for files whose layer is not kept.

	@returns undefined when no shared file has that content (any more).
	@throws When it is stopped meanwhile.
	*/
	async layerOf(root: string): Promise<Buffer | undefined> {
		const name = this.byRoot(root);
		return name === undefined ? undefined : this.#indexer?.layerOf(name, root, this.#stamps.get(name)!);
	}

	/** Look once at the whole folder. Concurrent calls share one look. */
	async scan(): Promise<void> {
		this.#scanning ??= this.#scan().finally(() => {
			this.#scanning = undefined;
		});
		return this.#scanning;
	}

	/** Notice changes from now on, until the signal. */
	watch(): void {
		const {root, rescanMs = 60_000, onProblem} = this.#options;
		const watcher = watch(root, {
			ignoreInitial: true,
			followSymlinks: false,
			awaitWriteFinish: {
				stabilityThreshold: writeFinishMs,
				pollInterval: settleMs,
			},
			ignored: filePath => filePath !== root && path.basename(filePath).startsWith('.'),
		});
		const touched = (filePath: string) => {
			this.#touch(path.relative(root, filePath).split(path.sep).join('/'));
		};

		watcher.on('add', touched).on('change', touched).on('unlink', touched);
		watcher.on('ready', () => {
			// What came between the first look and the watcher's start.
			void this.scan();
		});
		watcher.on('error', error => {
			onProblem(`Watching ${root} failed (${reasonOf(error)}); it is read anew every ${rescanMs / 1000} s`);
		});
		this.#watcher = watcher;
		this.#rescanTimer = setInterval(() => {
			void this.scan();
		}, rescanMs);
	}

	/** Look at one name now: it may have changed. */
	async refresh(name: string): Promise<void> {
		await this.#look([name]);
	}

	/**
	A download has just put a file there. A file system may not hold its time as it was (FAT counts in two seconds, others end in
	2038): as long as the file stays as it is, it counts as what was fetched, or it would be fetched for ever.

	@param file - With a root where its bytes were verified: it need not be hashed.
	@param stamp - What it looks like there.
	*/
	arrived({name, mtime, root}: FileEntry, stamp: Stamp): void {
		if (secondsOf(stamp.mtimeMs) !== mtime) {
			// It may also have been written since: no root is taken on trust here.
			this.#credits.set(name, {mtimeMs: stamp.mtimeMs, size: stamp.size, mtime});
		} else if (root !== undefined) {
			this.#indexer?.learn(name, stamp, root);
		}

		this.#put(this.#credited(localFileOf(name, stamp), stamp), stamp, this.#arrivals);
		this.#arrivalTimer ??= setTimeout(() => {
			this.#arrivalTimer = undefined;
			const {changed, removed} = this.#arrivals;
			this.#arrivals = {changed: [], removed: []};
			this.#tell({changed, removed});
		}, arrivalsMs);
	}

	async close(): Promise<void> {
		clearTimeout(this.#settleTimer);
		clearTimeout(this.#arrivalTimer);
		clearInterval(this.#rescanTimer);
		await this.#watcher?.close();
		await this.#scanning;
		await this.#indexer?.close();
	}

	#createIndexer(options: Omit<IndexerOptions, 'onFound' | 'onStale' | 'isShared'>): Indexer {
		return new Indexer({
			...options,
			onFound: found => {
				this.#takeRoots(found);
			},
			onStale: name => {
				// A whole folder may have gone: all its files in one change.
				this.#touch(name);
			},
			isShared: root => this.byRoot(root) !== undefined,
		});
	}

	#touch(name: string): void {
		if (!isShareable(name)) {
			return;
		}

		this.#touched.add(name);
		this.#lookSoon();
	}

	/** Look at the names that were touched, or at everything, once what is under way has settled. */
	#lookSoon(): void {
		if (this.#options.signal.aborted) {
			return;
		}

		this.#settleTimer ??= setTimeout(() => {
			this.#settleTimer = undefined;
			const names = [...this.#touched];
			this.#touched.clear();
			if (this.#mustScan) {
				this.#mustScan = false;
				void this.scan();
			} else {
				void this.#look(names);
			}
		}, settleMs);
	}

	async #look(names: string[]): Promise<void> {
		const change: ShareChange = {changed: [], removed: []};
		await Promise.all(
			names.map(async name => {
				const stats = await this.#statsInside(name);
				if (stats?.isFile()) {
					this.#put(this.#credited(localFileOf(name, stats), stats), stats, change);
					return;
				}

				this.#drop(name, change);

				if (stats?.isDirectory()) {
					// The watcher takes a folder in the place of a file for the file's end.
					this.#watcher?.add(this.inside.path(name));
					this.#mustScan = true;
					this.#lookSoon();
				}
			}),
		);
		this.#tell(change);
	}

	async #scan(): Promise<void> {
		const {root, signal, onProblem} = this.#options;
		this.#loading ??= this.#indexer?.load();
		await this.#loading;
		const change: ShareChange = {changed: [], removed: []};
		const gone = new Set(this.#files.keys());
		let isComplete = true;
		const look = scan(root, signal, (folder, error) => {
			isComplete = false;
			const text = `Can not read the folder ${path.join(root, folder)}: ${reasonOf(error)}`;
			if (!this.#toldProblems.has(text)) {
				this.#toldProblems.add(text);
				onProblem(text);
			}
		});
		for await (const files of look) {
			for (const {file, stats} of files) {
				gone.delete(file.name);
				this.#put(this.#credited(file, stats), stats, change);
			}
		}

		if (signal.aborted) {
			return;
		}

		// A folder that could not be read says nothing about its files: keep what is known of them.
		if (isComplete && gone.size > 0) {
			await this.#look([...gone]);
		}

		this.#tell(change);
		this.#indexer?.scanned(isComplete ? this.#files : undefined);
	}

	/** Nothing behind a link is ours, the folders on the way included. */
	async #statsInside(name: string): Promise<Stats | undefined> {
		const filePath = this.inside.path(name);
		const folder = path.dirname(filePath);
		const real = await realpath(folder).catch(() => undefined);
		return real === folder ? statsOf(filePath) : undefined;
	}

	/** The version that a file on the disk counts as. */
	versionOf(name: string, stats: Stats): FileVersion {
		return this.#credited(localFileOf(name, stats), stats);
	}

	#credited(file: LocalFile, stats: Stamp): LocalFile {
		const credit = this.#credits.get(file.name);
		if (credit?.mtimeMs === stats.mtimeMs && credit.size === stats.size) {
			return {...file, mtime: credit.mtime};
		}

		this.#credits.delete(file.name);
		return file;
	}

	#put(file: LocalFile, stats: Stamp, change: ShareChange): void {
		const {name, size, mtime} = file;
		const stamp = stampOf(stats);
		const known = this.#files.get(name);
		const isSameVersion = known?.size === size && known.mtime === mtime;
		if (isSameVersion && isSameStamp(this.#stamps.get(name), stamp)) {
			return;
		}

		this.#stamps.set(name, stamp);
		const root = this.#indexer?.rootOf(name, stamp);
		if (!isSameVersion || known.root !== root) {
			this.#set(root === undefined ? file : {...file, root});
			change.changed.push(this.#files.get(name)!);
		}
	}

	#set(file: LocalFile): void {
		const {name, root} = file;
		const before = this.#files.get(name)?.root;
		if (before !== undefined) {
			this.#names.delete(before, name);
		}

		if (root !== undefined) {
			this.#names.add(root, name);
		}

		this.#files.set(name, file);
	}

	#drop(name: string, change: ShareChange): void {
		const file = this.#files.get(name);
		if (!file) {
			return;
		}

		if (file.root !== undefined) {
			this.#names.delete(file.root, name);
		}

		this.#files.delete(name);
		this.#stamps.delete(name);
		this.#indexer?.forget(name);
		change.removed.push(name);
	}

	/** A root counts for the file that was hashed, not for one that has taken its place. */
	#takeRoots(found: FoundRoot[]): void {
		const changed: LocalFile[] = [];
		for (const {name, stamp, root} of found) {
			const file = this.#files.get(name);
			if (file && file.root !== root && isSameStamp(this.#stamps.get(name), stamp)) {
				this.#set({...file, root});
				changed.push(this.#files.get(name)!);
			}
		}

		this.#tell({changed, removed: [], isOnlyRoots: true});
	}

	#tell(change: ShareChange): void {
		if (!this.#options.signal.aborted && (change.changed.length > 0 || change.removed.length > 0)) {
			this.#options.onChange(change);
		}
	}
}
