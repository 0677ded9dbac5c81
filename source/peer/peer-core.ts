import {networkInterfaces} from 'node:os';
import {performance} from 'node:perf_hooks';
import prettyBytes from 'pretty-bytes';
import {formatAddress, isLoopback, normalizeIp, type Address} from '../protocol/address.js';
import {safeText} from '../protocol/safe-text.js';
import type {FileEntry, TrackerMessage} from '../protocol/messages.js';
import {ClassicSources} from './classic-source.js';
import {Directory} from './directory.js';
import {download} from './download.js';
import type {NoticeLevel, PeerActions, PeerEvent, RemoteFile, RemotePeer, Sample, Source} from './events.js';
import {createPeerAgent} from './http-source.js';
import {createPace} from './pace.js';
import {forgetPartial, leftovers} from './partial-file.js';
import {PeerPort} from './peer-port.js';
import {openShareFolder} from './share-folder.js';
import {Share, type ShareChange} from './share.js';
import {openStateFolder, type StateFolder} from './state-folder.js';
import {TrackerLink} from './tracker-link.js';
import {Transfers} from './transfers.js';

export type PeerCoreOptions = {
	tracker: Address;
	/** The folder to share; made when it is missing. */
	dir: string;
	/** The address to serve on. */
	host: string;
	/** The port to serve on; the next free one is taken where it is in use, 0 picks any. */
	port: number;
	/** What we call ourselves. */
	name: string;
	/** Fetch everything that is missing or newer. */
	isSyncing: boolean;
	/** False for a visit (`get`, `sync --once`): looks and fetches, but serves nothing and is not listed. */
	isServing: boolean;
	maxDownloads?: number;
	/** Slows uploads down, for a demonstration. */
	uploadBytesPerSecond?: number;
	onEvent: (event: PeerEvent) => void;
	/** What only a log wants to know. */
	onDetail?: (text: string, error?: unknown) => void;
};

/** Changes of the directory are gathered this long before they are told. */
const tellDelayMs = 50;

/** Hashing that took this long is told when it is over. */
const longIndexingMs = 2000;

/**
A peer without a screen: shares a folder, serves it, keeps in touch with the tracker and fetches what it is asked to. It tells
typed events and takes typed actions; nothing of it is left after `stop()`.
*/
export class PeerCore implements PeerActions {
	readonly #options: PeerCoreOptions;
	readonly #stop = new AbortController();
	readonly #directory: Directory;
	readonly #transfers: Transfers;
	readonly #classic = new ClassicSources();
	readonly #agent = createPeerAgent();
	readonly #restorable = new Map<string, FileEntry>();
	#share!: Share;
	#folder!: StateFolder;
	#port: PeerPort | undefined;
	#link: TrackerLink | undefined;
	#listeningPort: number;
	#isSyncing: boolean;
	#isTrackerClassic = false;
	#downBytes = 0;
	#upBytes = 0;
	#tellTimer: NodeJS.Timeout | undefined;
	#starting: Promise<void> | undefined;
	#stopping: Promise<void> | undefined;
	readonly #firstWord: Promise<void>;
	#onFirstWord!: () => void;

