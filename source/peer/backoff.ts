export type BackoffOptions = {
	firstMs?: number;
	maxMs?: number;
	random?: () => number;
};

/**
How long to wait before the next try: doubles from try to try up to a limit that keeps a returning tracker's peers seconds
away, and half of it is left to chance, so that they do not all come at once.
*/
export class Backoff {
	readonly #firstMs: number;
	readonly #maxMs: number;
	readonly #random: () => number;
	#tries = 0;

	constructor({firstMs = 500, maxMs = 4000, random = Math.random}: BackoffOptions = {}) {
		this.#firstMs = firstMs;
		this.#maxMs = maxMs;
		this.#random = random;
	}

	nextMs(): number {
		const ceilingMs = Math.min(this.#maxMs, this.#firstMs * 2 ** this.#tries);
		this.#tries++;
		return Math.round(ceilingMs / 2 + (this.#random() * ceilingMs) / 2);
	}

	/** It went well: begin anew. */
	reset(): void {
		this.#tries = 0;
	}
}
