import {Buffer} from 'node:buffer';
import type {
	LocalFile,
	PeerEvent,
	PieceMap,
	RemoteFile,
	RemotePeer,
	RunningSample,
	SourceRate,
	Transfer,
} from '../../source/peer/events.js';
import type {WireMessage} from '../../source/protocol/wire.js';
import type {Action} from '../../source/state/actions.js';
import {reduce} from '../../source/state/reducer.js';
import {initialState, type State} from '../../source/state/state.js';

/** The wall clock of all tests of the screen. */
export const nowMs = 1_700_000_000_000;

const mtime = nowMs / 1000 - 7200;

export const peerRow = (values: Partial<RemotePeer> = {}): RemotePeer => ({
	key: '1',
	name: 'bob',
	ip: '10.0.0.7',
	port: 8001,
	files: 12,
	isClassic: false,
	...values,
});

export const localRow = (name: string, values: Partial<LocalFile> = {}): LocalFile => ({
	name,
	label: name,
	size: 1200,
	mtime,
	...values,
});

export const remoteRow = (name: string, values: Partial<RemoteFile> = {}): RemoteFile => ({
	key: name,
	name,
	label: name,
	size: 2_100_000,
	mtime,
	root: undefined,
	sources: [{key: '1', ip: '10.0.0.7', port: 8001, name: 'bob', isClassic: false, isPartial: false}],
	state: 'missing',
	...values,
});

export const transferRow = (id: number, values: Partial<Transfer> = {}): Transfer => ({
	id,
	direction: 'down',
	name: `file ${id}`,
	label: `file ${id}`,
	size: 1000,
	bytes: 0,
	state: 'waiting',
	peer: '',
	error: undefined,
	place: id,
	...values,
});

export const wireMessage = (values: Partial<WireMessage> = {}): WireMessage => ({
	atMs: nowMs,
	plane: 'control',
	direction: 'out',
	end: 'peer',
	remote: '10.0.0.2:6969',
	party: 'tracker',
	kind: 'keep-alive',
	bytes: 35,
	summary: 'revision 142',
	fields: [
		{name: 'type', value: 'keep-alive'},
		{name: 'revision', value: '142'},
	],
	raw: Buffer.from('{"type":"keep-alive","revision":142}\n'),
	...values,
});

export const listening: PeerEvent = {
	type: 'listening',
	name: 'ada',
	host: '0.0.0.0',
	port: 8001,
	dir: '/home/ada/p2p-share',
};

export const connected: PeerEvent = {type: 'tracker', address: '10.0.0.2:6969', state: 'connected', version: 2};

export const remote = (...changed: RemoteFile[]): PeerEvent => ({type: 'remote', changed, removed: []});

export const transfer = (row: Transfer): PeerEvent => ({type: 'transfer', transfer: row});

/** The state after these facts. */
export const after = (events: PeerEvent[], state: State = initialState): State =>
	reduce(state, {type: 'peer events', events, nowMs});

/** A reading of the counters, with what runs and how its sources do. */
export const sampled = (atMs: number, running: RunningSample[], values: {downBytes?: number; pieces?: PieceMap} = {}) =>
	({
		type: 'sampled',
		nowMs,
		sample: {atMs, downBytes: values.downBytes ?? 0, upBytes: 0, trackerRttMs: 3, running},
		pieces: values.pieces,
	}) satisfies Action;

/** `['bob', 22]` sends 22 MB/s, and has sent as many MB. */
export const rates = (...sources: Array<[name: string, megabytes: number]>): SourceRate[] =>
	sources.map(([name, megabytes]) => ({name, bytes: megabytes * 1e6, bytesPerSecond: megabytes * 1e6}));
