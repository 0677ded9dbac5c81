import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import type {WireRow} from '../../source/state/state.js';
import {formatMilliseconds, formatSeconds} from '../../source/ui/format.js';
import {wireLine} from '../../source/ui/wire-line.js';
import {nowMs, wireMessage} from '../state/rows.js';

const row = (values: Partial<WireRow> = {}): WireRow => ({...wireMessage(), id: 1, ...values});

const text = (values: Partial<WireRow>, width: number) =>
	wireLine(row(values), width)
		.map(segment => segment.text)
		.join('');

const time = formatSeconds(nowMs);
const longTime = formatMilliseconds(nowMs);

const classic = {direction: 'in', party: '10.0.0.9:51022', kind: 'request', bytes: 14, plane: 'data'} as const;

describe('a line of the wire', () => {
	it.each([
		[75, `${longTime} → tracker      keep-alive      35 B  revision 142`],
		[57, `${time} → tracker     keep-alive      35 B  revision 142`],
		[45, `${time} → tracker         keep-alive    35 B`],
		[35, `${time} → tracker      keep-alive`],
	])('in %i columns has what there is room for', (width, expected) => {
		expect(text({}, width).trimEnd()).toBe(expected);
	});

	it.each([
		[115, `${longTime} ← 10.0.0.9:51022      request         14 B`],
		[55, `${time} ← 10.0.…51022 request         14 B`],
		[35, `${time} ← 10.0.0…51022 request`],
	])('in %i columns shortens a long party in its middle', (width, expected) => {
		expect(text({...classic, summary: ''}, width).trimEnd()).toBe(expected);
	});

	it.each([115, 75, 55, 35])('says in %i columns that a message is malformed, in a glyph and a word', width => {
		const broken = {kind: 'malformed', problem: 'Expected a JSON object, got "GET /"', bytes: 96};
		expect(text(broken, width)).toContain('✗ malformed');
		expect(wireLine(row(broken), width).filter(({accent}) => accent === 'trouble').length).toBeGreaterThan(0);
		if (width >= 75) {
			expect(text(broken, width)).toContain('Expected a JSON object');
		}
	});

	it.each([
		['in', 115, 'bob → tracker'],
		['out', 115, 'tracker → bob'],
		['in', 55, 'bob → trk'],
		['out', 35, 'trk → bob'],
	] as const)(
		'says whose conversation it is that the tracker of this program has: %s, in %i columns',
		(way, width, expected) => {
			expect(text({end: 'tracker', party: 'bob', direction: way}, width)).toContain(expected);
		},
	);

	it('says how long nobody has watched', () => {
		expect(text({gapMs: 12_400}, 75)).toContain('┄┄ not watched for 12 s ┄┄');
		expect(text({gapMs: 3_600_000}, 35)).toContain('not watched for 60 min');
	});

	it('is exactly as wide as it may be, whatever its texts are', () => {
		const texts = ['', 'ソケット'.repeat(9), '👨‍👩‍👧‍👦'.repeat(9), 'x'.repeat(300), 'Z͑ͫ̓ͪ̂ͫ̽alg'];
		const ends = ['peer', 'tracker', 'echo'] as const;
		for (let width = 35; width < 200; width += 7) {
			for (const party of texts) {
				for (const end of ends) {
					const values = {party, end, kind: party, summary: party, bytes: 999_949};
					expect(stringWidth(text(values, width))).toBeLessThanOrEqual(width);
					expect(stringWidth(text({...values, problem: party}, width))).toBeLessThanOrEqual(width);
				}
			}

			expect(stringWidth(text({gapMs: 5000}, width))).toBeLessThanOrEqual(width);
		}
	});
});
