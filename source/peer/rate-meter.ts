/** How much of what was is forgotten in this time: rates follow a link's changes within a second. */
const halfLifeMs = 500;

/** How fast bytes come, of late: an average in which what is older counts for less. */
export class RateMeter {
	#rate = 0;
	#pending = 0;
	#sinceMs: number | undefined;

	/** Time until now does not count: nothing was to come. */
	skip(nowMs: number): void {
		this.#sinceMs = nowMs;
	}

	/** Bytes a second, as last read. */
	get last(): number {
		return this.#rate;
	}

	/** Bytes have come. */
	add(bytes: number, nowMs: number): void {
		this.#sinceMs ??= nowMs;
		this.#pending += bytes;
	}

	/** Bytes a second. */
	rate(nowMs: number): number {
		const elapsedMs = nowMs - (this.#sinceMs ?? nowMs);
		if (elapsedMs < 50) {
			return this.#rate;
		}

		const now = (this.#pending / elapsedMs) * 1000;
		const weight = this.#rate === 0 ? 1 : 1 - 0.5 ** (elapsedMs / halfLifeMs);
		this.#rate += (now - this.#rate) * weight;
		this.#pending = 0;
		this.#sinceMs = nowMs;
		return this.#rate;
	}
}
