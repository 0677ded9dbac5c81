import {describe, expect, it} from 'vitest';
import {progressBar, sparkline} from '../../source/ui/bar.js';
import {formatAge, formatEta, formatRate, formatSize, percentOf} from '../../source/ui/format.js';
import {cut, fit, widthOf} from '../../source/ui/text.js';

describe('figures', () => {
	it.each([
		[0, '0 B'],
		[999, '999 B'],
		[1234, '1.2 kB'],
		[1_300_000_000, '1.3 GB'],
		[undefined, '?'],
	])('size %s is %s', (bytes, text) => {
		expect(formatSize(bytes)).toBe(text);
	});

	it.each([
		[0, 'now'],
		[-500, 'now'],
		[59, 'now'],
		[60, '1 min'],
		[7200, '2 h'],
		[3 * 86_400, '3 d'],
		[400 * 86_400, '1 y'],
		[1e14, '999 y'],
	])('an age of %s seconds is %s', (seconds, text) => {
		expect(formatAge(1_700_000_000 - seconds, 1_700_000_000_000)).toBe(text);
	});

	it.each([
		[18, 1, '0:18'],
		[3723, 1, '1:02:03'],
		[1, 0, ''],
		[0, 0, ''],
		[1e12, 1, ''],
	])('%s bytes at %s a second take %s', (bytes, rate, text) => {
		expect(formatEta(bytes, rate)).toBe(text);
	});

	it.each([
		[0, 0, 100],
		[0, 10, 0],
		[999, 1000, 99],
		[1000, 1000, 100],
		[5, undefined, 0],
	])('%s of %s bytes are %s percent', (bytes, size, percent) => {
		expect(percentOf(bytes, size)).toBe(percent);
	});

	it('never need more room than their columns have', () => {
		for (let exponent = 0; exponent < 15; exponent++) {
			for (const bytes of [10 ** exponent, 10 ** exponent - 1, 1.26 * 10 ** exponent]) {
				expect(formatRate(bytes).length).toBeLessThanOrEqual(10);
			}
		}
	});
});

describe('bars', () => {
	it.each([0, 0.001, 0.33, 0.5, 0.999, 1, 7, -1])('of %s keep their width', fraction => {
		const {full, empty} = progressBar(fraction, 20);
		expect(widthOf(full + empty)).toBe(20);
	});

	it('are full when it is done and empty before it begins', () => {
		expect(progressBar(1, 4)).toEqual({full: '████', empty: ''});
		expect(progressBar(0, 4)).toEqual({full: '', empty: '░░░░'});
		expect(progressBar(0.4375, 4).full).toBe('█▊');
	});

	it('show the last rates, the highest one full', () => {
		expect(sparkline([0, 5, 10], 5)).toBe('▁▁▁▄█');
		expect(sparkline([], 3)).toBe('▁▁▁');
	});
});

describe('text', () => {
	it.each(['', 'a', 'lectures/week 7 sockets.mp4', '日本語の長いファイル名.txt', 'e\u0301te\u0301', '👩‍👩‍👧 family.png'])(
		'%s fits any width exactly',
		text => {
			for (let width = 0; width < 40; width++) {
				expect(widthOf(fit(text, width))).toBe(width);
				expect(widthOf(fit(text, width, 'right'))).toBe(width);
				expect(widthOf(cut(text, width))).toBeLessThanOrEqual(width);
			}
		},
	);

	it.each([6, 7, 8, 10, 12])('keeps what it can of wide characters in %i columns', width => {
		expect(widthOf(fit('漢字ピアの名前です', width).trimEnd())).toBeGreaterThanOrEqual(width - 2);
		expect(widthOf(cut('漢字ピアの名前です', width))).toBeGreaterThanOrEqual(width - 2);
	});

	it('gives way in the middle, so that the ending stays', () => {
		expect(fit('lectures/week 7 sockets.mp4', 16)).toMatch(/^lectures…\S* ?\S*\.mp4\s*$|^lecture.*…kets\.mp4$/);
	});
});
