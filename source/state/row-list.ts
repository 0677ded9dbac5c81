/** A row and where it stands: a row that comes again after it has gone stands last, as in a Map. */
type Entry<Row> = {row: Row; order: number};

/** What a step from one version to the next has done away with; undefined where there was no such row. */
type Undo<Key, Row> = Map<Key, Entry<Row> | undefined>;

type Step<Key, Row> = {from: number; to: number; undo: Undo<Key, Row>};

/** Steps are remembered up to so many rows: whoever looks more rarely works everything out anew, at no more than that cost. */
const maxJournalRows = 4096;

/** Of all lists: a version's number tells it from every version of every list. */
let versions = 0;

/** The one Map that the versions of a list share; it belongs to the newest. */
class Shared<Key, Row> {
	readonly entries: Map<Key, Entry<Row>>;
	order: number;
	readonly #journal: Array<Step<Key, Row>> = [];
	#journalRows = 0;

	constructor(entries: Map<Key, Entry<Row>>, order: number) {
		this.entries = entries;
		this.order = order;
	}

	/**
	@param undo - Takes how it was before, of the rows that are another now.
	@returns Whether that has changed anything.
	*/
	apply(changed: ReadonlyMap<Key, Row>, removed: ReadonlySet<Key>, undo?: Undo<Key, Row>): boolean {
		const {entries} = this;
		let isChanged = false;
		for (const key of removed) {
			const entry = entries.get(key);
			if (entry) {
				isChanged = true;
				undo?.set(key, entry);
				entries.delete(key);
			}
		}

		for (const [key, row] of changed) {
			const entry = entries.get(key);
			if (entry?.row === row) {
				continue;
			}

			isChanged = true;
			// What was removed and has come again is known already.
			if (undo && !undo.has(key)) {
				undo.set(key, entry);
			}

			entries.set(key, {row, order: entry?.order ?? this.order++});
		}

		return isChanged;
	}

	record(step: Step<Key, Row>): void {
		this.#journal.push(step);
		this.#journalRows += step.undo.size;
		while (this.#journalRows > maxJournalRows) {
			this.#journalRows -= this.#journal.shift()!.undo.size;
		}
	}

	/** What the rows were that have changed between two versions; undefined where that is not known any more. */
	changes(from: number, to: number): Map<Key, Row | undefined> | undefined {
		const changes = new Map<Key, Row | undefined>();
		let reached = to;
		for (let index = this.#journal.length - 1; reached !== from; index--) {
			const step = this.#journal[index];
			if (step?.to !== reached) {
				return undefined;
			}

			for (const [key, entry] of step.undo) {
				changes.set(key, entry?.row);
			}

			reached = step.from;
		}

		return changes;
	}
}

/**
An immutable list of rows by key, as a Map that can not be changed; the next version costs what changes, not what is there. That
is Baker's way (Shallow binding makes functional arrays fast, 1991): the newest version has the one Map, and an older one knows
what the next has changed. An older one answers as before, at the cost of the steps since; nothing here needs that often.
*/
export class RowList<Key, Row> implements ReadonlyMap<Key, Row> {
	/** A list without rows. */
	static empty<Key, Row>(): RowList<Key, Row> {
		return new RowList(new Shared<Key, Row>(new Map(), 0));
	}

	/** The same rows as a list; a list is one already. */
	static from<Key, Row>(rows: ReadonlyMap<Key, Row>): RowList<Key, Row> {
		return rows instanceof RowList ? (rows as RowList<Key, Row>) : RowList.empty<Key, Row>().with(rows, new Set());
	}

	readonly size: number;
	readonly version = ++versions;
	/** Of the newest version only. */
	#shared: Shared<Key, Row> | undefined;
	#newer: RowList<Key, Row> | undefined;
	#undo: Undo<Key, Row> | undefined;

	private constructor(shared: Shared<Key, Row>) {
		this.#shared = shared;
		this.size = shared.entries.size;
	}

	/** The next version: without what is removed, and then with what is changed or new. */
	with(changed: ReadonlyMap<Key, Row>, removed: ReadonlySet<Key>): RowList<Key, Row> {
		const shared = this.#shared;
		// What all programs begin with is copied, too: it would remember everything that ever came after it.
		if (!shared || changed.size + removed.size >= this.size) {
			const copy = this.#copied();
			return copy.apply(changed, removed) ? new RowList(copy) : this;
		}

		const undo: Undo<Key, Row> = new Map();
		if (!shared.apply(changed, removed, undo)) {
			return this;
		}

		const next = new RowList(shared);
		shared.record({from: this.version, to: next.version, undo});
		this.#shared = undefined;
		this.#newer = next;
		this.#undo = undo;
		return next;
	}

