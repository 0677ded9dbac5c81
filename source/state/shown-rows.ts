import {isWithin, matches, parseFilter, type Filter} from './filter.js';
import type {ListKind, RowKey} from './lists.js';
import {patched, type Change} from './patch-rows.js';
import {RowList} from './row-list.js';
import {sortedBy} from './sort-rows.js';
import {compareBy, type Compare, type Live, type Order} from './sorts.js';

/** What was typed into a filter so far, and the rows it shows: a step back finds them again. */
type Level<Row> = {text: string; filter: Filter; rows: readonly Row[]};

/** How many letters can be taken back without a look at all rows. */
const maxLevels = 12;

/** Where more than this part of the rows has changed, they are sorted: what is nearly in order is sorted soon. */
const manyPart = 1 / 16;

export type Wanted<Row> = {
	list: ReadonlyMap<RowKey, Row>;
	order: Order<Row>;
	filter: string;
	/** Only some orders look at it. */
	live: Live;
};

export type Shown<Row> = {
	rows: readonly Row[];
	/** How they are ordered; no two rows are equal. */
	compare: Compare<Row>;
};

const noLive: Live = new Map();

/**
The rows of one pane, sorted and filtered, kept up with what changes: a frame in which one of 100,000 rows has changed costs finding
its place, and a key press that changes neither order nor filter costs nothing.
*/
export class ShownRows<Row> {
	readonly #kind: ListKind<Row>;
	#list: {rows: ReadonlyMap<RowKey, Row> | undefined; version: number} = {rows: undefined, version: -1};
	/** All rows by name, from which every other order is made. */
	#named: readonly Row[] = [];
	/** All rows in the order that is shown. */
	#sorted: readonly Row[] = [];
	#order: Order<Row> | undefined;
	#live = noLive;
	#compare: Compare<Row> = () => 0;
	#levels: Array<Level<Row>> = [];
	#shown: Shown<Row> | undefined;

	constructor(kind: ListKind<Row>) {
		this.#kind = kind;
	}

	of({list, order, filter, live}: Wanted<Row>): Shown<Row> {
		const now = order.sort.isLive ? live : noLive;
		const changes = this.#changes(list);
		this.#list = list instanceof RowList ? {rows: undefined, version: list.version} : {rows: list, version: -1};
		if (changes?.length === 0 && this.#isOrder(order) && now === this.#live) {
			return this.#filtered(filter);
		}

		const isPatched = changes !== undefined && this.#patchNamed(changes, order.byName);
		if (!isPatched) {
			this.#named = [...inFormerOrder(list, this.#named, this.#kind.keyOf)].toSorted(order.byName);
		}

		if (!isPatched || !this.#isOrder(order) || !this.#patch(changes, list, now)) {
			this.#compare = compareBy(order, now);
			this.#sorted = sortedBy(this.#named, order, now);
			this.#levels = [];
		}

		this.#order = order;
		this.#live = now;
		this.#shown = undefined;
		return this.#filtered(filter);
	}

	#isOrder({sort, isReversed}: Order<Row>): boolean {
		return this.#order?.sort === sort && this.#order.isReversed === isReversed;
	}

	/** What has changed since the last look; undefined where that is too much or not known. */
	#changes(list: ReadonlyMap<RowKey, Row>): Array<Change<Row>> | undefined {
		if (!(list instanceof RowList)) {
			return list === this.#list.rows ? [] : undefined;
		}

		const changes = (list as RowList<RowKey, Row>).changesSince(this.#list.version);
		return changes && changes.size <= Math.max(1, this.#named.length * manyPart)
			? Array.from(changes, ([key, before]) => ({before, after: list.get(key) as Row | undefined}))
			: undefined;
	}

	#patchNamed(changes: Array<Change<Row>>, byName: Compare<Row>): boolean {
		const rows = patched(this.#named, changes, {before: byName, after: byName});
		this.#named = rows ?? this.#named;
		return rows !== undefined;
	}

	/** Bring the sorted rows, and those of each level of the filter, up to date. */
	#patch(changes: Array<Change<Row>>, list: ReadonlyMap<RowKey, Row>, live: Live): boolean {
		const before = this.#compare;
		const after = live === this.#live ? before : compareBy(this.#order!, live);
		const all = live === this.#live ? changes : [...changes, ...this.#moving(changes, list, live)];
		const sorted =
			this.#order!.sort.isByName && !this.#order!.isReversed
				? this.#named
				: patched(this.#sorted, all, {before, after});
		if (!sorted) {
			return false;
		}

		this.#sorted = sorted;
		this.#compare = after;
		const {textOf} = this.#kind;
		for (const level of this.#levels) {
			const passes = (row: Row | undefined) =>
				row !== undefined && matches(textOf(row), level.filter) ? row : undefined;
			const ofLevel = all
				.map(change => ({before: passes(change.before), after: passes(change.after)}))
				.filter(change => change.before !== undefined || change.after !== undefined);
			const rows = patched(level.rows, ofLevel, {before, after});
			if (!rows) {
				this.#levels = [];
				break;
			}

			level.rows = rows;
		}

		return true;
	}

	/** Rows that are the same, but may have to go elsewhere by what they are at now. */
	#moving(changes: Array<Change<Row>>, list: ReadonlyMap<RowKey, Row>, live: Live): Array<Change<Row>> {
		const {keyOf} = this.#kind;
		const keys = new Set<RowKey>([...this.#live.keys(), ...live.keys()]);
		for (const {before, after} of changes) {
			keys.delete(keyOf((before ?? after)!));
		}

		return [...keys].flatMap(key => {
			const row = list.get(key);
			return row === undefined ? [] : [{before: row, after: row}];
		});
	}

	#filtered(text: string): Shown<Row> {
		const level = text === '' ? undefined : this.#level(text);
		const rows = level?.rows ?? this.#sorted;
		if (text === '') {
			this.#levels = [];
		}

		if (this.#shown?.rows !== rows || this.#shown.compare !== this.#compare) {
			this.#shown = {rows, compare: this.#compare};
		}

		return this.#shown;
	}

	/** The filter as it is typed: of the rows that passed with a letter less, or of all. */
	#level(text: string): Level<Row> {
		const same = this.#levels.findIndex(level => level.text === text);
		if (same !== -1) {
			this.#levels.length = same + 1;
			return this.#levels[same]!;
		}

		const filter = parseFilter(text);
		while (this.#levels.length > 0 && !isWithin(filter, this.#levels.at(-1)!.filter)) {
			this.#levels.pop();
		}

		const wider = this.#levels.at(-1) ?? {filter: parseFilter(''), rows: this.#sorted};
		const {textOf} = this.#kind;
		// A space, or a quotation mark, narrows nothing yet.
		const isAsWide = isWithin(wider.filter, filter);
		const rows = isAsWide ? wider.rows : wider.rows.filter(row => matches(textOf(row), filter));
		this.#levels = [...this.#levels.slice(1 - maxLevels), {text, filter, rows}];
		return this.#levels.at(-1)!;
	}
}

/**
Rows in the order they had before, as far as they are still there, and then the new ones. Sorting a list that is nearly in order
costs little more than one comparison a row.
*/
function* inFormerOrder<Row>(
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
