import {formatAddress} from '../protocol/address.js';
import type {Directory as ClassicDirectory, FileEntry, PeerRecord} from '../protocol/messages.js';
import type {RemotePeer, Source} from './events.js';

/** A peer with all it holds. */
export type KnownPeer = RemotePeer & {
	held: Map<string, Held>;
	/** Contents of which it has pieces, by id. */
	parts: Set<string>;
};

/** A file, as one peer holds it under one name. */
export type Held = FileEntry & {peer: KnownPeer};

/** A peer as a tracker tells of it. */
export type Announced = {peer: Omit<RemotePeer, 'files'>; files: FileEntry[]; parts: string[]};

export const announcedOf = ({id, name, ip, port, version, files, parts}: PeerRecord): Announced => ({
	peer: {key: String(id), name, ip, port, isClassic: version === 1},
	files,
	parts,
});

/**
The peers of a classic directory, which names them by address only; whoever holds nothing does not appear.

@param isSelf - Whether an address is our own: a peer finds its own files in the directory.
*/
export function classicPeersOf(
	{entries}: ClassicDirectory,
	isSelf: (ip: string, port: number) => boolean,
): Iterable<Announced> {
	const peers = new Map<string, Announced>();
	for (const {name, ip, port, mtime} of entries) {
		if (isSelf(ip, port)) {
			continue;
		}

		const key = formatAddress({host: ip, port});
		const known = peers.get(key);
		if (known) {
			known.files.push({name, mtime});
		} else {
			peers.set(key, {peer: {key, name: '', ip, port, isClassic: true}, files: [{name, mtime}], parts: []});
		}
	}

	return peers.values();
}

export const knownPeerOf = ({peer}: Announced): KnownPeer => ({...peer, files: 0, held: new Map(), parts: new Set()});

export const peerRowOf = ({held, parts, ...row}: KnownPeer): RemotePeer => row;

/** @param isPartial - Whether it has no more than pieces of what it is the source of. */
export const sourceOf = ({key, ip, port, name, isClassic}: KnownPeer, isPartial = false): Source => ({
	key,
	ip,
	port,
	name,
	isClassic,
	isPartial,
});
