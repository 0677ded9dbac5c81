/** Which shared files have a content. Most contents have one name, and a name takes less than a set of one. */
export class NamesByRoot {
	readonly #names = new Map<string, string | Set<string>>();

	/** A name of a file with this content. */
	get(root: string): string | undefined {
		const names = this.#names.get(root);
		return typeof names === 'object' ? names.values().next().value : names;
	}

	add(root: string, name: string): void {
		const names = this.#names.get(root);
		if (typeof names === 'object') {
			names.add(name);
		} else {
			this.#names.set(root, names === undefined || names === name ? name : new Set([names, name]));
		}
	}

	delete(root: string, name: string): void {
		const names = this.#names.get(root);
		if (typeof names === 'object') {
			names.delete(name);
			if (names.size === 0) {
				this.#names.delete(root);
			}
		} else if (names === name) {
			this.#names.delete(root);
		}
	}
}
