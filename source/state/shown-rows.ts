import {FilterLevels} from './filter-levels.js';
import {inFormerOrder} from './former-order.js';
import type {ListKind, RowKey} from './lists.js';
import {patched, patchedAlong, type Change} from './patch-rows.js';
import {RowList} from './row-list.js';
import {isByDigits, placesBy} from './sort-rows.js';
import {compareBy, type Compare, type Live, type Order} from './sorts.js';

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

/** Rows in an order, and their numbers in the list. */
type Ordered<Row> = {rows: readonly Row[]; numbers: readonly number[]};

/** From so many rows on it pays to look at them in the order of their numbers; those must not be much higher than there are rows. */
const numbersFrom = 2000;
const maxGaps = 4;

/**
The rows of one pane, sorted and filtered, kept up with what changes: a frame in which one of 100,000 rows has changed costs finding
its place, and a key press that changes neither order nor filter costs nothing.
*/
export class ShownRows<Row> {
	readonly #kind: ListKind<Row>;
	/** What is looked at, and only then: a list that is held remembers all that changes after it. */
	#list = RowList.empty<RowKey, Row>();
	/** Of the list that was looked at last. */
	#version = -1;
	/** A Map that was given instead of a list. */
	#converted: {map: ReadonlyMap<RowKey, Row>; list: RowList<RowKey, Row>} | undefined;
	/** All rows by name, from which every other order is made. */
	#named: Ordered<Row> = {rows: [], numbers: []};
	/** All rows in the order that is shown. */
	#sorted = this.#named;
	#order: Order<Row> | undefined;
	#live = noLive;
	#compare: Compare<Row> = () => 0;
	readonly #levels: FilterLevels<Row>;
	#shown: Shown<Row> | undefined;

	constructor(kind: ListKind<Row>) {
		this.#kind = kind;
		this.#levels = new FilterLevels(kind.textOf);
	}

	of({list, order, filter, live}: Wanted<Row>): Shown<Row> {
		this.#list = this.#asList(list);
		this.#keepUp(order, order.sort.isLive ? live : noLive);
		const shown = this.#filtered(filter);
		this.#version = this.#list.version;
		this.#list = RowList.empty();
		return shown;
	}

	#asList(map: ReadonlyMap<RowKey, Row>): RowList<RowKey, Row> {
		if (map instanceof RowList) {
			return map as RowList<RowKey, Row>;
		}

		if (this.#converted?.map !== map) {
			this.#converted = {map, list: RowList.from(map)};
		}

