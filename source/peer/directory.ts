import type {FileEntry, PartsChange, TrackerMessage} from '../protocol/messages.js';
import {limits} from '../protocol/limits.js';
import {safeText} from '../protocol/safe-text.js';
import type {LocalFile, RemoteFile, RemotePeer, Source} from './events.js';
import {parseVersionKey, stateOf, versionKeyOf, versionOf, versionsOf, type Version} from './file-versions.js';
import {
	announcedOf,
	classicPeersOf,
	knownPeerOf,
	peerRowOf,
	sourceOf,
	type Announced,
	type Held,
	type KnownPeer,
} from './known-peer.js';
import {SetsBy} from './sets-by.js';
import {ToldFiles} from './told-files.js';

export type DirectoryOptions = {
	/** What is here under a name. */
	localFile: (name: string) => LocalFile | undefined;
	/** Whether an address of a classic directory is our own: a peer finds its own files in it. */
	isSelf: (ip: string, port: number) => boolean;
};

/** Rows that changed, and the keys of those that are gone. */
export type DirectoryChanges = {
	peers: {changed: RemotePeer[]; removed: string[]};
	files: {changed: RemoteFile[]; removed: string[]};
};

/** Who holds a content under any name. Shared by the rows of all its names, which may be many. */
type ContentSources = {sources: Source[]; peers: Set<KnownPeer>};

/**
Who is there and what they hold, by name and by content, as of the tracker's last word. Reads what both kinds of tracker send and
keeps note of what changed, so that a change costs what it concerns and not the whole directory.
*/
export class Directory {
	readonly #options: DirectoryOptions;
	readonly #peers = new Map<string, KnownPeer>();
	readonly #byIp = new SetsBy<string, KnownPeer>();
	readonly #byAddress = new SetsBy<string, KnownPeer>();
	readonly #byName = new SetsBy<string, Held>();
	readonly #byRoot = new SetsBy<string, Held>();
	/** Who has pieces of a content. */
	readonly #byPart = new SetsBy<string, KnownPeer>();
	readonly #changedPeers = new Set<string>();
	readonly #changedNames = new Set<string>();
	/** Contents that others began or ceased to hold: it concerns all their names, which are looked up once, when it is told. */
	readonly #changedRoots = new Set<string>();
	/** Rows told to the outside: what is not there any more must be told once. */
	readonly #toldPeers = new Set<string>();
	readonly #toldFiles = new ToldFiles();
	#ownId: number | undefined;

	constructor(options: DirectoryOptions) {
		this.#options = options;
	}

	get peers(): Iterable<RemotePeer> {
		return this.#peers.values();
	}

	get names(): Iterable<string> {
		return this.#byName.keys();
	}

