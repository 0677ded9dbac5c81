import {isPort, isUsableIp, normalizeIp} from './address.js';
import {cutText} from './cut-text.js';
import {ProtocolError} from './errors.js';
import {nameProblem} from './file-name.js';
import type {JsonObject} from './json-stream.js';
import {limits} from './limits.js';
import type {
	Directory,
	DirectoryEntry,
	FileEntry,
	Init,
	LeaveReason,
	PartsChange,
	PeerMessage,
	PeerRecord,
	TrackerMessage,
} from './messages.js';
import {quoted, safeText} from './safe-text.js';

const leaveReasons: readonly LeaveReason[] = ['bye', 'silent', 'disconnected', 'replaced'];

const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A whole second we believe. Student programs send `getmtime()` with its fraction: round down, as the protocol says. */
function mtimeOf(value: unknown): number | undefined {
	if (typeof value !== 'number' || !Number.isFinite(value) || value > limits.maxMtimeSeconds) {
		return undefined;
	}

	return Math.max(0, Math.floor(value));
}

/** What a peer calls itself, fit for a terminal. */
export const peerNameOf = (value: unknown): string =>
	typeof value === 'string'
		? safeText(cutText(value, limits.maxPeerNameLength).trim().toWellFormed()).slice(0, limits.maxPeerNameLength)
		: '';

const isRoot = (value: unknown): value is string => typeof value === 'string' && /^[\da-f]{64}$/.test(value);

/** A file as somebody announces it; undefined when it is none. */
export function decodeFileEntry(value: unknown): FileEntry | undefined {
	if (!isObject(value) || typeof value.name !== 'string' || nameProblem(value.name)) {
		return undefined;
	}

	const mtime = mtimeOf(value.mtime);
	if (mtime === undefined) {
		return undefined;
	}

	const {name, size, root} = value;
	if (!isCount(size)) {
		return {name, mtime};
	}

	return isRoot(root) ? {name, mtime, size, root} : {name, mtime, size};
}

/** The entries that can be used; one bad name must not cost a peer its others. */
function fileEntriesOf(...lists: unknown[]): FileEntry[] {
	const entries: FileEntry[] = [];
	for (const list of lists) {
		if (!Array.isArray(list)) {
			continue;
		}

		for (const value of list) {
			const entry = decodeFileEntry(value);
			if (entry && entries.length < limits.maxFilesPerPeer) {
				entries.push(entry);
			}
		}
	}

	return entries;
}

/** Each content id once, as far as they can be used. */
function partsOf(list: unknown): string[] {
	const roots = new Set<string>();
	for (const root of Array.isArray(list) ? list : []) {
		if (roots.size === limits.maxPartsPerPeer) {
			break;
		}

		if (isRoot(root)) {
			roots.add(root);
		}
	}

	return [...roots];
}

/** The member of a message that tells what changed about parts; none where nothing did. */
function partsMemberOf(value: unknown): {parts?: PartsChange} {
	if (!isObject(value)) {
		return {};
	}

	const parts = {added: partsOf(value.added), removed: partsOf(value.removed)};
	return parts.added.length > 0 || parts.removed.length > 0 ? {parts} : {};
}

const namesOf = (list: unknown): string[] =>
	Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string') : [];

/** What a message of a peer is, by its members; undefined for one that is to be ignored. */
export function kindOfPeerMessage(value: JsonObject): PeerMessage['type'] | undefined {
	const {port, type, files} = value;
	// Our own messages have no port: one that has is of the class protocol, whatever else is in it.
	if (isPort(port)) {
		return Array.isArray(files) ? 'init' : 'keep-alive';
	}

	return type === 'keep-alive' || type === 'files' || type === 'bye' ? type : undefined;
}

/**
Read a message that a peer sent to a tracker. The class's tracker ignores what it does not know and answers nothing to a
message without a port: so do we.

@returns undefined for a message that is to be ignored.
*/
export function decodePeerMessage(value: JsonObject): PeerMessage | undefined {
	const kind = kindOfPeerMessage(value);
	switch (kind) {
		case 'init': {
			return decodeInit(value);
		}

		case 'keep-alive': {
			const {port, revision} = value;
			return {
				type: kind,
				...(isPort(port) ? {port} : isCount(revision) && {revision}),
			};
		}

		case 'files': {
			return {
				type: kind,
				added: fileEntriesOf(value.added),
				removed: namesOf(value.removed),
				...partsMemberOf(value.parts),
			};
		}

		case 'bye': {
			return {type: kind};
		}

		case undefined: {
			return undefined;
		}
	}
}

