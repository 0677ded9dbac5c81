import type {FileEntry, Init, LeaveReason, PartsChange} from '../source/protocol/messages.js';
import {limits} from '../source/protocol/limits.js';
import {ExpiryQueue} from './expiry-queue.js';

/** A file that a peer holds. `order` grows with each announcement: at equal times the first to announce wins. */
export type HeldFile = FileEntry & {order: number};

export type TrackedPeer = {
	id: number;
	ip: string;
	port: number;
	name: string;
	version: 1 | 2;
	files: Map<string, HeldFile>;
	/** Contents of which it has pieces, by id. */
	parts: Set<string>;
};

/** What a peer says about itself. */
export type Announcement = Omit<Init, 'type' | 'isObserver'>;

/** What changed about what a peer holds. What is both taken away and added is there afterwards. */
export type FolderChange = {added: FileEntry[]; removed: string[]; parts?: PartsChange};

/** What happened, in the order of the revisions. */
export type RegistryChange = {revision: number} & (
	| {type: 'joined'; peer: TrackedPeer}
	| {type: 'left'; peer: TrackedPeer; reason: LeaveReason}
	| ({type: 'changed'; peer: TrackedPeer} & FolderChange)
);

export type RegistryOptions = {
	ttlMs?: number;
	classicTtlMs?: number;
	graceMs?: number;
	onChange: (change: RegistryChange) => void;
};

const keyOf = ({ip, port}: {ip: string; port: number}) => `${ip} ${port}`;

/** What an entry takes at most in an encoded directory, beside its name and its content id. */
const entryBytes = 120;

/** A content id in quotes and its comma, with the name of its member where it stands in a file. */
const partBytes = 67;
const rootBytes = partBytes + 7;

const costOfFile = ({name, root}: FileEntry) => name.length + entryBytes + (root === undefined ? 0 : rootBytes);

const costOf = ({files, parts}: TrackedPeer) => {
	let bytes = parts.size * partBytes;
	for (const file of files.values()) {
		bytes += costOfFile(file);
	}

	return bytes;
};

const isSameVersion = (a: FileEntry, b: FileEntry) => a.mtime === b.mtime && a.size === b.size && a.root === b.root;

/**
Who is alive, who has what, and what changed. Pure: the caller brings the time (any monotonic clock, in ms) and carries the
changes to whom they concern. A peer is known by the address it is seen at and the port it names.
*/
export class Registry {
	readonly #peers = new Map<string, TrackedPeer>();
	readonly #alive: Record<1 | 2, ExpiryQueue<TrackedPeer>>;
	readonly #disconnected: ExpiryQueue<TrackedPeer>;
	readonly #onChange: (change: RegistryChange) => void;
	#revision = 0;
	#lastId = 0;
	#lastOrder = 0;
	/** What all entries take, about: the directory has a limit. */
	#directoryBytes = 0;

	constructor({
		ttlMs = limits.peerTtlMs,
		classicTtlMs = limits.classicPeerTtlMs,
		graceMs = limits.disconnectGraceMs,
		onChange,
	}: RegistryOptions) {
		this.#alive = {1: new ExpiryQueue(classicTtlMs), 2: new ExpiryQueue(ttlMs)};
		this.#disconnected = new ExpiryQueue(graceMs);
		this.#onChange = onChange;
	}

	/** Grows by one with every change. */
	get revision(): number {
		return this.#revision;
	}

	get peers(): Iterable<TrackedPeer> {
		return this.#peers.values();
	}

	get peerCount(): number {
		return this.#peers.size;
	}

	/**
	A peer says who it is and what it has: a new peer joins; a known one (same address and port) goes on, and only what differs
	is a change.

	@param isSameConnection - A classic peer that sends a second Init on its connection adds to what it said before; on a new
	connection its list is the whole truth. Version 2 always sends the whole.
	*/
	announce(ip: string, init: Announcement, nowMs: number, isSameConnection = false): TrackedPeer {
		let peer = this.#peers.get(keyOf({ip, port: init.port}));
		if (peer && peer.version !== init.version) {
			this.leave(peer, 'replaced');
			peer = undefined;
		}

		if (!peer) {
			peer = {
				id: ++this.#lastId,
				ip,
				port: init.port,
				name: init.name,
				version: init.version,
				files: new Map(),
				parts: new Set(),
			};
			this.#hold(peer, init.files);
			this.#offer(peer, init.parts);
			this.#join(peer, nowMs);
			return peer;
		}

		this.touch(peer, nowMs);
		if (peer.name !== init.name) {
			// A new name for a known address is a new person at the same place.
			this.leave(peer, 'replaced');
			return this.announce(ip, init, nowMs);
		}

		const isMerge = init.version === 1 && isSameConnection;
		const kept = new Set(init.files.map(file => file.name));
		const removed = isMerge ? [] : [...peer.files.keys()].filter(name => !kept.has(name));
		const added = isMerge
			? init.files.filter(file => file.mtime >= (peer.files.get(file.name)?.mtime ?? 0))
			: init.files;
		const offered = new Set(init.parts);
		const parts = {added: init.parts, removed: [...peer.parts].filter(root => !offered.has(root))};
		this.update(peer, {added, removed, parts});
		return peer;
	}

	/**
	A class peer beats on a new connection without having said what it has. If it is back within its grace, it still has that.

	@returns undefined when there is no such peer, or another connection speaks for it.
	*/
	resume({ip, port}: {ip: string; port: number}, nowMs: number): TrackedPeer | undefined {
		const peer = this.#peers.get(keyOf({ip, port}));
		if (peer?.version !== 1 || !this.#disconnected.has(peer)) {
			return undefined;
		}

		this.touch(peer, nowMs);
		return peer;
	}

