import {expect, test} from 'vitest';
import {Backoff} from '../../source/peer/backoff.js';

const take = (backoff: Backoff, count: number) => Array.from({length: count}, () => backoff.nextMs());

test('doubles from try to try up to its limit', () => {
	const backoff = new Backoff({firstMs: 100, maxMs: 1000, random: () => 1});
	expect(take(backoff, 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('leaves half of each wait to chance', () => {
	const backoff = new Backoff({firstMs: 100, maxMs: 1000, random: () => 0});
	expect(take(backoff, 5)).toEqual([50, 100, 200, 400, 500]);
});

test('begins anew after a success', () => {
	const backoff = new Backoff({firstMs: 100, random: () => 1});
	take(backoff, 4);
	backoff.reset();
	expect(take(backoff, 2)).toEqual([100, 200]);
});

test('brings a peer back within seconds however long the tracker was away', () => {
	const backoff = new Backoff({random: () => 1});
	for (const waitMs of take(backoff, 5000)) {
		expect(waitMs).toBeGreaterThan(0);
		expect(waitMs).toBeLessThanOrEqual(8000);
	}
});

test('spreads many peers over time', () => {
	const waits = Array.from({length: 200}, () => new Backoff().nextMs());
	expect(new Set(waits).size).toBeGreaterThan(20);
});
