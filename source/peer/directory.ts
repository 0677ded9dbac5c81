import {formatAddress} from '../protocol/address.js';
import type {Directory as ClassicDirectory, FileEntry, PeerRecord, TrackerMessage} from '../protocol/messages.js';
import {safeText} from '../protocol/safe-text.js';
import type {FileState, LocalFile, RemoteFile, RemotePeer, Source} from './events.js';

type KnownPeer = RemotePeer & {held: Map<string, FileEntry>};

export type DirectoryOptions = {
	/** What is here under a name. */
	localFile: (name: string) => LocalFile | undefined;
	/** Whether an address of a classic directory is our own: a peer finds its own files in it. */
	isSelf: (ip: string, port: number) => boolean;
};

/**
Who is there and what they hold, as of the tracker's last word. Reads what both kinds of tracker send and keeps note of what
changed, so that a change costs what it concerns and not the whole directory.
*/
export class Directory {
	readonly #options: DirectoryOptions;
	readonly #peers = new Map<string, KnownPeer>();
	/** Who holds a name. */
	readonly #holders = new Map<string, Set<KnownPeer>>();
	readonly #changedPeers = new Set<string>();
	readonly #changedNames = new Set<string>();
	/** Rows told to the outside: what is not there any more must be told once. */
	readonly #toldPeers = new Set<string>();
	readonly #toldNames = new Set<string>();
	#ownId: number | undefined;

	constructor(options: DirectoryOptions) {
		this.#options = options;
	}

	get peers(): Iterable<RemotePeer> {
		return this.#peers.values();
	}

	get names(): Iterable<string> {
		return this.#holders.keys();
	}

	/** Whether anything changed since it was last taken. */
	get hasChanged(): boolean {
		return this.#changedPeers.size > 0 || this.#changedNames.size > 0;
	}

	/** Take a message in. */
	apply(message: TrackerMessage): void {
		switch (message.type) {
			case 'snapshot': {
				this.#ownId = message.you;
				this.#replaceAll(message.peers.filter(({id}) => id !== this.#ownId).map(record => knownPeerOf(record)));
				break;
			}

			case 'joined': {
				if (message.peer.id !== this.#ownId) {
					this.#putPeer(knownPeerOf(message.peer));
				}

				break;
			}

			case 'left': {
				this.#dropPeer(String(message.id));
				break;
			}

			case 'changed': {
				const peer = this.#peers.get(String(message.id));
				if (peer) {
					this.#changePeer(peer, message.added, message.removed);
				}

				break;
			}

			case 'directory': {
				this.#replaceAll(this.#classicPeers(message));
				break;
			}

			case 'keep-alive': {
				break;
			}
		}
	}

	/** Something has changed in our own folder: what others hold of that name may be newer, or not, by now. */
	touch(name: string): void {
		if (this.#holders.has(name)) {
			this.#changedNames.add(name);
		}
	}

	/** The newest version of a name, and who holds exactly that. */
	file(name: string): RemoteFile | undefined {
		const holders = this.#holders.get(name);
		if (!holders) {
			return undefined;
		}

		const {mtime, size} = newestOf(name, holders);
		const sources: Source[] = [];
		for (const {held, ip, port, name: peerName} of holders) {
			const entry = held.get(name)!;
			if (entry.mtime === mtime && (entry.size === undefined || entry.size === size)) {
				sources.push({ip, port, name: peerName});
			}
		}

		return {
			name,
			label: safeText(name),
			size,
			mtime,
			sources,
			state: this.#stateOf(name, mtime),
		};
	}

	/** Rows that changed since the last call. */
	takeChanges(): {
		peers: {changed: RemotePeer[]; removed: string[]};
		files: {changed: RemoteFile[]; removed: string[]};
	} {
		const peers = take(this.#changedPeers, this.#toldPeers, key => {
			const peer = this.#peers.get(key);
			return peer && rowOf(peer);
		});
		const files = take(this.#changedNames, this.#toldNames, name => this.file(name));
		return {peers, files};
	}

	#stateOf(name: string, mtime: number): FileState {
		const local = this.#options.localFile(name);
		if (!local) {
			return 'missing';
		}

