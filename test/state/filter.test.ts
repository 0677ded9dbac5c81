import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {isWithin, matches, matchRanges, parseFilter} from '../../source/state/filter.js';

const passes = (text: string, filter: string) => matches(text, parseFilter(filter));

const highlighted = (text: string, filter: string) =>
	matchRanges(text, filter).map(([start, end]) => text.slice(start, end));

describe('a filter', () => {
	it.each([
		['Week 7 Sockets.mp4', 'sock WEEK', true],
		['week 8.mp4', 'sock week', false],
		['week 7.mp4', '-sock week', true],
		['week 7 sockets.mp4', 'week -sock', false],
		['a two words b', '"two words"', true],
		['a words two b', '"two words"', false],
		['a two words b', '-"two words"', false],
		['two  w', '"two w', false],
		['a-b', 'a-b', true],
		['anything', '- "', true],
		['anything', '', true],
		['ΟΔΟΣΑ', 'οδος', true],
		['İstanbul', 'i', true],
		['STRASSE', 'straße', false],
	])('of %j by %j: %s', (text, filter, expected) => {
		expect(passes(text, filter)).toBe(expected);
	});

	it('knows when all it lets through passes another filter, too', () => {
		const word = fc.stringMatching(/^[ab]{1,2}$/);
		const filter = fc
			.array(fc.tuple(fc.constantFrom('', '-'), word), {maxLength: 3})
			.map(all => all.map(part => part.join('')).join(' '));
		fc.assert(
			fc.property(filter, filter, fc.array(fc.stringMatching(/^[ab]{0,5}$/)), (narrow, wide, texts) => {
				if (isWithin(parseFilter(narrow), parseFilter(wide))) {
					expect(texts.filter(text => passes(text, narrow) && !passes(text, wide))).toEqual([]);
				}
			}),
		);
		expect(isWithin(parseFilter('week s'), parseFilter('wee'))).toBe(true);
		expect(isWithin(parseFilter('-ab'), parseFilter('-a'))).toBe(false);
	});
});

describe('what a filter matches', () => {
	it.each([
		['Week 7 Sockets.mp4', 'sock WEEK', ['Week', 'Sock']],
		['aaaa', 'aa', ['aaaa']],
		['abab', 'ab', ['abab']],
		['ab cd', 'ab -cd', ['ab']],
		['two words', '"two words"', ['two words']],
		['İİx', 'x', ['x']],
		['aİb', 'i', ['İ']],
		['İstanbul', 'stan', ['stan']],
		['😀 İ 😀b', '😀', ['😀', '😀']],
		['ΟΔΟΣ', 'σ', ['Σ']],
		['abc', '', []],
		['abc', 'd', []],
	])('in %j by %j is %j', (text, filter, expected) => {
		expect(highlighted(text, filter)).toEqual(expected);
	});

	it('is in order, apart and within the text, and there whenever a single word matches', () => {
		const text = fc.string({unit: fc.constantFrom('a', 'B', 'İ', 'ς', 'Σ', '😀', 'ß', 'x')});
		fc.assert(
			fc.property(text, fc.string({unit: fc.constantFrom('a', 'b', 'i', 'σ', '😀'), minLength: 1}), (label, word) => {
				const ranges = matchRanges(label, word);
				expect(ranges.length > 0).toBe(passes(label, word));
				let last = -1;
				for (const [start, end] of ranges) {
					expect(start).toBeGreaterThan(last);
					expect(end).toBeGreaterThan(start);
					last = end;
				}

				expect(last).toBeLessThanOrEqual(label.length);
			}),
		);
	});
});
