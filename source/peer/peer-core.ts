import {networkInterfaces} from 'node:os';
import {performance} from 'node:perf_hooks';
import prettyBytes from 'pretty-bytes';
import {formatAddress, isLoopback, normalizeIp, type Address} from '../protocol/address.js';
import type {TrackerMessage} from '../protocol/messages.js';
import {safeText} from '../protocol/safe-text.js';
import {Wire} from '../protocol/wire.js';
import {ClassicSources} from './classic-source.js';
import {Directory} from './directory.js';
import type {DownloadContext} from './download.js';
import {isWanted, parseVersionKey} from './file-versions.js';
import type {
	NoticeLevel,
	PeerActions,
	PeerDetails,
	PeerEvent,
	PieceMap,
	RemoteFile,
	RemotePeer,
	Sample,
} from './events.js';
import {createPeerAgent} from './http-source.js';
import {fetchFile} from './fetch-file.js';
import {OfferedParts} from './offered-parts.js';
import {forgetPartial} from './partial-file.js';
import {PeerPort} from './peer-port.js';
import {PeerStats} from './peer-stats.js';
import {PieceStore} from './piece-store.js';
import {QueueFile} from './queue-file.js';
import {RateLimit} from './rate-limit.js';
import {openShareFolder} from './share-folder.js';
import {Share, type ShareChange} from './share.js';
import {isSmall, removeSmallLeftovers, SmallFiles} from './small-files.js';
import {openStateFolder, type StateFolder} from './state-folder.js';
import {TrackerLink} from './tracker-link.js';
import {Transfers} from './transfers.js';
import {UploadTurns} from './upload-turns.js';