		return local.mtime < mtime ? 'newer' : 'here';
	}

	/** Bring the peers from what they were to what they are, touching only what differs. */
	#replaceAll(peers: KnownPeer[]): void {
		const gone = new Set(this.#peers.keys());
		for (const peer of peers) {
			gone.delete(peer.key);
			this.#putPeer(peer);
		}

		for (const key of gone) {
			this.#dropPeer(key);
		}
	}

	#putPeer(peer: KnownPeer): void {
		const known = this.#peers.get(peer.key);
		if (
			known?.ip === peer.ip &&
			known.port === peer.port &&
			known.name === peer.name &&
			known.isClassic === peer.isClassic
		) {
			const removed = [...known.held.keys()].filter(name => !peer.held.has(name));
			this.#changePeer(known, [...peer.held.values()], removed);
			return;
		}

		this.#dropPeer(peer.key);
		this.#peers.set(peer.key, peer);
		this.#changedPeers.add(peer.key);
		for (const name of peer.held.keys()) {
			this.#hold(peer, name);
		}
	}

	#changePeer(peer: KnownPeer, added: FileEntry[], removed: string[]): void {
		for (const file of added) {
			const held = peer.held.get(file.name);
			if (held?.mtime !== file.mtime || held.size !== file.size) {
				peer.held.set(file.name, file);
				this.#hold(peer, file.name);
			}
		}

		for (const name of removed) {
			if (peer.held.delete(name)) {
				this.#release(peer, name);
			}
		}

		if (peer.files !== peer.held.size) {
			peer.files = peer.held.size;
			this.#changedPeers.add(peer.key);
		}
	}

	#dropPeer(key: string): void {
		const peer = this.#peers.get(key);
		if (!peer) {
			return;
		}

		this.#peers.delete(key);
		this.#changedPeers.add(key);
		for (const name of peer.held.keys()) {
			this.#release(peer, name);
		}
	}

	#hold(peer: KnownPeer, name: string): void {
		const holders = this.#holders.get(name) ?? new Set();
		this.#holders.set(name, holders.add(peer));
		this.#changedNames.add(name);
	}

	#release(peer: KnownPeer, name: string): void {
		const holders = this.#holders.get(name);
		holders?.delete(peer);
		if (holders?.size === 0) {
			this.#holders.delete(name);
		}

		this.#changedNames.add(name);
	}

	/** A classic directory names holders by address only; whoever holds nothing does not appear. */
	#classicPeers({entries}: ClassicDirectory): KnownPeer[] {
		const peers = new Map<string, KnownPeer>();
		for (const {name, ip, port, mtime} of entries) {
			if (this.#options.isSelf(ip, port)) {
				continue;
			}

			const key = formatAddress({host: ip, port});
			const peer = peers.get(key) ?? {
				key,
				name: '',
				ip,
				port,
				files: 0,
				isClassic: true,
				held: new Map(),
			};
			peer.held.set(name, {name, mtime});
			peer.files = peer.held.size;
			peers.set(key, peer);
		}

		return [...peers.values()];
	}
}

function knownPeerOf({id, name, ip, port, version, files}: PeerRecord): KnownPeer {
	const held = new Map(files.map(file => [file.name, file]));
	return {
		key: String(id),
		name,
		ip,
		port,
		files: held.size,
		isClassic: version === 1,
		held,
	};
}

const rowOf = ({held, ...row}: KnownPeer): RemotePeer => row;

/** The version that most peers hold among those with the latest time; one whose size is known goes before one without. */
function newestOf(name: string, holders: Iterable<KnownPeer>): FileEntry {
	const counts = new Map<number | undefined, number>();
	let mtime = 0;
	for (const {held} of holders) {
		const entry = held.get(name)!;
		if (entry.mtime > mtime) {
			mtime = entry.mtime;
			counts.clear();
		}

		if (entry.mtime === mtime) {
			counts.set(entry.size, (counts.get(entry.size) ?? 0) + 1);
		}
	}

	let size: number | undefined;
	for (const [candidate, count] of counts) {
		if (candidate !== undefined && (size === undefined || count > counts.get(size)!)) {
			size = candidate;
		}
	}

	return {name, mtime, ...(size !== undefined && {size})};
}

/** Turn what changed into rows, and remember what was told so that its end is told, too. */
function take<Row>(changed: Set<string>, told: Set<string>, rowOf: (key: string) => Row | undefined) {
	const rows: {changed: Row[]; removed: string[]} = {changed: [], removed: []};
	for (const key of changed) {
		const row = rowOf(key);
		if (row) {
			told.add(key);
			rows.changed.push(row);
		} else if (told.delete(key)) {
			rows.removed.push(key);
		}
	}

	changed.clear();
	return rows;
}
