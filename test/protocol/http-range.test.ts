import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseRange} from '../../source/protocol/http-range.js';

describe('parseRange', () => {
	it.each([
		['bytes=0-0', {start: 0, end: 0}],
		['bytes=0-99', {start: 0, end: 99}],
		['bytes=10-19', {start: 10, end: 19}],
		['bytes=99-', {start: 99, end: 99}],
		['bytes=0-', {start: 0, end: 99}],
		['bytes=50-1000', {start: 50, end: 99}],
		['bytes=50-9007199254740993', {start: 50, end: 99}],
		['bytes=-1', {start: 99, end: 99}],
		['bytes=-100', {start: 0, end: 99}],
		['bytes=-1000', {start: 0, end: 99}],
	])('reads %s of a file of 100 bytes', (header, expected) => {
		expect(parseRange(header, 100)).toEqual(expected);
	});

	it.each([
		['bytes=100-', 100],
		['bytes=100-200', 100],
		['bytes=9007199254740993-', 100],
		['bytes=-0', 100],
		['bytes=0-', 0],
		['bytes=0-0', 0],
		['bytes=-5', 0],
	])('can not satisfy %s of a file of %i bytes', (header, size) => {
		expect(parseRange(header, size)).toBe('unsatisfiable');
	});

	it.each([
		undefined,
		'',
		'bytes',
		'bytes=',
		'bytes=-',
		'bytes=5-4',
		'bytes=a-b',
		'bytes=0x0-0x5',
		'bytes=1e1-20',
		'bytes=--5',
		'bytes=+1-2',
		'bytes=0-4,10-14',
		'bytes=0-4, 2-6',
		'items=0-4',
		'bytes=0-4\n',
	])('ignores %j', header => {
		expect(parseRange(header, 100)).toBeUndefined();
	});

	it('never leaves the file, whatever is asked', () => {
		const position = fc.oneof(
			fc.constant(''),
			fc.bigInt({min: 0n, max: 2n ** 70n}).map(String),
			fc.nat(200).map(String),
		);
		fc.assert(
			fc.property(position, position, fc.nat(150), (first, last, size) => {
				const range = parseRange(`bytes=${first}-${last}`, size);
				if (typeof range === 'object') {
					expect(range.start).toBeGreaterThanOrEqual(0);
					expect(range.start).toBeLessThanOrEqual(range.end);
					expect(range.end).toBeLessThan(size);
				}
			}),
		);
	});

	it('reads back every range of every file', () => {
		fc.assert(
			fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.maxSafeNat(), (a, b, c) => {
				const [start, end, last] = [a, b, c].toSorted((x, y) => x - y) as [number, number, number];
				fc.pre(last < Number.MAX_SAFE_INTEGER);
				expect(parseRange(`bytes=${start}-${end}`, last + 1)).toEqual({start, end});
			}),
		);
	});
});
