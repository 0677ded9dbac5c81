import type {Compare} from './sorts.js';

/** What has become of a row: undefined where it was not there, or is no longer. */
export type Change<Row> = {before: Row | undefined; after: Row | undefined};

/** Where a row stands in an ordered list, or would stand. */
export function placeOf<Row>(rows: readonly Row[], row: Row, compare: Compare<Row>): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (compare(rows[middle]!, row) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return low;
}

/** What a patch has done, one after the other. */
type Steps<Row> = {
	/** Rows that have taken the places of their former selves. */
	replaced: ReadonlyArray<{place: number; row: Row}>;
	/** Places that were taken out, in ascending order. */
	gone: readonly number[];
	/** Rows that were put in, in ascending order, each before the one that was at its place. */
	come: ReadonlyArray<{place: number; row: Row}>;
};

export type Patch<Row> = Steps<Row> & {rows: readonly Row[]};

/**
An ordered list after a few of its rows have changed, at the cost of finding those: the others are copied, not compared.

@param before - The order it has.
@param after - The order it is to have. Where it is another one, it differs only for rows that are among the changes.
@returns Undefined where a row is not where it should be.
*/
export function patched<Row>(
	rows: readonly Row[],
	changes: ReadonlyArray<Change<Row>>,
	{before, after}: {before: Compare<Row>; after: Compare<Row>},
): Patch<Row> | undefined {
	if (changes.length === 0) {
		return {rows, replaced: [], gone: [], come: []};
	}

	const kept = [...rows];
	const replaced: Array<{place: number; row: Row}> = [];
	const gone: number[] = [];
	const come: Row[] = [];
	for (const change of changes) {
		const place = change.before === undefined ? -1 : placeOf(kept, change.before, before);
		if (change.before !== undefined && kept[place] !== change.before) {
			return undefined;
		}

		if (before === after && place >= 0 && change.after !== undefined && fits(kept, place, change.after, after)) {
			kept[place] = change.after;
			replaced.push({place, row: change.after});
			continue;
		}

		if (place >= 0) {
			gone.push(place);
		}

		if (change.after !== undefined) {
			come.push(change.after);
		}
	}

	gone.sort((a, b) => a - b);
	const left = without(kept, gone);
	const places = come.toSorted(after).map(row => ({place: placeOf(left, row, after), row}));
	return {rows: withItems(left, places, row => row), replaced, gone, come: places};
}

/** What goes along with the rows of a list, after a patch of that list. */
export function patchedAlong<Row, Item>(
	items: readonly Item[],
	{replaced, gone, come}: Steps<Row>,
	itemOf: (row: Row) => Item,
): readonly Item[] {
	const kept = replaced.length === 0 ? items : [...items];
	for (const {place, row} of replaced) {
		(kept as Item[])[place] = itemOf(row);
	}

	return withItems(without(kept, gone), come, itemOf);
}

/** Whether a row can take the place of another without a step aside, as most changed rows can. */
const fits = <Row>(rows: readonly Row[], place: number, row: Row, compare: Compare<Row>): boolean =>
	(place === 0 || compare(rows[place - 1]!, row) < 0) &&
	(place === rows.length - 1 || compare(row, rows[place + 1]!) < 0);

function without<Item>(items: readonly Item[], places: readonly number[]): readonly Item[] {
	if (places.length === 0) {
		return items;
	}

	const left: Item[] = [];
	let from = 0;
	for (const place of places) {
		pushSlice(left, items, from, place);
		from = place + 1;
	}

	pushSlice(left, items, from, items.length);
	return left;
}

function withItems<Row, Item>(
	items: readonly Item[],
	come: Steps<Row>['come'],
	itemOf: (row: Row) => Item,
): readonly Item[] {
	if (come.length === 0) {
		return items;
	}

	const result: Item[] = [];
	let from = 0;
	for (const {place, row} of come) {
		pushSlice(result, items, from, place);
		result.push(itemOf(row));
		from = place;
	}

	pushSlice(result, items, from, items.length);
	return result;
}

function pushSlice<Item>(to: Item[], from: readonly Item[], start: number, end: number): void {
	for (let index = start; index < end; index++) {
		to.push(from[index]!);
	}
}
