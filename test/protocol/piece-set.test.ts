import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {ProtocolError} from '../../source/protocol/errors.js';
import {decodePieces, encodePieces, PieceSet} from '../../source/protocol/piece-set.js';

const ascending = (count: number) => fc.uniqueArray(fc.nat(count - 1)).map(pieces => pieces.toSorted((a, b) => a - b));

describe('a piece set', () => {
	it('holds what a set of numbers would hold', () => {
		const operation = fc.oneof(
			{weight: 9, arbitrary: fc.integer({min: -3, max: 45})},
			{weight: 1, arbitrary: fc.constant('all' as const)},
		);
		fc.assert(
			fc.property(fc.integer({min: 1, max: 40}), fc.array(operation, {maxLength: 80}), (count, operations) => {
				const pieces = new PieceSet(count);
				const model = new Set<number>();
				for (const piece of operations) {
					if (piece === 'all') {
						pieces.addAll();
						for (let each = 0; each < count; each++) {
							model.add(each);
						}
					} else {
						const isNew = piece >= 0 && piece < count && !model.has(piece);
						expect(pieces.add(piece)).toBe(isNew);
						if (isNew) {
							model.add(piece);
						}
					}

					expect(pieces.size).toBe(model.size);
					expect(pieces.isComplete).toBe(model.size === count);
				}

				expect([...pieces]).toEqual([...model].toSorted((a, b) => a - b));
				for (let piece = -2; piece < count + 2; piece++) {
					expect(pieces.has(piece)).toBe(model.has(piece));
				}
			}),
		);
	});

	test.each([
		[{first: 1, count: 3}, true],
		[{first: 0, count: 3}, false],
		[{first: 3, count: 2}, false],
		[{first: 1, count: 1}, true],
		[{first: 7, count: 1}, true],
		[{first: 7, count: 2}, false],
		[{first: -1, count: 1}, false],
		[{first: 100, count: 1}, false],
		[{first: 5, count: 0}, true],
	])('has the run %o: %s', (run, isThere) => {
		const pieces = new PieceSet(8);
		for (const piece of [1, 2, 3, 7]) {
			pieces.add(piece);
		}

		expect(pieces.hasRun(run)).toBe(isThere);
	});
});

describe('pieces as text', () => {
	it.each([
		[[], ''],
		[[0], '0'],
		[[0, 1], '0-1'],
		[[1, 3, 5], '1,3,5'],
		[[0, 1, 2, 5, 8, 9], '0-2,5,8-9'],
		[[1999], '1999'],
	])('of %j are %j', (pieces, text) => {
		expect(encodePieces(pieces)).toBe(text);
		expect([...decodePieces(text, 2000)]).toEqual(pieces);
	});

	it('come back as they were, and in the shortest spans', () => {
		fc.assert(
			fc.property(ascending(2000), pieces => {
				const text = encodePieces(pieces);
				expect([...decodePieces(text, 2000)]).toEqual(pieces);
				const gaps = pieces.filter((piece, index) => index > 0 && piece !== pieces[index - 1]! + 1).length;
				expect(text === '' ? 0 : text.split(',').length).toBe(pieces.length === 0 ? 0 : gaps + 1);
			}),
		);
	});

	it.each([
		['a piece behind the last', '10'],
		['a span that ends behind the last', '0-10'],
		['a span of four thousand million', '0-4294967295'],
		['a span turned round', '5-4'],
		['a negative piece', '-1'],
		['a span without an end', '3-'],
		['a span without a beginning', '-3'],
		['two ends', '1-2-3'],
		['an empty part', '1,,2'],
		['an empty first part', ',1'],
		['an empty last part', '1,'],
		['a space', '1, 2'],
		['a newline', '1\n'],
		['a sign', '+1'],
		['a hexadecimal number', '0x1'],
		['a power', '1e0'],
		['a fraction', '1.5'],
		['other digits', '\u0661'],
		['a number too long for any file', '0'.repeat(10)],
		['a word', 'NaN'],
		['a NUL', '1\0'],
	])('are refused with %s', (_, text) => {
		expect(() => [...decodePieces(text, 10)]).toThrow(ProtocolError);
	});

	it('never name a piece that the file has not, whatever is sent', () => {
		const hostile = fc.oneof(fc.string(), fc.stringMatching(/^[\d,-]{0,20}$/));
		fc.assert(
			fc.property(hostile, fc.integer({min: 1, max: 30}), (text, count) => {
				let pieces: number[] = [];
				try {
					pieces = [...decodePieces(text, count)];
				} catch (error) {
					expect(error).toBeInstanceOf(ProtocolError);
				}

				for (const piece of pieces) {
					expect(Number.isInteger(piece) && piece >= 0 && piece < count).toBe(true);
				}
			}),
		);
	});

	it('may name a piece twice, which changes nothing', () => {
		const pieces = new PieceSet(10);
		for (const piece of decodePieces('1-3,2,1-3', 10)) {
			pieces.add(piece);
		}

		expect(pieces.size).toBe(3);
	});
});
