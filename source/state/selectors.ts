import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../peer/events.js';
import {matches, parseFilter} from './filter.js';
import {listRows} from './layout.js';
import {memo} from './memo.js';
import {sorts, type Sort} from './sorts.js';
import type {Notice, PaneName, State, WireRow} from './state.js';
import {wireText} from './wire-text.js';

/** The row type of each pane. */
export type Rows = {
	peers: RemotePeer;
	local: LocalFile;
	remote: RemoteFile;
	transfers: Transfer;
	wire: WireRow;
	log: Notice;
};

/** What the filter looks at. */
const texts: {[Pane in PaneName]: (row: Rows[Pane]) => string} = {
	peers: ({name, ip, port}) => `${name} ${ip}:${port}`,
	local: ({label}) => label,
	remote: ({label}) => label,
	transfers: ({label, peer}) => `${label} ${peer}`,
	wire: row => wireText(row),
	log: ({level, text}) => `${level} ${text}`,
};

/** What stays the same about a row while it moves through its list. */
const keys: {[Pane in PaneName]: (row: Rows[Pane]) => string | number} = {
	peers: ({key}) => key,
	local: ({name}) => name,
	remote: ({key}) => key,
	transfers: ({id}) => id,
	wire: ({id}) => id,
	log: ({id}) => id,
};

type RowMap<Row> = ReadonlyMap<string | number, Row>;

/** All words of the filter, in any order and case. */
function matching<Row>(rows: Iterable<Row>, filter: string, text: (row: Row) => string): Row[] {
	const parsed = parseFilter(filter);
	return filter === '' ? [...rows] : [...rows].filter(row => matches(text(row), parsed));
}

/**
Rows in the order they had before, as far as they are still there, and then the new ones. Sorting a list that is nearly in order
costs little more than one comparison a row, and a change rarely moves more than a few rows.
*/
function* inFormerOrder<Row>(
	rows: RowMap<Row>,
	former: readonly Row[],
	keyOf: (row: Row) => string | number,
): Generator<Row, void> {
	const seen = new Set<string | number>();
	for (const before of former) {
		const key = keyOf(before);
		const row = rows.get(key);
		if (row !== undefined) {
			seen.add(key);
			yield row;
		}
	}

	if (seen.size < rows.size) {
		for (const [key, row] of rows) {
			if (!seen.has(key)) {
				yield row;
			}
		}
	}
}

/** One memory for each pane: of all its rows in order, and of those that match the filter. */
function rowMemory<Row>(text: (row: Row) => string, keyOf: (row: Row) => string | number) {
	let former: readonly Row[] = [];
	const sorted = memo((rows: RowMap<Row>, sort: Sort<Row>) => {
		former = [...inFormerOrder(rows, former, keyOf)].toSorted(sort.compare);
		return former;
	});
	return memo((rows: RowMap<Row>, filter: string, sort: Sort<Row>) => matching(sorted(rows, sort), filter, text));
}

const shownRows: {[Pane in PaneName]: ReturnType<typeof rowMemory<Rows[Pane]>>} = {
	peers: rowMemory(texts.peers, keys.peers),
	local: rowMemory(texts.local, keys.local),
	remote: rowMemory(texts.remote, keys.remote),
	transfers: rowMemory(texts.transfers, keys.transfers),
	wire: rowMemory(texts.wire, keys.wire),
	log: rowMemory(texts.log, keys.log),
};

/** The rows of a pane, filtered and sorted. Worked out anew only when the list, the filter or the order changes. */
export function rowsOf<Pane extends PaneName>(state: State, pane: Pane): Array<Rows[Pane]> {
	const {filter} = state.panes[pane];
	const sort = sortOf(state, pane);
	const select = shownRows[pane] as unknown as ReturnType<typeof rowMemory<Rows[Pane]>>;
	return select(state[pane] as unknown as RowMap<Rows[Pane]>, filter, sort);
}

export function sortOf<Pane extends PaneName>(state: State, pane: Pane): Sort<Rows[Pane]> {
	const choices = sorts[pane] as unknown as Array<Sort<Rows[Pane]>>;
	return choices[state.panes[pane].sort % choices.length]!;
}

export const keyOf = <Pane extends PaneName>(pane: Pane, row: Rows[Pane]): string | number => keys[pane](row);

