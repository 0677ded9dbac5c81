import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';

/**
Slow uploads down to a rate, all of them together, so that a demonstration can be watched.

@returns Waits before a block is sent.
*/
export function createPace(bytesPerSecond: number, signal: AbortSignal): (bytes: number) => Promise<void> {
	let freeAtMs = performance.now();
	return async bytes => {
		const startMs = Math.max(freeAtMs, performance.now());
		freeAtMs = startMs + (bytes / bytesPerSecond) * 1000;
		await delay(freeAtMs - performance.now(), undefined, {signal});
	};
}
