import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ExpiryQueue} from '../../tracker/expiry-queue.js';

describe('ExpiryQueue', () => {
	it('takes out what was not touched for the time to live, oldest first, and once', () => {
		const queue = new ExpiryQueue<string>(10);
		queue.touch('a', 0);
		queue.touch('b', 5);
		queue.touch('c', 6);
		expect([...queue.takeExpired(9)]).toEqual([]);
		expect([...queue.takeExpired(10)]).toEqual(['a']);
		expect([...queue.takeExpired(16)]).toEqual(['b', 'c']);
		expect([...queue.takeExpired(1000)]).toEqual([]);
	});

	it('lets a touched key live on', () => {
		const queue = new ExpiryQueue<string>(10);
		queue.touch('a', 0);
		queue.touch('b', 1);
		queue.touch('a', 9);
		expect([...queue.takeExpired(18)]).toEqual(['b']);
		expect([...queue.takeExpired(19)]).toEqual(['a']);
	});

	it('forgets a deleted key', () => {
		const queue = new ExpiryQueue<string>(10);
		queue.touch('a', 0);
		expect(queue.delete('a')).toBe(true);
		expect(queue.delete('a')).toBe(false);
		expect([...queue.takeExpired(100)]).toEqual([]);
	});

	it('may be changed while the expired are taken', () => {
		const queue = new ExpiryQueue<string>(10);
		for (const key of ['a', 'b', 'c']) {
			queue.touch(key, 0);
		}

		const taken: string[] = [];
		for (const key of queue.takeExpired(10)) {
			taken.push(key);
			queue.delete('b');
			queue.touch('d', 10);
		}

		expect(taken).toEqual(['a', 'c']);
		expect([...queue.takeExpired(20)]).toEqual(['d']);
	});

	it('agrees with a plain list of times', () => {
		const step = fc.record({key: fc.nat(5), afterMs: fc.nat(8), isTouch: fc.boolean()});
		fc.assert(
			fc.property(fc.array(step), steps => {
				const queue = new ExpiryQueue<number>(10);
				const model = new Map<number, number>();
				let clockMs = 0;
				for (const {key, afterMs, isTouch} of steps) {
					clockMs += afterMs;
					const nowMs = clockMs;
					if (isTouch) {
						queue.touch(key, nowMs);
						model.set(key, nowMs);
					}

					const expired = [...model.keys()].filter(one => nowMs - model.get(one)! >= 10);
					expect(new Set(queue.takeExpired(nowMs))).toEqual(new Set(expired));
					for (const one of expired) {
						model.delete(one);
					}
				}
			}),
		);
	});
});
