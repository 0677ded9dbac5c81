import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Picker} from '../../source/peer/picker.js';
import {fromTheStart, seededRandom} from './seeded-random.js';

type Operation =
	| {type: 'source'; key: string; isComplete: boolean}
	| {type: 'pieces'; key: string; pieces: number[]}
	| {type: 'pick'; key: string; maxCount: number}
	| {type: 'again'; key: string; isWorth: boolean}
	| {type: 'release'; key: string; piece: number}
	| {type: 'verified'; piece: number}
	| {type: 'leave'; key: string}
	| {type: 'share'; index: number; of: number};

const key = fc.constantFrom('a', 'b', 'c', 'd');
const piece = fc.nat(23);

const operation: fc.Arbitrary<Operation> = fc.oneof(
	{weight: 2, arbitrary: fc.record({type: fc.constant('source' as const), key, isComplete: fc.boolean()})},
	{
		weight: 3,
		arbitrary: fc.record({
			type: fc.constant('pieces' as const),
			key,
			pieces: fc.array(fc.integer({min: -1, max: 25}), {maxLength: 24}),
		}),
	},
	{weight: 8, arbitrary: fc.record({type: fc.constant('pick' as const), key, maxCount: fc.integer({min: 1, max: 9})})},
	{weight: 3, arbitrary: fc.record({type: fc.constant('again' as const), key, isWorth: fc.boolean()})},
	{weight: 2, arbitrary: fc.record({type: fc.constant('release' as const), key, piece})},
	{weight: 5, arbitrary: fc.record({type: fc.constant('verified' as const), piece})},
	{weight: 1, arbitrary: fc.record({type: fc.constant('leave' as const), key})},
	{
		weight: 1,
		arbitrary: fc
			.tuple(fc.nat(3), fc.nat(3))
			.map(([a, b]) => ({type: 'share' as const, index: Math.min(a, b), of: Math.max(a, b)})),
	},
);

/** What a picker should know, kept in the plainest way. */
class Model {
	readonly good: Set<number>;
	readonly sources = new Map<string, {have: Set<number>; asked: Set<number>; isComplete: boolean}>();
	share = {index: 0, of: 1};
	picked = 0;

	constructor(
		readonly count: number,
		good: number[],
	) {
		this.good = new Set(good.filter(piece => piece < count));
	}

	get all(): number[] {
		return Array.from({length: this.count}, (_, piece) => piece);
	}

	askersOf(piece: number): string[] {
		return [...this.sources].filter(([, {asked}]) => asked.has(piece)).map(([key]) => key);
	}

	/** Missing pieces that nobody is asked for. */
	get free(): number[] {
		return this.all.filter(piece => !this.good.has(piece) && this.askersOf(piece).length === 0);
	}

	get isEndgame(): boolean {
		return this.free.length === 0 && this.good.size < this.count;
	}

	/** How many have a piece, of those who have not all of them. */
	holders(piece: number): number {
		return [...this.sources.values()].filter(({have}) => have.size < this.count && have.has(piece)).length;
	}

	isOurs(piece: number): boolean {
		const {index, of} = this.share;
		return Math.floor(piece / 4) % Math.max(1, of) === index;
	}

	/** What goes first of what a source could be asked. */
	firstOf(key: string): number[] {
		const candidates = this.free.filter(piece => this.sources.get(key)?.have.has(piece));
		if ([...this.sources.values()].every(({have}) => have.size === this.count) && this.share.of <= 1) {
			return candidates.slice(0, 1);
		}

		const rank = (piece: number) => (this.picked < 4 ? 0 : this.holders(piece)) * 2 + (this.isOurs(piece) ? 0 : 1);
		const least = Math.min(...candidates.map(each => rank(each)));
		return candidates.filter(each => rank(each) === least);
	}
}

