import {performance} from 'node:perf_hooks';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {RateLimit} from '../../source/peer/rate-limit.js';

/** A second's bytes. */
const rate = 1_000_000;

let nowMs = 0;

beforeEach(() => {
	nowMs = 12_345;
	vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});

afterEach(() => {
	vi.restoreAllMocks();
});

/** Send blocks one after the other, as soon as each may go, for so long. @returns The bytes. */
function sendFor(limit: RateLimit, blockBytes: number, forMs: number): number {
	const endMs = nowMs + forMs;
	let bytes = 0;
	for (;;) {
		const goesMs = nowMs + limit.waitMs(blockBytes);
		if (goesMs > endMs) {
			nowMs = endMs;
			return bytes;
		}

		nowMs = goesMs;
		bytes += blockBytes;
	}
}

describe('a limit', () => {
	test('that changes holds to its new rate, for what is owed already, too', () => {
		const limit = new RateLimit(rate);
		expect(limit.waitMs(rate)).toBeCloseTo(950);
		limit.set(2 * rate);
		expect(limit.waitMs(0)).toBeCloseTo(475);
		limit.set(undefined);
		expect(limit.waitMs(100 * rate)).toBe(0);
		limit.set(rate);
		expect(sendFor(limit, 10_000, 2000) / rate).toBeCloseTo(2, 1);
	});

	test('that is none holds nobody up', () => {
		const limit = new RateLimit(undefined);
		expect(limit.waitMs(Number.MAX_SAFE_INTEGER)).toBe(0);
		expect(limit.smoothBytes).toBeGreaterThan(1_000_000_000);
	});

	test.each([[1], [100], [16 * 1024], [50_000], [1_000_000]])(
		'holds blocks of %d bytes to its rate within a few percent',
		blockBytes => {
			const limit = new RateLimit(rate);
			const seconds = Math.max(1, Math.ceil((blockBytes * 50) / rate));
			const bytes = sendFor(limit, blockBytes, seconds * 1000);
			expect(bytes / seconds).toBeGreaterThan(0.95 * rate);
			expect(bytes / seconds).toBeLessThan(1.06 * rate);
		},
	);

	test('holds all that ask it together to its rate, in the order in which they ask', () => {
		const limit = new RateLimit(rate);
		const waits = Array.from({length: 100}, () => limit.waitMs(10_000));
		expect(waits).toEqual(waits.toSorted((a, b) => a - b));
		expect(waits.at(-1)).toBeGreaterThan(940);
		expect(waits.at(-1)).toBeLessThan(1001);
	});

	test('lets nothing go in bursts after a rest, however long it was', () => {
		const limit = new RateLimit(rate);
		sendFor(limit, 10_000, 1000);
		for (const restMs of [60, 1000, 3_600_000]) {
			nowMs += restMs;
			expect(sendFor(limit, 10_000, 100)).toBeLessThanOrEqual(0.16 * rate);
		}
	});

	test('lets nothing go in a burst at first', () => {
		expect(sendFor(new RateLimit(rate), 10_000, 0)).toBeLessThanOrEqual(0.06 * rate);
	});

	test('makes up for a short delay of a timer', () => {
		const limit = new RateLimit(rate);
		let bytes = 0;
		const beginMs = nowMs;
		while (nowMs < beginMs + 10_000) {
			// Timers are late by some milliseconds.
			nowMs += limit.waitMs(20_000) + 7;
			bytes += 20_000;
		}

		expect(bytes).toBeGreaterThan(9.5 * rate);
		expect(bytes).toBeLessThan(10.6 * rate);
	});

	test('reads and sends in blocks of a twentieth of a second, of 16 KiB at least', () => {
		expect(new RateLimit(rate).smoothBytes).toBe(50_000);
		expect(new RateLimit(10).smoothBytes).toBe(16 * 1024);
	});

	test('waits until bytes may go, and no longer than the signal says', async () => {
		vi.restoreAllMocks();
		const limit = new RateLimit(rate);
		const begunMs = performance.now();
		for (let count = 0; count < 10; count++) {
			await limit.pass(20_000, new AbortController().signal);
		}

		const tookMs = performance.now() - begunMs;
		expect(tookMs).toBeGreaterThan(140);
		const stop = new AbortController();
		const passing = limit.pass(1000 * rate, stop.signal);
		stop.abort();
		await expect(passing).rejects.toThrow('abort');
	});
});
