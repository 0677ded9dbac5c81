import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';

/** Bytes that may go at once after a rest: a fraction of a second, so that nothing comes in bursts. */
const burstMs = 50;

/** Holds all that asks it to a rate, together: a leaky bucket. */
export class RateLimit {
	readonly #bytesPerSecond: number;
	/** When all that went so far is paid for. */
	#freeAtMs = 0;

	constructor(bytesPerSecond: number) {
		this.#bytesPerSecond = bytesPerSecond;
	}

	/** Bytes to send or read at a time so that it looks smooth: a twentieth of a second's, a block at least. */
	get smoothBytes(): number {
		return Math.max(16 * 1024, Math.floor(this.#bytesPerSecond / 20));
	}

	/** @returns How long to wait before more bytes, after these have gone. */
	waitMs(bytes: number): number {
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
