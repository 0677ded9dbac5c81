/**
Every message of the control plane, in the shape the program works with. PROTOCOL.md shows each with its bytes.
Times are whole seconds since the epoch, sizes are bytes.
*/

/**
A file as a peer announces it. A classic peer announces no size. `root` is the content id: the `pieces root` of BEP 52, 64
lowercase hex digits; a file that its holder has not hashed yet has none, and one without a size never has.
*/
export type FileEntry = {name: string; mtime: number; size?: number; root?: string};

/** Content ids that a peer begins to offer the pieces of, or no longer does. */
export type PartsChange = {added: string[]; removed: string[]};

/** The first message of a peer, and how a classic peer announces a changed folder. */
export type Init = {
	type: 'init';
	port: number;
	files: FileEntry[];
	/** Contents of which it has pieces and fetches the others at this moment, by id: a part has no name and is no file. */
	parts: string[];
	/** 1 for the class protocol. */
	version: 1 | 2;
	/** What the peer calls itself; empty for a classic peer. */
	name: string;
	/** It wants to see the directory, but serves nothing and is not to be listed. */
	isObserver: boolean;
};

export type KeepAlive = {type: 'keep-alive'; port?: number; revision?: number};

/** What changed in a version 2 peer's folder. A changed file is an added one with new values. */
export type FilesChanged = {
	type: 'files';
	added: FileEntry[];
	removed: string[];
	/** Left out where nothing changed about them. */
	parts?: PartsChange;
};

export type Bye = {type: 'bye'};

export type PeerMessage = Init | KeepAlive | FilesChanged | Bye;

/** A peer as a version 2 tracker lists it. `id` is the tracker's own number for it and lives as long as the peer's stay. */
export type PeerRecord = {
	id: number;
	name: string;
	ip: string;
	port: number;
	version: 1 | 2;
	files: FileEntry[];
	/** Contents of which it has pieces, by id. */
	parts: string[];
};

export type Snapshot = {
	type: 'snapshot';
	revision: number;
	/** The number of the peer that is told, so that it knows itself; absent for an observer. */
	you?: number;
	peers: PeerRecord[];
};

export type Joined = {type: 'joined'; revision: number; peer: PeerRecord};
export type Left = {
	type: 'left';
	revision: number;
	id: number;
	reason: LeaveReason;
};
export type Changed = {
	type: 'changed';
	revision: number;
	id: number;
	added: FileEntry[];
	removed: string[];
	/** Left out where nothing changed about them. */
	parts?: PartsChange;
};

/** Why a peer is gone: it said so, it fell silent, its connection closed, or another connection announced its address. */
export type LeaveReason = 'bye' | 'silent' | 'disconnected' | 'replaced';

/** One entry of the classic directory: who has the newest copy of a name. */
export type DirectoryEntry = {
	name: string;
	ip: string;
	port: number;
	mtime: number;
};
export type Directory = {type: 'directory'; entries: DirectoryEntry[]};

export type TrackerMessage = Snapshot | Joined | Left | Changed | KeepAlive | Directory;