/** Do the same to both, and look whether they agree. */
// eslint-disable-next-line complexity -- One case for each operation.
function step(picker: Picker, model: Model, operation: Operation): void {
	switch (operation.type) {
		case 'source': {
			const {key, isComplete} = operation;
			if (!model.sources.has(key)) {
				picker.addSource(key, isComplete);
				model.sources.set(key, {have: new Set(isComplete ? model.all : []), asked: new Set(), isComplete});
			}

			break;
		}

		case 'pieces': {
			picker.addPieces(operation.key, operation.pieces);
			for (const piece of operation.pieces) {
				if (piece >= 0 && piece < model.count) {
					model.sources.get(operation.key)?.have.add(piece);
				}
			}

			break;
		}

		case 'pick': {
			const {key, maxCount} = operation;
			const first = model.firstOf(key);
			const free = new Set(model.free);
			const run = picker.pick(key, maxCount);
			expect(run === undefined).toBe(first.length === 0);
			if (run) {
				expect(first).toContain(run.first);
				expect(run.count).toBeGreaterThanOrEqual(1);
				expect(run.count).toBeLessThanOrEqual(maxCount);
				const source = model.sources.get(key)!;
				for (let piece = run.first; piece < run.first + run.count; piece++) {
					expect(source.have.has(piece)).toBe(true);
					expect(free.has(piece)).toBe(true);
					source.asked.add(piece);
				}

				model.picked += run.count;
			}

			break;
		}

		case 'again': {
			const {key, isWorth} = operation;
			const source = model.sources.get(key);
			const candidates = model.all.filter(
				piece => source?.have.has(piece) && !source.asked.has(piece) && model.askersOf(piece).length === 1,
			);
			const isPossible = model.isEndgame && candidates.length > 0;
			const piece = picker.pickAgain(key, askers => {
				expect(askers).toHaveLength(1);
				expect(askers).not.toContain(key);
				expect(isPossible).toBe(true);
				return isWorth;
			});
			expect(piece !== undefined).toBe(isPossible && isWorth);
			if (piece !== undefined) {
				expect(candidates).toContain(piece);
				source!.asked.add(piece);
			}

			break;
		}

		case 'release': {
			picker.release(operation.key, operation.piece);
			model.sources.get(operation.key)?.asked.delete(operation.piece);
			break;
		}

		case 'verified': {
			const {piece} = operation;
			if (piece < model.count) {
				const others = picker.verified(piece);
				expect(others.toSorted()).toEqual(model.askersOf(piece).toSorted());
				model.good.add(piece);
				for (const {asked} of model.sources.values()) {
					asked.delete(piece);
				}
			}

			break;
		}

		case 'leave': {
			picker.removeSource(operation.key);
			model.sources.delete(operation.key);
			break;
		}

		case 'share': {
			picker.setShare(operation.index, operation.of);
			model.share = operation;
		}
	}
}

function agree(picker: Picker, model: Model): void {
	const {all, sources, good} = model;
	const keys = ['a', 'b', 'c', 'd'];
	const askers = all.map(piece => model.askersOf(piece).length);
	// What is here is asked of nobody, and what is missing of two at most.
	expect(all.filter(piece => askers[piece]! > (good.has(piece) ? 0 : 2))).toEqual([]);
	expect({
		good: [...picker.good],
		isDone: picker.isDone,
		isEndgame: picker.isEndgame,
		asked: all.filter(piece => picker.isAskedOfAny(piece)),
		offered: all.filter(piece => picker.isOffered(piece)),
		interesting: keys.filter(each => picker.isInteresting(each)),
		askedOf: keys.map(each => [...picker.asked(each)].toSorted((a, b) => a - b)),
		isAskedOf: keys.map(each => all.filter(piece => picker.isAsked(each, piece))),
		have: keys.map(each => all.filter(piece => picker.hasPiece(each, piece))),
	}).toEqual({
		good: all.filter(piece => good.has(piece)),
		isDone: good.size === model.count,
		isEndgame: model.isEndgame,
		asked: all.filter(piece => askers[piece]! > 0),
		offered: all.filter(piece => [...sources.values()].some(({have}) => have.has(piece))),
		interesting: keys.filter(each => all.some(piece => sources.get(each)?.have.has(piece) && !good.has(piece))),
		askedOf: keys.map(each => all.filter(piece => sources.get(each)?.asked.has(piece))),
		isAskedOf: keys.map(each => all.filter(piece => sources.get(each)?.asked.has(piece))),
		have: keys.map(each => all.filter(piece => sources.get(each)?.have.has(piece))),
	});
}