	/** The next version, put together change by change. */
	edit(): RowEdit<Key, Row> {
		return new RowEdit(this);
	}

	/**
	@param version - A version of this list, or of any.
	@returns By key, what the rows were then that are another now or gone, undefined for those that were not there; or undefined where
	the versions lie too far apart, or have nothing to do with each other.
	*/
	changesSince(version: number): Map<Key, Row | undefined> | undefined {
		return version === this.version ? new Map() : this.#shared?.changes(version, this.version);
	}

	get(key: Key): Row | undefined {
		return this.#entry(key)?.row;
	}

	has(key: Key): boolean {
		return this.#entry(key) !== undefined;
	}

	/** All numbers are below this one. */
	get numbersEnd(): number {
		return this.#undos().shared.order;
	}

	/** A number that a row keeps as long as it is there; a later one has a higher number. */
	numberOf(key: Key): number | undefined {
		return this.#entry(key)?.order;
	}

	/**
	Go through the rows in the order they came in, with their numbers. That is about the order they have in memory: to look at 100,000
	rows in any other one takes ten times as long, because each has to be fetched from far away.
	*/
	forEachNumbered(tell: (row: Row, number: number) => void): void {
		for (const {row, order} of this.#entries().values()) {
			tell(row, order);
		}
	}

	/** All of these go through the rows as they are now, whatever versions come meanwhile. */
	entries(): MapIterator<[Key, Row]> {
		return Array.from(this.#entries(), ([key, {row}]): [Key, Row] => [key, row]).values();
	}

	keys(): MapIterator<Key> {
		return [...this.#entries().keys()].values();
	}

	values(): MapIterator<Row> {
		return Array.from(this.#entries().values(), ({row}) => row).values();
	}

	[Symbol.iterator](): MapIterator<[Key, Row]> {
		return this.entries();
	}

	forEach(tell: (row: Row, key: Key, list: ReadonlyMap<Key, Row>) => void): void {
		for (const [key, row] of this) {
			tell(row, key, this);
		}
	}

	#entry(key: Key): Entry<Row> | undefined {
		if (this.#shared) {
			return this.#shared.entries.get(key);
		}

		const {undos, shared} = this.#undos();
		const undo = undos.find(candidate => candidate.has(key));
		return (undo ?? shared.entries).get(key);
	}

	#entries(): Map<Key, Entry<Row>> {
		return this.#shared?.entries ?? this.#copied().entries;
	}

	/** What each version from this one on has done away with. */
	#undos(): {undos: Array<Undo<Key, Row>>; shared: Shared<Key, Row>} {
		const undos: Array<Undo<Key, Row>> = [];
		let {shared, newer, undo} = this.#inside();
		while (!shared) {
			undos.push(undo!);
			({shared, newer, undo} = newer!.#inside());
		}

		return {undos, shared};
	}

	#inside() {
		return {shared: this.#shared, newer: this.#newer, undo: this.#undo};
	}

	/** This version's rows in a Map of their own. */
	#copied(): Shared<Key, Row> {
		const {undos, shared} = this.#undos();
		const copy = new Map(shared.entries);
		if (undos.length === 0) {
			return new Shared(copy, shared.order);
		}

		for (const undo of undos.toReversed()) {
			for (const [key, entry] of undo) {
				if (entry) {
					copy.set(key, entry);
				} else {
					copy.delete(key);
				}
			}
		}

		return new Shared(new Map([...copy].toSorted(([, a], [, b]) => a.order - b.order)), shared.order);
	}
}

/** A list that is being worked on: it reads as if all changes so far were made. */
export class RowEdit<Key, Row> {
	readonly #list: RowList<Key, Row>;
	readonly #changed = new Map<Key, Row>();
	readonly #removed = new Set<Key>();

	constructor(list: RowList<Key, Row>) {
		this.#list = list;
	}

	get(key: Key): Row | undefined {
		return this.#changed.get(key) ?? (this.#removed.has(key) ? undefined : this.#list.get(key));
	}

	has(key: Key): boolean {
		return this.#changed.has(key) || (!this.#removed.has(key) && this.#list.has(key));
	}

	set(key: Key, row: Row): void {
		this.#changed.set(key, row);
	}

	delete(key: Key): void {
		this.#changed.delete(key);
		this.#removed.add(key);
	}

	/** The list with all changes. */
	done(): RowList<Key, Row> {
		return this.#list.with(this.#changed, this.#removed);
	}
}
