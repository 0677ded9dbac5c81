import {RowList} from './row-list.js';

/** An immutable set of keys in the order they came in; the next version costs what changes. */
export class KeySet {
	static readonly empty = new KeySet(RowList.empty());

	static from(keys: Iterable<string>): KeySet {
		return KeySet.empty.with(keys);
	}

	readonly #keys: RowList<string, true>;

	private constructor(keys: RowList<string, true>) {
		this.#keys = keys;
	}

	get size(): number {
		return this.#keys.size;
	}

	has(key: string): boolean {
		return this.#keys.has(key);
	}

	[Symbol.iterator](): IterableIterator<string> {
		return this.#keys.keys();
	}

	/** @returns Itself where that changes nothing. */
	with(added: Iterable<string>, removed: Iterable<string> = []): KeySet {
		const keys = this.#keys.with(new Map(Array.from(added, key => [key, true])), new Set(removed));
		return keys === this.#keys ? this : new KeySet(keys);
	}
}
