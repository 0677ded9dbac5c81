import {describe, expect, it} from 'vitest';
import {etagOf, secondsOf} from '../../source/protocol/file-version.js';

describe('etagOf', () => {
	it('is a strong entity tag (RFC 9110 section 8.8.3)', () => {
		expect(etagOf({mtime: 1_700_000_000, size: 5})).toMatch(/^"[!\u0023-\u007E]*"$/);
	});

	it('is the same for the same version and differs for another time or size', () => {
		const version = {mtime: 12, size: 3};
		expect(etagOf({...version})).toBe(etagOf(version));
		const tags = [version, {mtime: 13, size: 3}, {mtime: 12, size: 4}, {mtime: 1, size: 23}].map(one => etagOf(one));
		expect(new Set(tags).size).toBe(tags.length);
	});
});

describe('secondsOf', () => {
	it.each([
		[0, 0],
		[999.9, 0],
		[1000, 1],
		[1_700_000_000_999.5, 1_700_000_000],
		[-1, 0],
		[-5_000_000, 0],
	])('rounds %f ms down to %i s', (milliseconds, expected) => {
		expect(secondsOf(milliseconds)).toBe(expected);
	});
});