	/** Whether a peer of this address is there. */
	has(address: {ip: string; port: number}): boolean {
		return this.#peers.has(keyOf(address));
	}

	/**
	A sign of life. A peer that was dropped for its silence is back with all it had: a class peer says nothing while it downloads,
	and it names its files only once.
	*/
	touch(peer: TrackedPeer, nowMs: number): void {
		const known = this.#peers.get(keyOf(peer));
		if (!known) {
			this.#directoryBytes += costOf(peer);
			this.#join(peer, nowMs);
		} else if (known === peer) {
			this.#disconnected.delete(peer);
			this.#alive[peer.version].touch(peer, nowMs);
		}
	}

	/** A peer's folder has changed, or what it has pieces of. */
	update(peer: TrackedPeer, change: FolderChange): void {
		const removed = this.#drop(peer, change.removed);
		const added = this.#hold(peer, change.added);
		const withdrawn = this.#withdraw(peer, change.parts?.removed ?? []);
		const offered = this.#offer(peer, change.parts?.added ?? []);
		const haveParts = offered.length > 0 || withdrawn.length > 0;
		if (added.length > 0 || removed.length > 0 || haveParts) {
			this.#changed({
				type: 'changed',
				peer,
				added,
				removed,
				...(haveParts && {parts: {added: offered, removed: withdrawn}}),
				revision: ++this.#revision,
			});
		}
	}

	/** The peer's connection closed: it may be back in a moment, so it stays for the grace. */
	disconnect(peer: TrackedPeer, nowMs: number): void {
		if (this.#has(peer)) {
			this.#disconnected.touch(peer, nowMs);
		}
	}

	/** The peer is gone, and all it shared with it. */
	leave(peer: TrackedPeer, reason: LeaveReason): void {
		if (!this.#has(peer)) {
			return;
		}

		this.#peers.delete(keyOf(peer));
		this.#directoryBytes -= costOf(peer);
		this.#alive[peer.version].delete(peer);
		this.#disconnected.delete(peer);
		this.#changed({type: 'left', peer, reason, revision: ++this.#revision});
	}

	/** Drop whoever has been silent too long. Costs what has expired. */
	expire(nowMs: number): void {
		for (const peer of this.#disconnected.takeExpired(nowMs)) {
			this.leave(peer, 'disconnected');
		}

		for (const version of [1, 2] as const) {
			for (const peer of this.#alive[version].takeExpired(nowMs)) {
				this.leave(peer, 'silent');
			}
		}
	}

	#has(peer: TrackedPeer): boolean {
		return this.#peers.get(keyOf(peer)) === peer;
	}

	#join(peer: TrackedPeer, nowMs: number): void {
		this.#peers.set(keyOf(peer), peer);
		this.#alive[peer.version].touch(peer, nowMs);
		this.#changed({type: 'joined', peer, revision: ++this.#revision});
	}

	/** @returns The names that the peer did hold. */
	#drop(peer: TrackedPeer, names: string[]): string[] {
		return names.filter(name => {
			const held = peer.files.get(name);
			if (held) {
				peer.files.delete(name);
				this.#directoryBytes -= costOfFile(held);
			}

			return held !== undefined;
		});
	}

	/** @returns The files that are new or differ from what the peer held. What there is no room for is left out. */
	#hold(peer: TrackedPeer, files: FileEntry[]): FileEntry[] {
		const fresh: FileEntry[] = [];
		for (const announced of files) {
			const held = peer.files.get(announced.name);
			const file = this.#fitted(peer, announced, held);
			if (!file || (held && isSameVersion(held, file))) {
				continue;
			}

			this.#directoryBytes += costOfFile(file) - (held ? costOfFile(held) : 0);
			// A content id that is told later is no reason to lose the place of the first to announce.
			const isSame = held?.mtime === file.mtime && held.size === file.size;
			const order = isSame ? held.order : ++this.#lastOrder;
			peer.files.set(file.name, {...file, order});
			fresh.push(file);
		}

		return fresh;
	}

	/** The file as there is room for it: without its content id rather than not at all. */
	#fitted(peer: TrackedPeer, file: FileEntry, held: FileEntry | undefined): FileEntry | undefined {
		if (!held && peer.files.size >= limits.maxFilesPerPeer) {
			return undefined;
		}

		const roomBytes = limits.maxDirectoryBytes - this.#directoryBytes + (held ? costOfFile(held) : 0);
		if (costOfFile(file) <= roomBytes) {
			return file;
		}

		const {root, ...bare} = file;
		return held !== undefined || costOfFile(bare) <= roomBytes ? bare : undefined;
	}

	/** @returns The contents that the peer did not offer pieces of before. What there is no room for is left out. */
	#offer(peer: TrackedPeer, roots: string[]): string[] {
		return roots.filter(root => {
			const hasRoom =
				peer.parts.size < limits.maxPartsPerPeer && this.#directoryBytes + partBytes <= limits.maxDirectoryBytes;
			if (peer.parts.has(root) || !hasRoom) {
				return false;
			}

			peer.parts.add(root);
			this.#directoryBytes += partBytes;
			return true;
		});
	}

	/** @returns The contents that the peer did offer pieces of. */
	#withdraw(peer: TrackedPeer, roots: string[]): string[] {
		const gone = roots.filter(root => peer.parts.delete(root));
		this.#directoryBytes -= gone.length * partBytes;
		return gone;
	}

	#changed(change: RegistryChange): void {
		this.#onChange(change);
	}
}
