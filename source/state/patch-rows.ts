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
): readonly Row[] | undefined {
	if (changes.length === 0) {
		return rows;
	}

	const kept = [...rows];
	const gone: number[] = [];
	const come: Row[] = [];
	for (const change of changes) {
		const place = change.before === undefined ? -1 : placeOf(kept, change.before, before);
		if (change.before !== undefined && kept[place] !== change.before) {
			return undefined;
		}

		if (before === after && place >= 0 && change.after !== undefined && fits(kept, place, change.after, after)) {
			kept[place] = change.after;
			continue;
		}

		if (place >= 0) {
			gone.push(place);
		}

		if (change.after !== undefined) {
			come.push(change.after);
		}
	}

	const left = gone.length === 0 ? kept : without(kept, gone);
	return come.length === 0 ? left : withRows(left, come.toSorted(after), after);
}

/** Whether a row can take the place of another without a step aside, as most changed rows can. */
const fits = <Row>(rows: readonly Row[], place: number, row: Row, compare: Compare<Row>): boolean =>
	(place === 0 || compare(rows[place - 1]!, row) < 0) &&
	(place === rows.length - 1 || compare(row, rows[place + 1]!) < 0);

function without<Row>(rows: readonly Row[], places: number[]): Row[] {
	const left: Row[] = [];
	let from = 0;
	for (const place of places.toSorted((a, b) => a - b)) {
		pushSlice(left, rows, from, place);
		from = place + 1;
	}

	pushSlice(left, rows, from, rows.length);
	return left;
}

function withRows<Row>(rows: readonly Row[], come: readonly Row[], compare: Compare<Row>): Row[] {
	const result: Row[] = [];
	let from = 0;
	for (const row of come) {
		const place = placeOf(rows, row, compare);
		pushSlice(result, rows, from, place);
		result.push(row);
		from = place;
	}

	pushSlice(result, rows, from, rows.length);
	return result;
}

function pushSlice<Row>(to: Row[], from: readonly Row[], start: number, end: number): void {
	for (let index = start; index < end; index++) {
		to.push(from[index]!);
	}
}
