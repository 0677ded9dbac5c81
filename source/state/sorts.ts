import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../peer/events.js';
import type {Notice, WireRow} from './state.js';

/** An order of a list, as the pane's title names it. */
export type Sort<Row> = {label: string; compare: (a: Row, b: Row) => number};

const collator = new Intl.Collator(undefined, {
	numeric: true,
	sensitivity: 'base',
});

const byLabel = (a: {label: string}, b: {label: string}) => collator.compare(a.label, b.label);
const bySize = (a: {size: number | undefined}, b: {size: number | undefined}) => (b.size ?? -1) - (a.size ?? -1);
const byAge = (a: {mtime: number}, b: {mtime: number}) => b.mtime - a.mtime;

const compareExactly = (a: string, b: string) => Number(a > b) - Number(a < b);

/** Versions of one name stand together, the newest first. */
const byVersion = (a: RemoteFile, b: RemoteFile) =>
	byLabel(a, b) || compareExactly(a.name, b.name) || Number(b.key === b.name) - Number(a.key === a.name) || byAge(a, b);

const stateRank: Record<RemoteFile['state'], number> = {
	missing: 0,
	newer: 1,
	here: 2,
	older: 3,
};

const activity: Record<Transfer['state'], number> = {
	running: 0,
	waiting: 1,
	paused: 2,
	failed: 3,
	done: 4,
	cancelled: 5,
};

/** A list of orders for each pane; the first is where a pane begins. Equal rows are told apart by name. */
export const sorts: {
	peers: Array<Sort<RemotePeer>>;
	local: Array<Sort<LocalFile>>;
	remote: Array<Sort<RemoteFile>>;
	transfers: Array<Sort<Transfer>>;
	wire: Array<Sort<WireRow>>;
	log: Array<Sort<Notice>>;
} = {
	peers: [
		{
			label: 'name',
			compare: (a, b) => collator.compare(a.name, b.name) || collator.compare(a.ip, b.ip) || a.port - b.port,
		},
		{
			label: 'files',
			compare: (a, b) => b.files - a.files || collator.compare(a.name, b.name),
		},
	],
	local: [
		{label: 'name', compare: byLabel},
		{label: 'size', compare: (a, b) => bySize(a, b) || byLabel(a, b)},
		{label: 'age', compare: (a, b) => byAge(a, b) || byLabel(a, b)},
	],
	remote: [
		{label: 'name', compare: byVersion},
		{label: 'size', compare: (a, b) => bySize(a, b) || byVersion(a, b)},
		{label: 'age', compare: (a, b) => byAge(a, b) || byVersion(a, b)},
		{
			label: 'held by',
			compare: (a, b) => b.sources.length - a.sources.length || byVersion(a, b),
		},
		{
			label: 'state',
			compare: (a, b) => stateRank[a.state] - stateRank[b.state] || byVersion(a, b),
		},
	],
	transfers: [
		{
			label: 'activity',
			compare: (a, b) => activity[a.state] - activity[b.state] || rankInState(a, b),
		},
		{label: 'name', compare: byLabel},
		{label: 'newest', compare: (a, b) => b.id - a.id},
	],
	wire: [{label: 'time', compare: (a, b) => a.id - b.id}],
	log: [{label: 'time', compare: (a, b) => a.id - b.id}],
};

/** What is not over stands in the order of its turns; what is, the latest first. */
const rankInState = (a: Transfer, b: Transfer) =>
	activity[a.state] > activity.paused ? b.id - a.id : a.place - b.place;
