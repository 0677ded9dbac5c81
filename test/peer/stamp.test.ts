import {describe, expect, it} from 'vitest';
import {isSameStamp, raceMsOf, type Stamp} from '../../source/peer/stamp.js';

const stamp = (values: Partial<Stamp> = {}): Stamp => ({size: 1, mtimeMs: 1000, ino: 7, ...values});

describe('a stamp', () => {
	it.each([{size: 2}, {mtimeMs: 1000.1}, {ino: 8}])('is another with %j', values => {
		expect(isSameStamp(stamp(), stamp())).toBe(true);
		expect(isSameStamp(stamp(), stamp(values))).toBe(false);
		expect(isSameStamp(undefined, stamp(values))).toBe(false);
	});

	it.each([
		['a whole second may be the coarse clock of FAT', 50_000, 50_500, 1500],
		['two seconds later it can not be the same tick', 50_000, 52_000, 0],
		['a fraction tells of a finer clock', 50_000.25, 50_040.25, 60],
		['and is soon over', 50_000.25, 50_100.25, 0],
		['a time in the future says nothing: one tick from now', 90_000, 50_000, 2000],
		['nor does a finer one', 90_000.5, 50_000, 100],
		['a time before 1970 is over', -5_000_000, 50_000, 0],
	])('%s', (_, mtimeMs, nowMs, expected) => {
		expect(raceMsOf(stamp({mtimeMs}), nowMs)).toBeCloseTo(expected);
	});
});