export type PeerCoreOptions = {
	tracker: Address;
	/** The folder to share; made when it is missing. */
	dir: string;
	/** The address to serve on. */
	host: string;
	/** The port to serve on; the next free one is taken where it is in use, 0 picks any. */
	port: number;
	/** The port that others are told to reach us on, where it is not the one we serve on: that of a forwarding router, say. */
	announcedPort?: number | undefined;
	/** What we call ourselves. */
	name: string;
	/** Fetch everything that is missing or newer. */
	isSyncing: boolean;
	/** False for a visit (`get`, `sync --once`): looks and fetches, but serves nothing and is not listed. */
	isServing: boolean;
	maxDownloads?: number;
	/** Limits of all uploads, and of all downloads, together. */
	maxUpBytesPerSecond?: number | undefined;
	maxDownBytesPerSecond?: number | undefined;
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
	#store!: PieceStore;
	readonly #smallFiles: SmallFiles;
	readonly #downLimit: RateLimit;
	readonly #upLimit: RateLimit;
	readonly #stats = new PeerStats();
	/** Contents of which we offer pieces. */
	readonly #parts: OfferedParts;
	readonly #wire = new Wire(message => {
		this.#emit({type: 'wire', message});
	});

	/** Running downloads that want to know when others come and go. */
	readonly #onDirectory = new Set<() => void>();
	#queue: QueueFile | undefined;
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
			isSelf: (ip, port) => options.isServing && port === this.#announcedPort && this.#isOwnIp(ip),
		});
		this.#downLimit = new RateLimit(options.maxDownBytesPerSecond);
		this.#upLimit = new RateLimit(options.maxUpBytesPerSecond);
		this.#smallFiles = new SmallFiles({
			ownName: options.name,
			limit: this.#downLimit,
			wire: this.#wire,
			onConnected: (source, rttMs) => {
				this.#stats.connected(source, rttMs);
			},
		});
		this.#parts = new OfferedParts((root, isOffered) => {
			const [added, removed] = isOffered ? [[root], []] : [[], [root]];
			this.#link?.announce([], [], {added, removed});
		});
		this.#transfers = new Transfers({
			isSmall,
			maxRunning: options.maxDownloads ?? 3,
			lookup: key => this.#directory.file(key),
			download: async downloadOptions => fetchFile(this.#downloadContext(), downloadOptions),
			forget: async name => forgetPartial(this.#folder.partials, name),
			onQueue: queue => {
				this.#queue?.save(queue);
			},
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
		return this.#directory.files;
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

	request(keys: string[]): void {
		for (const key of keys) {
			const file = this.#directory.file(key);
			if (file) {
				this.#requestFile(file);
			} else {
				this.#notice('warning', `${safeText(parseVersionKey(key).name)} is not shared by anyone now`);
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

	move(id: number, places: number): void {
		this.#transfers.move(id, places);
	}

	/** The pieces of a running download. */
	pieces(id: number): PieceMap | undefined {
		return this.#transfers.pieces(id);
	}

	/** What we have had to do with a peer; undefined when it is not there. */
	peer(key: string): PeerDetails | undefined {
		const peer = this.#directory.peer(key);
		return peer && this.#stats.details(peer);
	}

	/** Measure the round trip to a peer, for as long as its details are open: called again and again, it asks once in 2 s. */
	probe(key: string): void {
		const peer = this.#directory.peer(key);
		if (peer) {
			const {name: ownName} = this.#options;
			this.#stats.probe(peer, {agent: this.#agent, ownName, wire: this.#wire, signal: this.#stop.signal});
		}
	}

	/** Send no faster than this from now on, all uploads together; undefined for as fast as it goes. */
	setMaxUp(bytesPerSecond: number | undefined): void {
		this.#upLimit.set(bytesPerSecond);
	}

	/** Receive no faster than this from now on, all downloads together. */
	setMaxDown(bytesPerSecond: number | undefined): void {
		this.#downLimit.set(bytesPerSecond);
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

	/** Our end of the connection to the tracker, by which a tracker that runs in this program knows it as ours. */
	get trackerLocalAddress(): string | undefined {
		return this.#link?.localAddress;
	}

	watchWire(isOn: boolean): void {
		this.#wire.isWatched = isOn;
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
		this.#smallFiles.stop();
		await Promise.all([this.#transfers.stop(), this.#port?.close(), (this.#share as Share | undefined)?.close()]);
		await Promise.all([(this.#store as PieceStore | undefined)?.stop(), this.#queue?.close()]);
	}

	/** After each step it may have been stopped. */
	async #start(): Promise<void> {
		const {dir, isServing} = this.#options;
		const {signal} = this.#stop;
		const root = await openShareFolder(dir);
		this.#folder = await openStateFolder(root);
		this.#store = new PieceStore({root, versions: this.#folder.versions});
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
			await removeSmallLeftovers(this.#folder.partials);
			const queue = new QueueFile(this.#folder.queue, error => {
				this.#detail('Keeping the queue of downloads failed', error);
			});
			this.#transfers.restore(await queue.load());
			this.#queue = queue;
		}

		if (!signal.aborted) {
			this.#emit({type: 'sync', isOn: this.#isSyncing});
			this.#connect();
		}
	}

	async #listen(dir: string): Promise<void> {
		const {host, port, name} = this.#options;
		const {signal} = this.#stop;
		this.#port = new PeerPort({
			share: this.#share,
			name,
			signal,
			turns: new UploadTurns(signal, this.#upLimit),
			parts: this.#parts,
			wire: this.#wire,
			nameOf: ip => this.#nameOf(ip),
			readSmall: async name => this.#store.readSmall(name),
			beginUpload: upload => {
				const log = this.#transfers.beginUpload({
					...upload,
					peer: this.#callerName(upload.peer),
				});
				return {
					...log,
					sent: bytes => {
						this.#upBytes += bytes;
						this.#stats.sent(upload.requester ?? upload.peer, bytes);
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
			port: this.#announcedPort,
			name,
			isObserver: !isServing,
			files: () => (isServing ? this.#share.files.values() : []),
			parts: () => this.#parts.roots,
			signal: this.#stop.signal,
			wire: this.#wire,
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

	#requestFile(file: RemoteFile): void {
		switch (file.state) {
			case 'here': {
				const isNewest = file.key === file.name;
				this.#notice('info', `${file.label} is here already${isNewest ? ', and as new as anyone has it' : ''}`);
				break;
			}

			case 'older': {
				this.#notice('info', `The copy of ${file.label} here is newer, and stays`);
				break;
			}

			case 'missing':
			case 'newer': {
				this.#transfers.request(file);
			}
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
		for (const callback of this.#onDirectory) {
			callback();
		}

		if (peers.changed.length > 0 || peers.removed.length > 0) {
			this.#emit({type: 'peers', ...peers});
		}

		if (files.changed.length > 0 || files.removed.length > 0) {
			this.#emit({type: 'remote', ...files});
			for (const file of files.changed) {
				this.#transfers.retryOffered(file);
			}

			if (this.#isSyncing) {
				this.#fetchNew(files.changed);
			}
		}
	}

	#fetchNew(files: RemoteFile[]): void {
		for (const file of files) {
			if (isWanted(file) && !this.#mayBeHere(file) && this.#transfers.latest(file.name)?.state !== 'paused') {
				this.#transfers.request(file);
			}
		}
	}

	/**
	What is here under that name may be the same content with an older time, and is not hashed yet: once it is, the row is told
	again. On a visit nothing is hashed.
	*/
	#mayBeHere({name, size, root}: RemoteFile): boolean {
		const local = this.#share.files.get(name);
		const isUnhashed = local !== undefined && local.root === undefined;
		return this.#options.isServing && root !== undefined && isUnhashed && local.size === size;
	}

	#downloadContext(): DownloadContext {
		return {
			inside: this.#share.inside,
			folder: this.#folder,
			agent: this.#agent,
			classic: this.#classic,
			store: this.#store,
			parts: this.#parts,
			smallFiles: this.#smallFiles,
			downLimit: this.#downLimit,
			wire: this.#wire,
			ownName: this.#options.name,
			sourcesOf: file => this.#directory.swarm(file),
			sizeOf: file => this.#directory.sizeOf(file),
			holdsName: ({key}, name) => this.#directory.holdsName(key, name),
			shareOf: root => this.#directory.shareOf(root),
			onDirectory: callback => {
				this.#onDirectory.add(callback);
				return () => this.#onDirectory.delete(callback);
			},
			onBytes: (bytes, source) => {
				this.#downBytes += bytes;
				this.#stats.received(source, bytes);
			},
			onConnected: (source, rttMs) => {
				this.#stats.connected(source, rttMs);
			},
			onArrived: (file, stamp) => {
				this.#share.arrived(file, stamp);
			},
		};
	}

	/** Where others reach us, as they are told. */
	get #announcedPort(): number {
		return this.#options.announcedPort ?? this.#listeningPort;
	}

	/** A caller that gives no name is known by its address, if only one peer has it. */
	#callerName(caller: string): string {
		return this.#nameOf(caller) ?? caller;
	}

	/** What the peer at an address is called, if only one is there. */
	#nameOf(ip: string): string | undefined {
		const named = [...this.#directory.peersOf(ip)].filter(({name}) => name !== '');
		return named.length === 1 ? named[0]!.name : undefined;
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
