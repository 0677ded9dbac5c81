import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {safeText} from '../../source/protocol/safe-text.js';

// eslint-disable-next-line no-control-regex -- The test is about them
const control = /[\u0000-\u001F\u007F-\u009F]/;
const bidi = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
const zeroWidth = /[\u00AD\u180E\u200B\u2060\uFEFF]/;

describe('safeText', () => {
	it.each(['a.txt', 'über 文件', '👩‍👩‍👧', 'שלום', 'سلام', 'می‌خواهم', ''])('returns %j as it is', text => {
		expect(safeText(text)).toBe(text);
	});

	it.each([
		['ESC', '\u001B[31m', '␛[31m'],
		['NUL', '\0', '␀'],
		['BEL', '\u0007', '␇'],
		['CR and newline', '\r\n', '␍␊'],
		['tab', '\t', '␉'],
		['DEL', '\u007F', '␡'],
		['the C1 control sequence introducer', '\u009B', '<U+009B>'],
		['a right-to-left override', 'exe.\u202Etxt', 'exe.<U+202E>txt'],
		['a bidi isolate', '\u2066', '<U+2066>'],
		['a zero-width space', 'a\u200Bb', 'a<U+200B>b'],
		['a byte order mark', '\uFEFFa', '<U+FEFF>a'],
		['a tag character', '\u{E0041}', '<U+E0041>'],
		['a lone surrogate', 'a\uD800b', 'a<U+D800>b'],
	])('makes %s visible', (_, text, expected) => {
		expect(safeText(text)).toBe(expected);
	});

	it('lets no control, bidi or zero-width character through, whatever comes', () => {
		fc.assert(
			fc.property(fc.string({unit: 'binary'}), text => {
				const safe = safeText(text);
				expect(safe).not.toMatch(control);
				expect(safe).not.toMatch(bidi);
				expect(safe).not.toMatch(zeroWidth);
				expect(safe.isWellFormed()).toBe(true);
				expect(safeText(safe)).toBe(safe);
			}),
			{numRuns: 1000},
		);
	});
});