function decodeInit(value: JsonObject): Init {
	const isVersion2 = value.version === 2;
	return {
		type: 'init',
		port: value.port as number,
		files: isVersion2 ? fileEntriesOf(value.files, value.nested) : fileEntriesOf(value.files),
		parts: isVersion2 ? partsOf(value.parts) : [],
		version: isVersion2 ? 2 : 1,
		name: isVersion2 ? peerNameOf(value.name) : '',
		isObserver: isVersion2 && value.observer === true,
	};
}

const trackerTypes = ['snapshot', 'joined', 'left', 'changed', 'keep-alive'] as const;

/**
What a message of a tracker is, by its members. A classic directory has no `type`, or an object under that name: a file called
`type`.

@returns undefined for a message of an unknown type, which a later version may send.
*/
export const kindOfTrackerMessage = ({type}: JsonObject): TrackerMessage['type'] | undefined =>
	typeof type === 'string' ? trackerTypes.find(known => known === type) : 'directory';

/**
Read a message that a tracker sent to a peer.

@returns undefined for a message of an unknown type, which a later version may send.
@throws {ProtocolError} On a message of a known type whose members are wrong.
*/
export function decodeTrackerMessage(value: JsonObject): TrackerMessage | undefined {
	const type = kindOfTrackerMessage(value);
	if (type === undefined) {
		return undefined;
	}

	if (type === 'directory') {
		return decodeDirectory(value);
	}

	const {revision, id} = value;
	if (type === 'keep-alive') {
		return {type, ...(isCount(revision) && {revision})};
	}

	if (!isCount(revision)) {
		throw new ProtocolError(`Expected a revision in "${type}", got ${quoted(JSON.stringify(revision) ?? 'nothing')}`);
	}

	if (type === 'snapshot') {
		const peers = Array.isArray(value.peers) ? value.peers : [];
		return {
			type,
			revision,
			...(isCount(value.you) && {you: value.you}),
			peers: peers.map(peer => peerRecordOf(peer)).filter(peer => peer !== undefined),
		};
	}

	if (type === 'joined') {
		const peer = peerRecordOf(value.peer);
		return peer && {type, revision, peer};
	}

	if (!isCount(id)) {
		throw new ProtocolError(`Expected a peer's id in "${type}", got ${quoted(JSON.stringify(id) ?? 'nothing')}`);
	}

	if (type === 'left') {
		const reason = leaveReasons.find(known => known === value.reason) ?? 'silent';
		return {type, revision, id, reason};
	}

	return {
		type,
		revision,
		id,
		added: fileEntriesOf(value.added),
		removed: namesOf(value.removed),
		...partsMemberOf(value.parts),
	};
}

function peerRecordOf(value: unknown): PeerRecord | undefined {
	if (!isObject(value) || !isCount(value.id) || !isPort(value.port) || typeof value.ip !== 'string') {
		return undefined;
	}

	const ip = normalizeIp(value.ip);
	if (!isUsableIp(ip)) {
		return undefined;
	}

	return {
		id: value.id,
		name: peerNameOf(value.name),
		ip,
		port: value.port,
		version: value.version === 2 ? 2 : 1,
		files: fileEntriesOf(value.files),
		parts: partsOf(value.parts),
	};
}

function decodeDirectory(value: JsonObject): Directory {
	const entries: DirectoryEntry[] = [];
	for (const [name, entry] of Object.entries(value)) {
		if (nameProblem(name) !== undefined || !isObject(entry) || !isPort(entry.port) || typeof entry.ip !== 'string') {
			continue;
		}

		const ip = normalizeIp(entry.ip);
		const mtime = mtimeOf(entry.mtime);
		if (mtime !== undefined && isUsableIp(ip)) {
			entries.push({name, ip, port: entry.port, mtime});
		}
	}

	return {type: 'directory', entries};
}
