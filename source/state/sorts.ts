import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../peer/events.js';
import type {Rows} from './lists.js';
import type {Notice, PaneName, Progress, WireRow} from './state.js';

/** What running transfers are at between two facts about them. */
export type Live = ReadonlyMap<number, Progress>;

/** By what rows are sorted: a text as people read and count, or a number, lowest first. */
type By<Row> = {text: (row: Row) => string} | {value: (row: Row, live: Live) => number};

/** An order of a list, as the pane's title names it. */
export type Sort<Row> = By<Row> & {
	label: string;
	/** Whether what grows upwards or downwards is at first. */
	arrow: '↑' | '↓';
	/** What tells rows apart that are equal so far; what is left open is told apart by name, and in the end by key. */
	next?: Compare<Row>;
	/** It is the order that decides where others leave it open. */
	isByName?: true;
	/** It changes with each sample, for the transfers that run. */
	isLive?: true;
};

export type Compare<Row> = (a: Row, b: Row) => number;

const collator = new Intl.Collator(undefined, {
	numeric: true,
	sensitivity: 'base',
});

const compareExactly = (a: string, b: string) => Number(a > b) - Number(a < b);
const byLabel = (a: {label: string}, b: {label: string}) => collator.compare(a.label, b.label);

/** Versions of one name stand together, the newest first. */
const byVersion: Compare<RemoteFile> = (a, b) =>
	byLabel(a, b) ||
	compareExactly(a.name, b.name) ||
	Number(b.key === b.name) - Number(a.key === a.name) ||
	b.mtime - a.mtime ||
	compareExactly(a.key, b.key);

/** By name, and in the end by key, so that no two rows are equal. */
const byName: {[Pane in PaneName]: Compare<Rows[Pane]>} = {
	peers: (a, b) =>
		collator.compare(a.name, b.name) || collator.compare(a.ip, b.ip) || a.port - b.port || compareExactly(a.key, b.key),
	local: (a, b) => byLabel(a, b) || compareExactly(a.name, b.name),
	remote: byVersion,
	transfers: (a, b) => byLabel(a, b) || a.id - b.id,
	// What comes in has no better order than that it came in.
	wire: (a, b) => a.id - b.id,
	log: (a, b) => a.id - b.id,
};

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

const name = {label: 'name', arrow: '↑', isByName: true} as const;
const labelName = {...name, text: ({label}: {label: string}) => label};
const size = {label: 'size', arrow: '↓', value: (row: {size: number | undefined}) => -(row.size ?? -1)} as const;
const age = {label: 'age', arrow: '↓', value: ({mtime}: {mtime: number}) => -mtime} as const;

const time = {label: 'time', arrow: '↓', isByName: true, value: ({id}: {id: number}) => id} as const;

/** A list of orders for each pane, one for each of its columns at least; the first is where a pane begins. */
export const sorts: {
	peers: Array<Sort<RemotePeer>>;
	local: Array<Sort<LocalFile>>;
	remote: Array<Sort<RemoteFile>>;
	transfers: Array<Sort<Transfer>>;
	wire: Array<Sort<WireRow>>;
	log: Array<Sort<Notice>>;
} = {
	peers: [
		{...name, text: peer => peer.name},
		{label: 'address', arrow: '↑', text: ({ip}) => ip, next: (a, b) => a.port - b.port},
		{label: 'files', arrow: '↓', value: ({files}) => -files},
	],
	local: [labelName, size, age],
	remote: [
		labelName,
		size,
		age,
		{label: 'held by', arrow: '↓', value: ({sources}) => -sources.length},
		{label: 'state', arrow: '↓', value: ({state}) => stateRank[state]},
	],
	transfers: [
		{label: 'activity', arrow: '↓', value: ({state}) => activity[state], next: rankInState},
		labelName,
		size,
		{label: 'progress', arrow: '↓', value: (row, live) => -partOf(row, live), isLive: true},
		{label: 'rate', arrow: '↓', value: ({id}, live) => -(live.get(id)?.bytesPerSecond ?? 0), isLive: true},
		{label: 'newest', arrow: '↓', value: ({id}) => -id},
		{label: 'peer', arrow: '↑', text: ({peer}) => peer},
	],
	wire: [time],
	log: [time],
};

/** What is not over stands in the order of its turns; what is, the latest first. */
function rankInState(a: Transfer, b: Transfer): number {
	return activity[a.state] > activity.paused ? b.id - a.id : a.place - b.place;
}

/** How far a transfer is, from 0 to 1; of unknown size, nothing can be said before it is done. */
function partOf({id, state, bytes, size: whole}: Transfer, live: Live): number {
	if (state === 'done' || whole === 0) {
		return 1;
	}

	return whole === undefined ? 0 : Math.max(bytes, live.get(id)?.bytes ?? 0) / whole;
}

/** An order in one direction, and how to compare by it. No two rows are equal. */
export type Order<Row> = {
	sort: Sort<Row>;
	isReversed: boolean;
	byName: Compare<Row>;
};

export const orderOf = <Pane extends PaneName>(pane: Pane, sort: number, isReversed: boolean): Order<Rows[Pane]> => {
	const choices = sorts[pane] as unknown as Array<Sort<Rows[Pane]>>;
	return {sort: choices[sort % choices.length]!, isReversed, byName: byName[pane]};
};

/** Equal rows stand by name in both directions. */
export function compareBy<Row>({sort, isReversed, byName: last}: Order<Row>, live: Live): Compare<Row> {
	if (sort.isByName && !isReversed) {
		return last;
	}

	const {next} = sort;
	const first: Compare<Row> =
		'text' in sort
			? (a, b) => collator.compare(sort.text(a), sort.text(b))
			: (a, b) => sort.value(a, live) - sort.value(b, live);
	const direction = isReversed ? -1 : 1;
	return (a, b) => direction * (first(a, b) || (next?.(a, b) ?? 0)) || last(a, b);
}
