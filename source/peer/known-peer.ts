import {formatAddress} from '../protocol/address.js';
import type {Directory as ClassicDirectory, FileEntry, PeerRecord} from '../protocol/messages.js';
import type {RemotePeer, Source} from './events.js';

/** A peer with all it has announced. */
export type KnownPeer = RemotePeer & {
	held: Map<string, Held>;
	/** Contents of which it has pieces, by id. */
	parts: Set<string>;
};

/** A file, as one peer holds it under one name. */
export type Held = FileEntry & {peer: KnownPeer};

export function knownPeerOf({id, name, ip, port, version, files, parts}: PeerRecord): KnownPeer {
	const isClassic = version === 1;
	const peer = emptyPeer({key: String(id), name, ip, port, isClassic});
	for (const file of files) {
		peer.held.set(file.name, {...file, peer});
	}

	peer.files = peer.held.size;
	peer.parts = new Set(parts);
	return peer;
}

/**
The peers of a classic directory, which names them by address only; whoever holds nothing does not appear.

@param isSelf - Whether an address is our own: a peer finds its own files in the directory.
*/
export function classicPeersOf(
	{entries}: ClassicDirectory,
	isSelf: (ip: string, port: number) => boolean,
): Iterable<KnownPeer> {
	const peers = new Map<string, KnownPeer>();
	for (const {name, ip, port, mtime} of entries) {
		if (isSelf(ip, port)) {
			continue;
		}

		const key = formatAddress({host: ip, port});
		const peer = peers.get(key) ?? emptyPeer({key, name: '', ip, port, isClassic: true});
		peer.held.set(name, {name, mtime, peer});
		peer.files = peer.held.size;
		peers.set(key, peer);
	}

	return peers.values();
}

const emptyPeer = (row: Omit<RemotePeer, 'files'>): KnownPeer => ({
	...row,
	files: 0,
	held: new Map(),
	parts: new Set(),
});

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