	constructor(options: PeerCoreOptions) {
		this.#options = options;
		this.#isSyncing = options.isSyncing;
		this.#listeningPort = options.port;
		this.#firstWord = new Promise(resolve => {
			this.#onFirstWord = resolve;
		});
		this.#directory = new Directory({
			localFile: name => this.#share.files.get(name),
			isSelf: (ip, port) => options.isServing && port === this.#listeningPort && this.#isOwnIp(ip),
		});
		this.#transfers = new Transfers({
			maxRunning: options.maxDownloads ?? 3,
			lookup: name => this.#directory.file(name),
			download: async downloadOptions => download(this.#downloadContext(), downloadOptions),
			forget: async name => forgetPartial(this.#folder.partials, name),
			onArrived: async (name, mtime) => this.#share.arrived(name, mtime),
			emit: event => {
				this.#emit(event);
			},
			onDetail: (text, error) => {
				this.#detail(text, error);
			},
		});
	}

	/**
	Open the folder, listen, and begin to talk to the tracker. Resolves once others could be served; the tracker may
	take its time.

	@throws {UsageError} When the folder can not be used.
	@throws {PeerError} When no port can be had.
	*/
	async start(): Promise<void> {
		this.#starting = this.#start();
		return this.#starting;
	}

	/** Resolves when the tracker has told what there is. */
	async directoryReady(): Promise<void> {
		return this.#firstWord;
	}

	get peers(): RemotePeer[] {
		return [...this.#directory.peers].map(({key, name, ip, port, files, isClassic}) => ({
			key,
			name,
			ip,
			port,
			files,
			isClassic,
		}));
	}

	get remoteFiles(): RemoteFile[] {
		return [...this.#directory.names].map(name => this.#directory.file(name)!);
	}

	/** Downloads that run or wait. */
	get activeDownloads(): number {
		return this.#transfers.activeCount;
	}

	sample(): Sample {
		const indexing = (this.#share as Share | undefined)?.indexing;
		return {
			atMs: performance.now(),
			downBytes: this.#downBytes,
			upBytes: this.#upBytes,
			trackerRttMs: this.#link?.rttMs,
			running: this.#transfers.sample(),
			...(indexing && {indexing}),
		};
	}

	request(names: string[]): void {
		for (const name of names) {
			const file = this.#directory.file(name);
			if (!file) {
				this.#notice('warning', `${safeText(name)} is not shared by anyone now`);
			} else if (file.state === 'here') {
				this.#notice('info', `${file.label} is here already, and as new as anyone has it`);
			} else {
				this.#transfers.request(file);
			}
		}
	}

	pause(id: number): void {
		this.#transfers.pause(id);
	}

	resume(id: number): void {
		this.#transfers.resume(id);
	}

	cancel(id: number): void {
		this.#transfers.cancel(id);
	}

	retry(id: number): void {
		this.#transfers.retry(id);
	}

	clearFinished(): void {
		this.#transfers.clearFinished();
	}

	setSync(isOn: boolean): void {
		this.#isSyncing = isOn;
		this.#emit({type: 'sync', isOn});
		if (isOn) {
			this.#fetchNew(this.remoteFiles);
		}
	}

	/** Say goodbye, end every transfer and close everything. Partial files stay for the next time. */
	async stop(): Promise<void> {
		this.#stopping ??= this.#stopAll();
		return this.#stopping;
	}

	async #stopAll(): Promise<void> {
		await this.#link?.bye();
		this.#stop.abort();
		// What kept it from starting was told to whoever started it.
		await this.#starting?.catch(() => {});
		clearTimeout(this.#tellTimer);
		this.#agent.destroy();
		await Promise.all([this.#transfers.stop(), this.#port?.close(), (this.#share as Share | undefined)?.close()]);
	}

	/** After each step it may have been stopped. */
	async #start(): Promise<void> {
		const {dir, isServing} = this.#options;
		const {signal} = this.#stop;
		const root = await openShareFolder(dir);
		this.#folder = await openStateFolder(root);
		this.#share = new Share({
			root,
			signal,
			onChange: change => {
				this.#localChanged(change);
			},
			onProblem: text => {
				this.#notice('warning', text);
			},
			contents: {
				folder: this.#folder,
				isHashing: isServing,
				onIdle: run => {
					this.#indexed(run);
				},
			},
		});
		if (isServing && !signal.aborted) {
			await this.#listen(root);
		}

		await this.#share.scan();
		if (isServing && !signal.aborted) {
			this.#share.watch();
			for (const file of await leftovers(this.#folder.partials)) {
				this.#restorable.set(file.name, file);
			}
		}

		if (!signal.aborted) {
			this.#emit({type: 'sync', isOn: this.#isSyncing});
			this.#connect();
		}
	}

	async #listen(dir: string): Promise<void> {
		const {host, port, name, uploadBytesPerSecond} = this.#options;
		const {signal} = this.#stop;
		this.#port = new PeerPort({
			share: this.#share,
			name,
			signal,
			pace: uploadBytesPerSecond ? createPace(uploadBytesPerSecond, signal) : undefined,
			beginUpload: upload => {
				const log = this.#transfers.beginUpload({
					...upload,
					peer: this.#callerName(upload.peer),
				});
				return {
					...log,
					sent: bytes => {
						this.#upBytes += bytes;
						log.sent(bytes);
					},
				};
			},
			onDetail: (text, error) => {
				this.#detail(text, error);
			},
		});
		const listening = await this.#port.listen(host, port);
		this.#listeningPort = listening.port;
		this.#emit({type: 'listening', ...listening, name, dir});
		if (port !== 0 && listening.port !== port) {
			this.#notice('warning', `Port ${port} is taken; using ${listening.port}`);
		}
	}

	#connect(): void {
		const {tracker, name, isServing} = this.#options;
		const address = formatAddress(tracker);
		this.#link = new TrackerLink({
			address: tracker,
			port: this.#listeningPort,
			name,
			isObserver: !isServing,
			files: () => (isServing ? this.#share.files.values() : []),
			signal: this.#stop.signal,
			onMessage: message => {
				this.#heard(message);
			},
			onStatus: status => {
				this.#isTrackerClassic = status.state === 'connected' && status.version === 1;
				this.#emit({type: 'tracker', address, ...status});
			},
		});
		this.#link.start();
	}

	#heard(message: TrackerMessage): void {
		this.#directory.apply(message);
		this.#tellSoon();
		if (message.type === 'snapshot' || message.type === 'directory') {
			this.#onFirstWord();
		}

		if (message.type === 'snapshot') {
			this.#transfers.retryAllOffered();
		}

		// With each answer of the tracker, which a classic one gives every few seconds with the same directory.
		if (this.#isSyncing && (message.type === 'directory' || message.type === 'keep-alive')) {
			this.#transfers.retryFailed();
		}
	}

	#localChanged(change: ShareChange): void {
		this.#emit({type: 'local', ...change});
		// A classic tracker has no use for roots, and would be sent the whole list each time.
		if (!change.isOnlyRoots || !this.#isTrackerClassic) {
			this.#link?.announce(change.changed, change.removed);
		}

		for (const {name} of change.changed) {
			this.#directory.touch(name);
		}

		for (const name of change.removed) {
			this.#directory.touch(name);
		}

		this.#tellSoon();
	}

	/** All content ids are known. That is news when it was a wait. */
	#indexed({files, bytes, tookMs}: {files: number; bytes: number; tookMs: number}): void {
		if (tookMs >= longIndexingMs) {
			this.#notice('info', `Indexed ${files} ${files === 1 ? 'file' : 'files'}, ${prettyBytes(bytes)}`);
		}
	}

	#tellSoon(): void {
		if (this.#directory.hasChanged && !this.#stop.signal.aborted) {
			this.#tellTimer ??= setTimeout(() => {
				this.#tell();
			}, tellDelayMs);
		}
	}

	#tell(): void {
		this.#tellTimer = undefined;
		const {peers, files} = this.#directory.takeChanges();
		if (peers.changed.length > 0 || peers.removed.length > 0) {
			this.#emit({type: 'peers', ...peers});
		}

		if (files.changed.length > 0 || files.removed.length > 0) {
			this.#emit({type: 'remote', ...files});
			this.#restore(files.changed);
			for (const file of files.changed) {
				this.#transfers.retryOffered(file);
			}

			if (this.#isSyncing) {
				this.#fetchNew(files.changed);
			}
		}
	}

	/** Go on with what an earlier run has left unfinished, once somebody holds that version again. */
	#restore(files: RemoteFile[]): void {
		for (const file of files) {
			const leftover = this.#restorable.get(file.name);
			if (leftover?.mtime === file.mtime && leftover.size === file.size && file.state !== 'here') {
				this.#restorable.delete(file.name);
				this.#transfers.request(file);
			}
		}
	}

	#fetchNew(files: RemoteFile[]): void {
		for (const file of files) {
			if (file.state !== 'here' && this.#transfers.latest(file.name)?.state !== 'paused') {
				this.#transfers.request(file);
			}
		}
	}

	#downloadContext() {
		return {
			inside: this.#share.inside,
			folder: this.#folder,
			agent: this.#agent,
			classic: this.#classic,
			ownName: this.#options.name,
			sourcesOf: (file: FileEntry) => this.#sourcesOf(file),
			isClassic: (source: Source) => this.#peerAt(source)?.isClassic ?? false,
			onBytes: (bytes: number) => {
				this.#downBytes += bytes;
			},
		};
	}

	#sourcesOf({name, mtime, size}: FileEntry): Source[] {
		const newest = this.#directory.file(name);
		return newest?.mtime === mtime && (size === undefined || newest.size === size) ? newest.sources : [];
	}

	#peerAt({ip, port}: Source): RemotePeer | undefined {
		for (const peer of this.#directory.peers) {
			if (peer.ip === ip && peer.port === port) {
				return peer;
			}
		}

		return undefined;
	}

	/** A caller that gives no name is known by its address, if only one peer has it. */
	#callerName(caller: string): string {
		const names = [...this.#directory.peers].filter(({ip, name}) => ip === caller && name !== '');
		return names.length === 1 ? names[0]!.name : caller;
	}

	#isOwnIp(ip: string): boolean {
		return (
			isLoopback(ip) ||
			ip === normalizeIp(this.#link?.localIp ?? '') ||
			Object.values(networkInterfaces()).some(addresses => addresses?.some(({address}) => address === ip))
		);
	}

	#notice(level: NoticeLevel, text: string): void {
		this.#emit({type: 'notice', level, text});
	}

	#emit(event: PeerEvent): void {
		if (!this.#stop.signal.aborted) {
			this.#options.onEvent(event);
		}
	}

	#detail(text: string, error?: unknown): void {
		this.#options.onDetail?.(text, error);
	}
}
