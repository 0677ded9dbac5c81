import {isWithin, matches, parseFilter, type Filter} from './filter.js';
import {patched, type Change} from './patch-rows.js';
import type {Compare} from './sorts.js';

/** What was typed into a filter so far, and the rows it shows. */
type Level<Row> = {text: string; filter: Filter; rows: readonly Row[]};

/** How many letters can be taken back without a look at all rows. */
const maxLevels = 12;

/**
The rows that pass a filter as it is typed: a letter more narrows the rows that passed without it, and a step back finds those
again.
*/
export class FilterLevels<Row> {
	readonly #textOf: (row: Row) => string;
	#levels: Array<Level<Row>> = [];

	/** @param textOf - What the filter looks at. */
	constructor(textOf: (row: Row) => string) {
		this.#textOf = textOf;
	}

	/**
	@param all - All rows, in their order.
	@param passing - Those of all rows of which something is so.
	*/
	rows(text: string, all: readonly Row[], passing: (isSo: (row: Row) => boolean) => readonly Row[]): readonly Row[] {
		if (text === '') {
			this.clear();
			return all;
		}

		const same = this.#levels.findIndex(level => level.text === text);
		if (same !== -1) {
			this.#levels.length = same + 1;
			return this.#levels[same]!.rows;
		}

		const filter = parseFilter(text);
		while (this.#levels.length > 0 && !isWithin(filter, this.#levels.at(-1)!.filter)) {
			this.#levels.pop();
		}

		const wider = this.#levels.at(-1);
		const passes = (row: Row) => matches(this.#textOf(row), filter);
		// A space, or a quotation mark, narrows nothing yet.
		const isAsWide = isWithin(wider?.filter ?? parseFilter(''), filter);
		const rows = isAsWide ? (wider?.rows ?? all) : (wider?.rows.filter(row => passes(row)) ?? passing(passes));
		this.#levels = [...this.#levels.slice(1 - maxLevels), {text, filter, rows}];
		return rows;
	}

	/** Take in what has changed among all rows. */
	patch(changes: ReadonlyArray<Change<Row>>, compare: {before: Compare<Row>; after: Compare<Row>}): void {
		for (const level of this.#levels) {
			const passing = (row: Row | undefined) =>
				row !== undefined && matches(this.#textOf(row), level.filter) ? row : undefined;
			const ofLevel = changes
				.map(({before, after}) => ({before: passing(before), after: passing(after)}))
				.filter(({before, after}) => before !== undefined || after !== undefined);
			const patch = patched(level.rows, ofLevel, compare);
			if (!patch) {
				this.clear();
				return;
			}

			level.rows = patch.rows;
		}
	}

	/** Forget all of it: the rows have another order. */
	clear(): void {
		this.#levels = [];
	}
}
