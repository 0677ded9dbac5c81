import {UsageError} from '../../protocol/errors.js';
import {quoted} from '../../protocol/safe-text.js';
import type {
	Indexing,
	LocalFile,
	PeerEvent,
	PieceMap,
	RemoteFile,
	RemotePeer,
	RunningSample,
	Sample,
	Source,
	SourceRate,
	Transfer,
} from '../../peer/events.js';
import type {EchoState} from '../../state/echo.js';
import type {LabState} from '../../state/lab.js';
import {wireFromJson} from '../wire-lines.js';
import {recordingVersion, type Entry, type Header} from './entry.js';
import {
	boolean,
	count,
	isObject,
	key,
	known,
	list,
	milliseconds,
	number,
	object,
	oneOf,
	optional,
	port,
	seconds,
	string,
	text,
	type Read,
} from './shape.js';

/** A recording may run for a year. */
const maxRecordedMs = 366 * 86_400_000;

/** Downloads that run at once, and sources of one: ours have fewer. */
const maxRunning = 1000;
const maxSourceRates = 100;

/** Pieces of a download: 16 TB in pieces of 16 MiB. */
const maxPieces = 1_000_000;

const amount = number(0, Number.MAX_SAFE_INTEGER);

const readSource = object<Source>({
	key: text,
	ip: text,
	port,
	name: text,
	isClassic: boolean,
	isPartial: boolean,
});

const readPeer = object<RemotePeer>({key: text, name: text, ip: text, port, files: count, isClassic: boolean});

const readLocal = object<LocalFile>({name: text, label: text, size: count, mtime: seconds, root: optional(text)});

const readRemote = object<RemoteFile>({
	key,
	name: text,
	label: text,
	size: optional(count),
	mtime: seconds,
	root: optional(text),
	sources: list(readSource),
	state: oneOf('missing', 'newer', 'here', 'older'),
});

const readTransfer = object<Transfer>({
	id: count,
	direction: oneOf('down', 'up'),
	key: optional(key),
	name: text,
	label: text,
	size: optional(count),
	root: optional(text),
	bytes: count,
	state: oneOf('waiting', 'running', 'paused', 'done', 'failed', 'cancelled'),
	peer: text,
	error: optional(text),
	place: number(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
});

const readRate = object<SourceRate>({name: text, bytes: amount, bytesPerSecond: amount});

const readRunning = object<RunningSample>({
	id: count,
	bytes: amount,
	sources: optional(list(readRate, maxSourceRates)),
});

const readIndexing = object<Indexing>({
	name: text,
	label: text,
	bytes: amount,
	size: amount,
	filesLeft: count,
	bytesLeft: amount,
});

const readSample = object<Sample>({
	atMs: amount,
	downBytes: amount,
	upBytes: amount,
	trackerRttMs: optional(amount),
	running: list(readRunning, maxRunning),
	indexing: optional(readIndexing),
});

const readPieces = object<PieceMap>({
	id: count,
	pieces: value =>
		string(value)
			.slice(0, maxPieces)
			.replaceAll(/[^#>.?]/g, '?'),
	pieceBytes: number(1, Number.MAX_SAFE_INTEGER),
});

const readLab = object<LabState>({
	delayMs: amount,
	isTrackerDropped: boolean,
	cutPeer: optional(text),
	isSlow: boolean,
});

const readEcho = object<EchoState>({host: text, port, clients: count});

const readTracker: Read<PeerEvent> = value => {
	const type = oneOf('tracker');
	switch (isObject(value) ? value.state : undefined) {
		case 'connected': {
			return object<PeerEvent & {state: 'connected'}>({
				type,
				address: text,
				state: oneOf('connected'),
				version: oneOf(1, 2),
			})(value);
		}

		case 'lost': {
			return object<PeerEvent & {state: 'lost'}>({
				type,
				address: text,
				state: oneOf('lost'),
				retryInMs: number(0, maxRecordedMs),
				reason: text,
			})(value);
		}

		default: {
			return object<PeerEvent & {state: 'connecting'}>({type, address: text, state: oneOf('connecting')})(value);
		}
	}
};

type EventOf<Type extends PeerEvent['type']> = PeerEvent & {type: Type};

const readEvents: Record<PeerEvent['type'], Read<PeerEvent>> = {
	listening: object<EventOf<'listening'>>({type: oneOf('listening'), host: text, port, name: text, dir: text}),
	tracker: readTracker,
	peers: object<EventOf<'peers'>>({type: oneOf('peers'), changed: list(readPeer), removed: list(text)}),
	local: object<EventOf<'local'>>({
		type: oneOf('local'),
		changed: list(readLocal),
		removed: list(text),
		isOnlyRoots: value => (value === true ? true : undefined),
	}),
	remote: object<EventOf<'remote'>>({type: oneOf('remote'), changed: list(readRemote), removed: list(key)}),
	transfer: object<EventOf<'transfer'>>({type: oneOf('transfer'), transfer: readTransfer}),
	cleared: object<EventOf<'cleared'>>({type: oneOf('cleared'), ids: list(count)}),
	sync: object<EventOf<'sync'>>({type: oneOf('sync'), isOn: boolean}),
	notice: object<EventOf<'notice'>>({type: oneOf('notice'), level: oneOf('info', 'warning', 'error'), text}),
	wire: object<EventOf<'wire'>>({type: oneOf('wire'), message: known('a message of the wire', wireFromJson)}),
};

/**
Read a line of a recording.

@returns undefined for what a newer program may have written: it is left out.
@throws {ProtocolError} When it is something else, or what it holds is not what its type says.
*/
export function decodeEntry(value: unknown): Entry | undefined {
	const {t} = object<{t: number}>({t: number(0, maxRecordedMs)})(value);
	const line = value as Record<string, unknown>;
	if (Object.hasOwn(line, 'event')) {
		const {type} = object<{type: string}>({type: text})(line.event);
		return Object.hasOwn(readEvents, type) ? {t, event: readEvents[type as PeerEvent['type']](line.event)} : undefined;
	}

	if (Object.hasOwn(line, 'sample')) {
		return {t, sample: readSample(line.sample), pieces: optional(readPieces)(line.pieces)};
	}

	if (Object.hasOwn(line, 'joinLine')) {
		return {t, joinLine: optional(text)(line.joinLine)};
	}

	if (Object.hasOwn(line, 'lab')) {
		return {t, lab: readLab(line.lab)};
	}

	return Object.hasOwn(line, 'echo') ? {t, echo: readEcho(line.echo)} : undefined;
}

/**
Read the first line of a recording.

@throws {UsageError} When the file is none, or one that we can not play.
*/
export function decodeHeader(value: unknown, file: string): Header {
	if (!isObject(value) || value['p2p-tui'] !== 'recording') {
		throw new UsageError(`${file} is no recording of p2p-tui; --record FILE.jsonl writes one`);
	}

	if (value.version !== recordingVersion) {
		const version = quoted(JSON.stringify(value.version) ?? '');
		throw new UsageError(
			`${file} is a recording of version ${version}, and this program plays version ${recordingVersion}; a newer p2p-tui may play it`,
		);
	}

	const startedAtMs = Date.parse(text(value.startedAt));
	const {program, size} = object<{program: string; size: Header['size']}>({
		program: text,
		size: optional(object<{columns: number; rows: number}>({columns: count, rows: count})),
	})(value);
	return {startedAtMs: milliseconds(startedAtMs), program, size};
}
