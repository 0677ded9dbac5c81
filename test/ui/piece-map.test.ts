import {describe, expect, it} from 'vitest';
import {legend, pieceMapRows} from '../../source/ui/piece-map.js';
import {widthOf} from '../../source/ui/text.js';

const textOf = (segments: Array<{text: string}>) => segments.map(({text}) => text).join('');

const mapOf = (pieces: string, width: number, maxRows: number) =>
	pieceMapRows(pieces, width, maxRows).map(row => textOf(row));

describe('the piece map', () => {
	it('has a character for each piece where there is room', () => {
		expect(mapOf('##>>..?.', 20, 3)).toEqual(['██>>··?·']);
		expect(mapOf('##>>..?.', 5, 3)).toEqual(['██>>·', '·?·']);
	});

	it('takes pieces together where there are more than fit, and fills the room', () => {
		expect(mapOf('####>>>>....', 3, 1)).toEqual(['█>·']);
		expect(mapOf('#'.repeat(5000), 40, 3)).toEqual(Array.from({length: 3}, () => '█'.repeat(40)));
		expect(mapOf('.'.repeat(81), 40, 2)).toEqual(['·'.repeat(40), '·'.repeat(40)]);
	});

	it('shows how much of a group is here, and full only when all is', () => {
		const group = (here: number) => '#'.repeat(here) + '.'.repeat(8 - here);
		const all = Array.from({length: 9}, (_, here) => group(here)).join('');
		expect(mapOf(all, 9, 1)).toEqual(['·▁▂▃▄▅▆▇█']);
	});

	it('says where nobody has what is missing, whatever else is there', () => {
		expect(mapOf('##?#', 1, 1)).toEqual(['?']);
		expect(mapOf('>..?', 1, 1)).toEqual(['?']);
		expect(mapOf('#>..', 1, 1)).toEqual(['▂']);
		expect(mapOf('.>..', 1, 1)).toEqual(['>']);
	});

	it.each([
		[1, 1],
		[37, 1],
		[76, 5],
		[196, 20],
	])('never leaves %i columns and %i rows', (width, maxRows) => {
		for (const count of [1, 2, 36, 37, 38, 75, 76, 77, 380, 1465, 6400]) {
			const rows = mapOf('#.>?'.repeat(count).slice(0, count), width, maxRows);
			expect(rows.length).toBeLessThanOrEqual(maxRows);
			expect(rows.slice(0, -1).every(row => widthOf(row) === width)).toBe(true);
			expect(widthOf(rows.at(-1)!)).toBeLessThanOrEqual(width);
		}
	});

	it('has a legend that fits', () => {
		expect(textOf(legend(76))).toBe('█ here   ▄ part   > asked   · offered   ? nobody');
		expect(textOf(legend(36))).toBe('█here ▄part >asked ·offered ?nobody');
	});
});