/** Take pieces one at a time, each verified before the next, until there are no more. */
function takeAll(picker: Picker, key: string): number[] {
	const taken: number[] = [];
	for (;;) {
		const run = picker.pick(key, 1);
		if (!run) {
			return taken;
		}

		taken.push(run.first);
		picker.verified(run.first);
	}
}

const range = (start: number, end: number) => Array.from({length: end - start}, (_, index) => start + index);

describe('a picker', () => {
	it('agrees with a plain model, whatever happens', () => {
		fc.assert(
			fc.property(
				fc.integer({min: 1, max: 24}),
				fc.array(piece, {maxLength: 6}),
				fc.integer(),
				fc.array(operation, {maxLength: 80}),
				(count, good, seed, operations) => {
					const picker = new Picker({
						count,
						good: good.filter(piece => piece < count),
						random: fromTheStart(seededRandom(seed)),
					});
					const model = new Model(count, good);
					agree(picker, model);
					for (const each of operations) {
						step(picker, model, each);
						agree(picker, model);
					}
				},
			),
			{numRuns: 1000},
		);
	});

	it('asks for every piece once, whoever is asked, as long as nobody fails', () => {
		fc.assert(
			fc.property(
				fc.integer({min: 1, max: 200}),
				fc.integer(),
				fc.infiniteStream(fc.tuple(key, fc.integer({min: 1, max: 20}))),
				(count, seed, turns) => {
					const picker = new Picker({count, random: fromTheStart(seededRandom(seed))});
					for (const each of ['a', 'b', 'c', 'd']) {
						picker.addSource(each, each < 'c');
						picker.addPieces(each, range(0, each === 'c' ? count : Math.floor(count / 2)));
					}

					const asked: number[] = [];
					for (const [each, maxCount] of turns) {
						if (asked.length >= count) {
							break;
						}

						const run = picker.pick(each, maxCount);
						asked.push(...(run ? range(run.first, run.first + run.count) : []));
					}

					expect(asked.toSorted((a, b) => a - b)).toEqual(range(0, count));
					expect(picker.isEndgame).toBe(true);
				},
			),
		);
	});

	it('goes through a file in order, in long runs, where all have all of it and nobody else fetches', () => {
		const picker = new Picker({count: 100, good: [20], random: fromTheStart(seededRandom(1))});
		picker.addSource('a', true);
		picker.addSource('b', true);
		expect(picker.pick('a', 16)).toEqual({first: 0, count: 16});
		expect(picker.pick('b', 16)).toEqual({first: 16, count: 4});
		expect(picker.pick('b', 16)).toEqual({first: 21, count: 16});
		expect(picker.pick('a', 100)).toEqual({first: 37, count: 63});
		expect(picker.pick('a', 1)).toBeUndefined();
	});

	it('takes the rarest first, after a few at random', () => {
		for (let seed = 0; seed < 50; seed++) {
			const picker = new Picker({count: 40, random: fromTheStart(seededRandom(seed))});
			picker.addSource('all', true);
			// Of the first ten, one has a copy; of the next ten, two; and so on; the last ten are with the seeder alone.
			for (const [index, each] of ['a', 'b', 'c'].entries()) {
				picker.addSource(each, false);
				picker.addPieces(each, range(10 * index, 30));
			}

			const holders = takeAll(picker, 'all').map(piece => (piece < 30 ? Math.floor(piece / 10) + 1 : 0));
			const later = holders.slice(4);
			expect(later).toEqual(later.toSorted((a, b) => a - b));
		}
	});

	it('takes its first pieces from anywhere', () => {
		const firsts = new Set<number>();
		for (let seed = 0; seed < 200; seed++) {
			const picker = new Picker({count: 10, random: fromTheStart(seededRandom(seed))});
			picker.addSource('all', true);
			picker.addSource('a', false);
			picker.addPieces('a', range(0, 5));
			firsts.add(picker.pick('all', 1)!.first);
		}

		expect(firsts.size).toBe(10);
	});

	it('gives each of the equally rare the same chance', () => {
		const counts = new Map<number, number>();
		for (let seed = 0; seed < 4000; seed++) {
			const picker = new Picker({count: 12, good: range(0, 4), random: fromTheStart(seededRandom(seed))});
			picker.addSource('a', false);
			picker.addSource('b', false);
			picker.addPieces('b', [0]);
			picker.addPieces('a', range(0, 12));
			const {first} = picker.pick('a', 1)!;
			counts.set(first, (counts.get(first) ?? 0) + 1);
		}

		expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual(range(4, 12));
		for (const count of counts.values()) {
			expect(count).toBeGreaterThan(350);
			expect(count).toBeLessThan(650);
		}
	});

	it.each([0, 1, 2])('takes its own share first among the equally rare, as number %i of 3', index => {
		for (let seed = 0; seed < 20; seed++) {
			const picker = new Picker({count: 60, random: fromTheStart(seededRandom(seed))});
			picker.setShare(index, 3);
			picker.addSource('all', true);
			const isOurs = takeAll(picker, 'all').map(piece => Math.floor(piece / 4) % 3 === index);
			expect(isOurs.slice(0, 20)).toEqual(range(0, 20).map(() => true));
		}
	});

	it('prefers what is rarer to its own share', () => {
		const picker = new Picker({count: 24, random: fromTheStart(seededRandom(1))});
		picker.setShare(0, 2);
		picker.addSource('all', true);
		picker.addSource('a', false);
		// Nobody has the last four, which are the other's share.
		picker.addPieces('a', range(0, 20));
		const later = takeAll(picker, 'all').slice(4);
		const rare = later.filter(piece => piece >= 20);
		expect(later.slice(0, rare.length)).toEqual(rare);
	});

	it('takes all there is once those with whom it shared are gone', () => {
		const picker = new Picker({count: 12, random: fromTheStart(seededRandom(1))});
		picker.setShare(1, 3);
		picker.addSource('all', true);
		const {first, count} = picker.pick('all', 12)!;
		expect([first >= 4, first + count]).toEqual([true, 8]);
		picker.setShare(0, 1);
		expect(picker.pick('all', 12)).toEqual({first: 0, count: first});
		expect(picker.pick('all', 12)).toEqual({first: 8, count: 4});
	});

	it('asks a second source only when nothing is left that nobody is asked for', () => {
		const picker = new Picker({count: 3, random: fromTheStart(seededRandom(1))});
		picker.addSource('a', true);
		picker.addSource('b', true);
		expect(picker.pick('a', 2)).toEqual({first: 0, count: 2});
		expect(picker.pickAgain('b', () => true)).toBeUndefined();
		expect(picker.pick('b', 2)).toEqual({first: 2, count: 1});
		expect(picker.pickAgain('b', askers => askers[0] === 'b')).toBeUndefined();
		expect(picker.pickAgain('b', askers => askers[0] === 'a')).toBe(1);
		expect(picker.pickAgain('b', () => true)).toBe(0);
		expect(picker.pickAgain('b', () => true)).toBeUndefined();
		expect(picker.verified(0)).toEqual(['a', 'b']);
		expect(picker.verified(0)).toEqual([]);
	});

	it('frees what was asked of who has gone, but for what another is asked for, too', () => {
		const picker = new Picker({count: 2, random: fromTheStart(seededRandom(1))});
		picker.addSource('a', true);
		picker.addSource('b', true);
		picker.pick('a', 2);
		picker.pickAgain('b', () => true);
		picker.removeSource('a');
		expect(picker.isAskedOfAny(1)).toBe(true);
		expect(picker.isAskedOfAny(0)).toBe(false);
		expect(picker.pick('b', 2)).toEqual({first: 0, count: 1});
	});

	it('is done at once with all pieces here', () => {
		const picker = new Picker({count: 3, good: [0, 1, 2, 1]});
		picker.addSource('a', true);
		expect(picker.isDone).toBe(true);
		expect(picker.isEndgame).toBe(false);
		expect(picker.pick('a', 1)).toBeUndefined();
		expect(picker.pickAgain('a', () => true)).toBeUndefined();
	});

	it('knows nothing of who is not there', () => {
		const picker = new Picker({count: 3});
		picker.addPieces('x', [1]);
		picker.removeSource('x');
		picker.release('x', 1);
		expect(picker.pick('x', 1)).toBeUndefined();
		expect(picker.pickAgain('x', () => true)).toBeUndefined();
		expect(picker.isInteresting('x')).toBe(false);
		expect(picker.isOffered(1)).toBe(false);
	});
});