	/** All versions of all names; of each name the newest first. */
	get files(): RemoteFile[] {
		const contents = new Map<string, ContentSources>();
		return [...this.names].flatMap(name => this.#rowsOf(name, contents));
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
				this.#replaceAll(message.peers.filter(({id}) => id !== this.#ownId).map(record => announcedOf(record)));
				break;
			}

			case 'joined': {
				if (message.peer.id !== this.#ownId) {
					this.#putPeer(announcedOf(message.peer));
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
					this.#changePeer(peer, message.added, message.removed, message.parts);
				}

				break;
			}

			case 'directory': {
				this.#replaceAll(classicPeersOf(message, this.#options.isSelf));
				break;
			}

			case 'keep-alive': {
				break;
			}
		}
	}

	/** Something has changed in our own folder: what others hold of that name may be newer, or not, by now. */
	touch(name: string): void {
		if (this.#byName.has(name)) {
			this.#changedNames.add(name);
			this.#toldFiles.repeat(name);
		}
	}

	/**
	A version, and who holds exactly that content under any name.

	@param key - The key of its row. A bare name is the newest version of that name; a key with a content is that content, even
	when its row has another key by now.
	*/
	file(key: string): RemoteFile | undefined {
		const {name, content} = parseVersionKey(key);
		const versions = this.#versionsOf(name);
		const version = content === undefined ? versions[0] : versions.find(candidate => candidate.content === content);
		return version && this.#rowOf(version, safeText(name), version === versions[0], new Map());
	}

	/**
	Everybody a file can be fetched from: those who hold its content, under its name or any other, and after them those who have
	pieces of it. Without a root, those who hold that name with that time and size.
	*/
	swarm(file: FileEntry): Source[] {
		const whole = new Set<KnownPeer>();
		for (const {peer, root} of versionOf(this.#versionsOf(file.name), file)?.holders ?? []) {
			// One of ours that has not hashed it yet can not be asked by content.
			if (file.root === undefined || root !== undefined || peer.isClassic) {
				whole.add(peer);
			}
		}

		if (file.root === undefined) {
			return Array.from(whole, peer => sourceOf(peer));
		}

		for (const {peer} of this.#byRoot.of(file.root)) {
			whole.add(peer);
		}

		const sources = Array.from(whole, peer => sourceOf(peer));
		for (const peer of this.#byPart.of(file.root)) {
			if (!whole.has(peer)) {
				sources.push(sourceOf(peer, true));
			}
		}

		return sources;
	}

	/** Bytes of a file, as far as anybody tells by now. */
	sizeOf(file: FileEntry): number | undefined {
		return versionOf(this.#versionsOf(file.name), file)?.size;
	}

	/**
	Which of those who fetch a content at this moment we are: all of them count in the same order, so that each can begin with
	another part of it without a word.
	*/
	shareOf(root: string): {index: number; of: number} {
		const others = Array.from(this.#byPart.of(root), ({key}) => Number(key)).filter(id => id !== this.#ownId);
		const ownId = this.#ownId ?? Infinity;
		return {index: others.filter(id => id < ownId).length, of: others.length + 1};
	}

	/** Whether a peer holds something under a name: who holds a content may know it by another name. */
	holdsName(peerKey: string, name: string): boolean {
		return this.#peers.get(peerKey)?.held.has(name) ?? false;
	}

	/** The peer that serves at an address. */
	peerAt(ip: string, port: number): RemotePeer | undefined {
		const [peer] = this.#byAddress.of(`${ip} ${port}`);
		return peer;
	}

	/** A peer by the key of its row. */
	peer(key: string): RemotePeer | undefined {
		return this.#peers.get(key);
	}

	/** All peers of a machine. */
	peersOf(ip: string): Iterable<RemotePeer> {
		return this.#byIp.of(ip);
	}

	/** Rows that changed since the last call. */
	takeChanges(): DirectoryChanges {
		return {peers: this.#takePeers(), files: this.#takeFiles()};
	}

	#takePeers(): DirectoryChanges['peers'] {
		const changes: DirectoryChanges['peers'] = {changed: [], removed: []};
		for (const key of this.#changedPeers) {
			const peer = this.#peers.get(key);
			if (peer) {
				this.#toldPeers.add(key);
				changes.changed.push(peerRowOf(peer));
			} else if (this.#toldPeers.delete(key)) {
				changes.removed.push(key);
			}
		}

		this.#changedPeers.clear();
		return changes;
	}

	#takeFiles(): DirectoryChanges['files'] {
		for (const root of this.#changedRoots) {
			for (const {name} of this.#byRoot.of(root)) {
				this.#changedNames.add(name);
			}
		}

		const changes: DirectoryChanges['files'] = {changed: [], removed: []};
		const contents = new Map<string, ContentSources>();
		for (const name of this.#changedNames) {
			const {changed, removed} = this.#toldFiles.tell(name, this.#rowsOf(name, contents));
			for (const row of changed) {
				changes.changed.push(row);
			}

			for (const key of removed) {
				changes.removed.push(key);
			}
		}

		this.#changedRoots.clear();
		this.#changedNames.clear();
		return changes;
	}

	#versionsOf(name: string): Version[] {
		return versionsOf(this.#byName.of(name));
	}

	#rowsOf(name: string, contents: Map<string, ContentSources>): RemoteFile[] {
		const label = safeText(name);
		return this.#versionsOf(name).map((version, index) => this.#rowOf(version, label, index === 0, contents));
	}

	#rowOf(version: Version, label: string, isNewest: boolean, contents: Map<string, ContentSources>): RemoteFile {
		const {name, size, mtime, root} = version;
		return {
			key: versionKeyOf(version, isNewest),
			name,
			label,
			size,
			mtime,
			root,
			sources: this.#sourcesOf(version, contents),
			state: stateOf(version, isNewest, this.#options.localFile(name)),
		};
	}

	#sourcesOf({root, holders}: Version, contents: Map<string, ContentSources>): Source[] {
		// All who hold a content hold it under this name, which is the rule.
		if (root === undefined || this.#byRoot.of(root).size === holders.filter(held => held.root === root).length) {
			return holders.map(({peer}) => sourceOf(peer));
		}

		let content = contents.get(root);
		if (!content) {
			const peers = new Set(Array.from(this.#byRoot.of(root), ({peer}) => peer));
			content = {peers, sources: Array.from(peers, peer => sourceOf(peer))};
			contents.set(root, content);
		}

		const {peers, sources} = content;
		const others = holders.filter(({peer}) => !peers.has(peer));
		return others.length === 0 ? sources : [...sources, ...others.map(({peer}) => sourceOf(peer))];
	}

	/** Bring the peers from what they were to what they are, touching only what differs. */
	#replaceAll(peers: Iterable<Announced>): void {
		const gone = new Set(this.#peers.keys());
		for (const announced of peers) {
			gone.delete(announced.peer.key);
			this.#putPeer(announced);
		}

		for (const key of gone) {
			this.#dropPeer(key);
		}
	}

	#putPeer(announced: Announced): void {
		const {files, parts} = announced;
		const known = this.#peers.get(announced.peer.key);
		if (known && isSamePeer(known, announced.peer)) {
			const names = new Set(files.map(({name}) => name));
			const roots = new Set(parts);
			const removed = [...known.held.keys()].filter(name => !names.has(name));
			const withdrawn = [...known.parts].filter(root => !roots.has(root));
			this.#changePeer(known, files, removed, {added: parts, removed: withdrawn});
			return;
		}

		const peer = knownPeerOf(announced);
		this.#dropPeer(peer.key);
		this.#peers.set(peer.key, peer);
		this.#byIp.add(peer.ip, peer);
		this.#byAddress.add(`${peer.ip} ${peer.port}`, peer);
		this.#changedPeers.add(peer.key);
		this.#changePeer(peer, files, [], {added: parts, removed: []});
	}

	/** What is both taken away and added is there afterwards. */
	#changePeer(peer: KnownPeer, added: FileEntry[], removed: string[], parts?: PartsChange): void {
		for (const name of removed) {
			this.#release(peer.held.get(name));
		}

		for (const {name, mtime, size, root} of added) {
			const held = peer.held.get(name);
			if (held?.mtime !== mtime || held.size !== size || held.root !== root) {
				this.#release(held);
				this.#hold({name, mtime, size, root, peer});
			}
		}

		for (const root of parts?.removed ?? []) {
			peer.parts.delete(root);
			this.#byPart.delete(root, peer);
		}

		for (const root of parts?.added ?? []) {
			if (peer.parts.size < limits.maxPartsPerPeer) {
				peer.parts.add(root);
				this.#byPart.add(root, peer);
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
		this.#byIp.delete(peer.ip, peer);
		this.#byAddress.delete(`${peer.ip} ${peer.port}`, peer);
		this.#changedPeers.add(key);
		for (const held of peer.held.values()) {
			this.#release(held);
		}

		for (const root of peer.parts) {
			this.#byPart.delete(root, peer);
		}
	}

	#hold(held: Held): void {
		held.peer.held.set(held.name, held);
		this.#byName.add(held.name, held);
		this.#concerns(held);
		if (held.root !== undefined) {
			this.#byRoot.add(held.root, held);
		}
	}

	#release(held: Held | undefined): void {
		if (!held) {
			return;
		}

		held.peer.held.delete(held.name);
		this.#byName.delete(held.name, held);
		this.#concerns(held);
		if (held.root !== undefined) {
			this.#byRoot.delete(held.root, held);
		}
	}

	#concerns({name, root}: Held): void {
		this.#changedNames.add(name);
		if (root !== undefined) {
			this.#changedRoots.add(root);
		}
	}
}

const isSamePeer = (a: RemotePeer, b: Announced['peer']): boolean =>
	a.ip === b.ip && a.port === b.port && a.name === b.name && a.isClassic === b.isClassic;
