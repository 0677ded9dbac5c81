/** Sets of items, each found by a key. A key without items takes no room. */
export class SetsBy<Key, Item> {
	readonly #sets = new Map<Key, Set<Item>>();
	readonly #none: ReadonlySet<Item> = new Set();

	keys(): Iterable<Key> {
		return this.#sets.keys();
	}

	has(key: Key): boolean {
		return this.#sets.has(key);
	}

	/** The items of a key, none where it is not known. */
	of(key: Key): ReadonlySet<Item> {
		return this.#sets.get(key) ?? this.#none;
	}

	add(key: Key, item: Item): void {
		const items = this.#sets.get(key);
		if (items) {
			items.add(item);
		} else {
			this.#sets.set(key, new Set([item]));
		}
	}

	delete(key: Key, item: Item): void {
		const items = this.#sets.get(key);
		if (items?.delete(item) && items.size === 0) {
			this.#sets.delete(key);
		}
	}
}