		return this.#converted.list;
	}

	#keepUp(order: Order<Row>, live: Live): void {
		const changes = this.#changes();
		if (changes?.length === 0 && this.#isOrder(order) && live === this.#live) {
			return;
		}

		const {byName} = order;
		const named = changes && this.#patchedOrder(this.#named, changes, {before: byName, after: byName});
		this.#named = named ?? this.#sortedByName(byName);
		if (!named || !this.#isOrder(order) || !this.#patch(changes, live)) {
			this.#compare = compareBy(order, live);
			this.#sorted = this.#sortedBy(order, live);
			this.#levels.clear();
		}

		this.#order = order;
		this.#live = live;
		this.#shown = undefined;
	}

	#isOrder({sort, isReversed}: Order<Row>): boolean {
		return this.#order?.sort === sort && this.#order.isReversed === isReversed;
	}

	/** What has changed since the last look; undefined where that is too much or not known. */
	#changes(): Array<Change<Row>> | undefined {
		const list = this.#list;
		const changes = list.changesSince(this.#version);
		return changes && changes.size <= Math.max(1, this.#named.rows.length * manyPart)
			? Array.from(changes, ([key, before]) => ({before, after: list.get(key)}))
			: undefined;
	}

	#numberOf(row: Row): number {
		return this.#list.numberOf(this.#kind.keyOf(row))!;
	}

	#sortedByName(byName: Compare<Row>): Ordered<Row> {
		const rows = [...inFormerOrder(this.#list, this.#named.rows, this.#kind.keyOf)].toSorted(byName);
		return {rows, numbers: rows.map(row => this.#numberOf(row))};
	}

	#patchedOrder(
		{rows, numbers}: Ordered<Row>,
		changes: Array<Change<Row>>,
		compare: {before: Compare<Row>; after: Compare<Row>},
	): Ordered<Row> | undefined {
		const patch = patched(rows, changes, compare);
		return patch && {rows: patch.rows, numbers: patchedAlong(numbers, patch, row => this.#numberOf(row))};
	}

	/** Whether to look at all rows by number: the order they came in is about the one they have in memory. */
	#isByNumber(): boolean {
		const {size, numbersEnd} = this.#list;
		return size >= numbersFrom && numbersEnd <= size * maxGaps;
	}

	#sortedBy(order: Order<Row>, live: Live): Ordered<Row> {
		const {rows, numbers} = this.#named;
		if (order.sort.isByName && !order.isReversed) {
			return this.#named;
		}

		const places = placesBy(rows, order, live, this.#values(order, live));
		return {
			rows: rows.map((_, index) => rows[places[index]!]!),
			numbers: numbers.map((_, index) => numbers[places[index]!]!),
		};
	}

	/** What rows are sorted by, in the order of their names. */
	#values(order: Order<Row>, live: Live): Float64Array<ArrayBuffer> | undefined {
		const {rows, numbers} = this.#named;
		const {sort} = order;
		if (!('value' in sort) || !isByDigits(order, rows.length)) {
			return undefined;
		}

		if (!this.#isByNumber()) {
			return Float64Array.from(rows, row => sort.value(row, live));
		}

		const byNumber = new Float64Array(this.#list.numbersEnd);
		this.#list.forEachNumbered((row, number) => {
			byNumber[number] = sort.value(row, live);
		});
		const values = new Float64Array(numbers.length);
		for (let index = 0; index < values.length; index++) {
			values[index] = byNumber[numbers[index]!]!;
		}

		return values;
	}

	/** Bring the sorted rows, and those of each level of the filter, up to date. */
	#patch(changes: Array<Change<Row>>, live: Live): boolean {
		const before = this.#compare;
		const after = live === this.#live ? before : compareBy(this.#order!, live);
		const all = live === this.#live ? changes : [...changes, ...this.#moving(changes, live)];
		const isNamed = this.#order!.sort.isByName && !this.#order!.isReversed;
		const sorted = isNamed ? this.#named : this.#patchedOrder(this.#sorted, all, {before, after});
		if (!sorted) {
			return false;
		}

		this.#sorted = sorted;
		this.#compare = after;
		this.#levels.patch(all, {before, after});
		return true;
	}

	/** Rows that are the same, but may have to go elsewhere by what they are at now. */
	#moving(changes: Array<Change<Row>>, live: Live): Array<Change<Row>> {
		const {keyOf} = this.#kind;
		const keys = new Set<RowKey>([...this.#live.keys(), ...live.keys()]);
		for (const {before, after} of changes) {
			keys.delete(keyOf((before ?? after)!));
		}

		return [...keys].flatMap(key => {
			const row = this.#list.get(key);
			return row === undefined ? [] : [{before: row, after: row}];
		});
	}

	#filtered(text: string): Shown<Row> {
		const rows = this.#levels.rows(text, this.#sorted.rows, isSo => this.#passing(isSo));
		if (this.#shown?.rows !== rows || this.#shown.compare !== this.#compare) {
			this.#shown = {rows, compare: this.#compare};
		}

		return this.#shown;
	}

	/** Of all rows, those of which something is so. */
	#passing(isSo: (row: Row) => boolean): readonly Row[] {
		const {rows, numbers} = this.#sorted;
		if (!this.#isByNumber()) {
			return rows.filter(row => isSo(row));
		}

		const flags = new Uint8Array(this.#list.numbersEnd);
		this.#list.forEachNumbered((row, number) => {
			flags[number] = Number(isSo(row));
		});
		return rows.filter((_, index) => flags[numbers[index]!] === 1);
	}
}
