import type {RowKey} from './lists.js';

/**
Rows in the order they had before, as far as they are still there, and then the new ones. Sorting a list that is nearly in order
costs little more than one comparison a row.
*/
export function* inFormerOrder<Row>(
	rows: ReadonlyMap<RowKey, Row>,
	former: readonly Row[],
	keyOf: (row: Row) => RowKey,
): Generator<Row, void> {
	const seen = new Set<RowKey>();
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