/** The index of the cursor's row: where it is now, or where it was when it has gone; -1 in an empty list. */
export function cursorIndex(state: State, pane: PaneName): number {
	const rows = rowsOf(state, pane);
	const {key, index} = state.panes[pane].cursor;
	const last = rows.length - 1;
	if (key !== undefined && isGrowing(pane)) {
		const place = rows.findIndex(row => keyOf(pane, row) >= key);
		return place === -1 ? last : place;
	}

	const here = rows[Math.min(index, last)];
	if (key === undefined || here === undefined || keyOf(pane, here) === key) {
		return Math.min(index, last);
	}

	const moved = rows.findIndex(row => keyOf(pane, row) === key);
	return moved === -1 ? Math.min(index, last) : moved;
}

/** The newest row of these panes is the last one, and the oldest are forgotten. */
export const isGrowing = (pane: PaneName): boolean => pane === 'wire' || pane === 'log';

/** The first row that was shown; where the oldest are forgotten, the cursor's row stays where it is on the screen. */
export function topOf(state: State, pane: PaneName): number {
	const {key, index, top} = state.panes[pane].cursor;
	return key !== undefined && isGrowing(pane) ? top + cursorIndex(state, pane) - index : top;
}

/** The row under the cursor. */
export const selected = <Pane extends PaneName>(state: State, pane: Pane): Rows[Pane] | undefined =>
	rowsOf(state, pane)[cursorIndex(state, pane)];

/** The transfer whose details are open. */
export const detailedId = (state: State): number | undefined => detailedKey(state, 'transfers') as number | undefined;

/** The row of a pane whose details are open, by its key. */
export const detailedKey = ({detailed}: State, pane: PaneName): string | number | undefined =>
	detailed?.pane === pane ? detailed.key : undefined;

/** The transfer that keys are about: the one whose details are open, or else the one under the cursor. */
export function chosenTransfer(state: State): Transfer | undefined {
	const id = detailedId(state);
	return id === undefined ? selected(state, 'transfers') : state.transfers.get(id);
}

const waitingOf = memo((transfers: ReadonlyMap<number, Transfer>) =>
	[...transfers.values()]
		.filter(({direction, state}) => direction === 'down' && state === 'waiting')
		.toSorted((a, b) => a.place - b.place),
);

/** Downloads that wait, in the order of their turns. */
export const waitingDownloads = ({transfers}: State): Transfer[] => waitingOf(transfers);

/** The first row to show so that the cursor is in sight, moved no further than needed. */
export function topFor(top: number, cursor: number, height: number, length: number): number {
	const highest = Math.max(0, Math.min(cursor, length - height));
	return Math.max(0, Math.min(Math.max(top, cursor - height + 1), highest));
}

/** The slice of a pane that is in sight; a long list costs no more than a short one. */
export function viewport<Pane extends PaneName>(
	state: State,
	pane: Pane,
): {rows: Array<Rows[Pane]>; top: number; cursor: number; total: number} {
	const rows = rowsOf(state, pane);
	const height = listRows(state, pane);
	const cursor = cursorIndex(state, pane);
	const top = topFor(topOf(state, pane), cursor, height, rows.length);
	return {rows: rows.slice(top, top + height), top, cursor, total: rows.length};
}

/** Downloads and uploads that run. */
export const runningTransfers = (state: State): number => state.progress.size;

/** Whether there are transfers that are over, to be cleared. */
export function hasFinished({transfers}: State): boolean {
	for (const {state} of transfers.values()) {
		if (state === 'done' || state === 'failed' || state === 'cancelled') {
			return true;
		}
	}

	return false;
}

/** How far a transfer is, samples included. */
export const bytesOf = (state: State, transfer: Transfer): number =>
	Math.max(transfer.bytes, state.progress.get(transfer.id)?.bytes ?? 0);

/** Whether a version is one that we lack, and not older than what is here. */
export const canBeRequested = (file: RemoteFile | undefined): boolean =>
	file?.state === 'missing' || file?.state === 'newer';

/** The download of a remote file that is not over, if there is one. Of a name's versions only one is fetched at a time. */
export function downloadOf(state: State, {key, name}: Pick<RemoteFile, 'key' | 'name'>): Transfer | undefined {
	const id = state.downloads.get(name);
	const transfer = id === undefined ? undefined : state.transfers.get(id);
	return (transfer?.key ?? transfer?.name) === key ? transfer : undefined;
}

/** Keys of what Enter would request: the marked files, or the one under the cursor. */
export function chosenKeys(state: State): string[] {
	if (state.marks.size > 0) {
		return [...state.marks];
	}

	const file = selected(state, 'remote');
	return file ? [file.key] : [];
}
