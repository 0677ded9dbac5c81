import type {RemoteFile, Transfer} from '../peer/events.js';
import {listRows} from './layout.js';
import {lists, type RowKey, type Rows} from './lists.js';
import {memo} from './memo.js';
import {placeOf} from './patch-rows.js';
import {ShownRows, type Shown} from './shown-rows.js';
import {orderOf, type Sort} from './sorts.js';
import type {PaneName, State} from './state.js';
import {countTransfers} from './transfer-counts.js';

export {type Rows} from './lists.js';

/** One memory for each pane. */
const shownRows: {[Pane in PaneName]: ShownRows<Rows[Pane]>} = {
	peers: new ShownRows(lists.peers),
	local: new ShownRows(lists.local),
	remote: new ShownRows(lists.remote),
	transfers: new ShownRows(lists.transfers),
	wire: new ShownRows(lists.wire),
	log: new ShownRows(lists.log),
};

function shownOf<Pane extends PaneName>(state: State, pane: Pane): Shown<Rows[Pane]> {
	const {filter, sort, isReversed} = state.panes[pane];
	const memory = shownRows[pane] as unknown as ShownRows<Rows[Pane]>;
	const list = state[pane] as unknown as ReadonlyMap<RowKey, Rows[Pane]>;
	return memory.of({list, order: orderOf(pane, sort, isReversed), filter, live: state.progress});
}

/** The rows of a pane, filtered and sorted. Worked out anew only as far as the list, the filter or the order has changed. */
export const rowsOf = <Pane extends PaneName>(state: State, pane: Pane): ReadonlyArray<Rows[Pane]> =>
	shownOf(state, pane).rows;

export const sortOf = <Pane extends PaneName>(state: State, pane: Pane): Sort<Rows[Pane]> =>
	orderOf(pane, state.panes[pane].sort, false).sort;

/** Whether what a pane is sorted by grows upwards or downwards. */
export function arrowOf(state: State, pane: PaneName): '↑' | '↓' {
	const {arrow} = sortOf(state, pane);
	return (arrow === '↑') === state.panes[pane].isReversed ? '↓' : '↑';
}

export const keyOf = <Pane extends PaneName>(pane: Pane, row: Rows[Pane]): RowKey => lists[pane].keyOf(row);

/** The index of the cursor's row: where it is now, or where it was when it has gone; -1 in an empty list. */
export function cursorIndex<Pane extends PaneName>(state: State, pane: Pane): number {
	const {rows, compare} = shownOf(state, pane);
	const {key, index} = state.panes[pane].cursor;
	const last = rows.length - 1;
	const here = rows[Math.min(index, last)];
	if (key === undefined || here === undefined || keyOf(pane, here) === key) {
		return Math.min(index, last);
	}

	const row = (state[pane] as unknown as ReadonlyMap<RowKey, Rows[Pane]>).get(key);
	const place = row === undefined ? -1 : placeOf(rows, row, compare);
	if (place >= 0 && rows[place] === row) {
		return place;
	}

	// What is no longer there was forgotten as the oldest.
	return isGrowing(pane)
		? Math.max(
				0,
				rows.findIndex(other => keyOf(pane, other) > key),
			)
		: Math.min(index, last);
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
export const detailedKey = ({detailed}: State, pane: PaneName): RowKey | undefined =>
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
	const {done, failed, cancelled} = countTransfers(transfers);
	return done + failed + cancelled > 0;
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
