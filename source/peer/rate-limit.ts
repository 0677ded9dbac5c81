import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';

/** Bytes that may go at once after a rest: a fraction of a second, so that nothing comes in bursts. */
const burstMs = 50;

/** Holds all that asks it to a rate, together: a leaky bucket. The rate may change, and there may be none. */
export class RateLimit {
	#bytesPerSecond: number;
	/** When all that went so far is paid for. */
	#freeAtMs = 0;

	/** @param bytesPerSecond - undefined for as fast as it goes. */
	constructor(bytesPerSecond: number | undefined) {
		this.#bytesPerSecond = bytesPerSecond ?? Infinity;
	}

	/** Go on at another rate; who waits already is not woken. */
	set(bytesPerSecond: number | undefined): void {
		const nowMs = performance.now();
		const before = this.#bytesPerSecond;
		this.#bytesPerSecond = bytesPerSecond ?? Infinity;
		const owedMs = Math.max(0, this.#freeAtMs - nowMs);
		this.#freeAtMs = nowMs + (owedMs === 0 ? 0 : (owedMs * before) / this.#bytesPerSecond);
	}

	/** Bytes to send or read at a time so that it looks smooth: a twentieth of a second's, a block at least. */
	get smoothBytes(): number {
		return Math.max(16 * 1024, Math.floor(this.#bytesPerSecond / 20));
	}

	/** @returns How long to wait before more bytes, after these have gone. */
	waitMs(bytes: number): number {
		if (this.#bytesPerSecond === Infinity) {
			return 0;
		}

		const nowMs = performance.now();
		this.#freeAtMs = Math.max(this.#freeAtMs, nowMs - burstMs) + (bytes / this.#bytesPerSecond) * 1000;
		return Math.max(0, this.#freeAtMs - nowMs);
	}

	/** Wait until bytes may go. */
	async pass(bytes: number, signal: AbortSignal): Promise<void> {
		const waitMs = this.waitMs(bytes);
		if (waitMs > 0) {
			await delay(waitMs, undefined, {signal});
		}
	}
}
