/**
Keys in the order in which they were last touched, all with the same time to live: the oldest come first, so that looking for
the expired costs what has expired, not what is alive.
*/
export class ExpiryQueue<Key> {
	readonly #touchedAtMs = new Map<Key, number>();
	readonly #ttlMs: number;

	constructor(ttlMs: number) {
		this.#ttlMs = ttlMs;
	}

	touch(key: Key, nowMs: number): void {
		// A Map keeps insertion order: out and in again moves the key to the end.
		this.#touchedAtMs.delete(key);
		this.#touchedAtMs.set(key, nowMs);
	}

	has(key: Key): boolean {
		return this.#touchedAtMs.has(key);
	}

	delete(key: Key): boolean {
		return this.#touchedAtMs.delete(key);
	}

	/** Take out and yield what was not touched within the time to live. */
	*takeExpired(nowMs: number): Generator<Key, void> {
		for (const [key, touchedAtMs] of this.#touchedAtMs) {
			if (nowMs - touchedAtMs < this.#ttlMs) {
				return;
			}

			this.#touchedAtMs.delete(key);
			yield key;
		}
	}
}
