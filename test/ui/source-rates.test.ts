import {describe, expect, it} from 'vitest';
import {figureOf, sourceRates} from '../../source/ui/source-rates.js';
import {widthOf} from '../../source/ui/text.js';
import {rates} from '../state/rows.js';

describe('the rates of sources', () => {
	it.each([
		[22e6, 40.1e6, ' 22'],
		[6.3e6, 40.1e6, '6.3'],
		[9.97e6, 40.1e6, ' 10'],
		[400e3, 720e3, '400'],
		[20e3, 1.2e6, '0.0'],
		[300, 800, '300'],
		[0, 0, '  0'],
		[5e6, 900e3, '999'],
	])('%s of %s are shown as "%s"', (part, whole, figure) => {
		expect(figureOf(part, whole)).toBe(figure);
	});

	const three = rates(['bob', 22], ['carol', 12], ['dave', 6]);

	it.each([
		[34, 'bob  22 · carol  12 · dave 6.0'],
		[29, 'bob  22 · carol  12 +1'],
		[11, '3 sources'],
		[4, '3 s…'],
		[0, ''],
	])('in %i columns are %s', (width, text) => {
		expect(sourceRates(three, 40e6, width)).toBe(text);
	});

	it('of one source are its name', () => {
		expect(sourceRates(rates(['bob', 22]), 22e6, 20)).toBe('bob');
		expect(sourceRates([], 0, 20)).toBe('0 sources');
	});

	it('keep their width while they change', () => {
		const width = (...megabytes: number[]) =>
			widthOf(
				sourceRates(
					rates(...megabytes.map((each): [string, number] => ['bob', each])),
					megabytes.reduce((sum, each) => sum + each, 0) * 1e6,
					60,
				),
			);
		expect(new Set([width(0.001, 0.2), width(1, 9), width(9.96, 120), width(100, 700)]).size).toBe(1);
	});

	it('never take more room than there is, whatever the names', () => {
		const sources = rates(['漢字ピアの名前です漢字ピアの名前です', 1], ['👩‍👩‍👧'.repeat(9), 2], ['x'.repeat(64), 3]);
		for (let width = 0; width < 90; width++) {
			expect(widthOf(sourceRates(sources, 6e6, width))).toBeLessThanOrEqual(width);
		}
	});
});
