import {PieceSet, type Run} from '../protocol/piece-set.js';

export type PickerOptions = {
	/** Pieces of the file. */
	count: number;
	/** Pieces that are here and verified already. */
	good?: Iterable<number>;
	/** From 0 up to, but not, 1. */
	random?: () => number;
};

type PickerSource = {
	have: PieceSet;
	/** Pieces asked of it that have neither come nor been given up. */
	asked: Set<number>;
};

/** Neighbouring pieces that one downloader is to fetch first from the seeders: several make one request. */
const shareRun = 4;

/** So many pieces are taken at random before the rarest go first: a newcomer soon has something that others want. */
const randomPieces = 4;

/**
Decides which pieces are asked of whom. Pure: knows sources by their keys and nothing of how bytes come.

A piece is asked of one source at a time, the rarest first, ties broken by chance; only when every missing piece is asked may one
be asked twice (the endgame). When several peers fetch the same file, each begins with its own share of the pieces, so that
the seeder sends each piece once and the peers pass them on (the aim of super-seeding, BEP 16, without a word between them).
*/
export class Picker {
	readonly good: PieceSet;
	readonly #random: () => number;
	readonly #sources = new Map<string, PickerSource>();
	/** How many sources are asked for a piece at this moment. */
	readonly #askers: Uint8Array;
	/** How many sources without the whole file have a piece: those with all of it make none rarer. */
	readonly #holders: Uint16Array;
	/** Pieces that another downloader has asked a whole holder for, and will soon have. */
	readonly #coming: Uint8Array;
	/** Missing pieces that nobody is asked for. */
	#free: number;
	#partialSources = 0;
	#share: {index: number; of: number} = {index: 0, of: 1};
	#picked = 0;
	/** How often something that was asked of somebody was free again. */
	#freed = 0;
	readonly #start: number;

	constructor({count, good = [], random = Math.random}: PickerOptions) {
		this.good = new PieceSet(count);
		this.#random = random;
		this.#askers = new Uint8Array(count);
		this.#holders = new Uint16Array(count);
		this.#coming = new Uint8Array(count);
		this.#free = count;
		this.#start = Math.floor(random() * count);
		for (const piece of good) {
			if (this.good.add(piece)) {
				this.#free--;
			}
		}
	}

	get isDone(): boolean {
		return this.good.isComplete;
	}

	/** Whether every missing piece is asked of somebody. */
	get isEndgame(): boolean {
		return this.#free === 0 && !this.isDone;
	}

	/** Grows with whatever may give a source something to be asked for that had nothing. */
	changesOf(key: string): number {
		return this.#freed + (this.#sources.get(key)?.have.size ?? 0);
	}

	/** This peer is number `index` of `of` that fetch the file at the same time. */
	setShare(index: number, of: number): void {
		this.#share = {index, of: Math.max(1, of)};
	}

	addSource(key: string, isComplete: boolean): void {
		const have = new PieceSet(this.good.count);
		if (isComplete) {
			have.addAll();
		} else {
			this.#partialSources++;
		}

		this.#sources.set(key, {have, asked: new Set()});
	}

	/** The source is gone: what was asked of it is free again. */
	removeSource(key: string): void {
		const source = this.#sources.get(key);
		if (!source) {
			return;
		}

		for (const piece of source.asked) {
			this.#unask(source, piece);
		}

		this.#sources.delete(key);
		if (!source.have.isComplete) {
			this.#partialSources--;
			for (const piece of source.have) {
				this.#holders[piece]!--;
			}
		}
	}

	/** A source has more pieces. */
	addPieces(key: string, pieces: Iterable<number>): void {
		const source = this.#sources.get(key);
		if (!source || source.have.isComplete) {
			return;
		}

		for (const piece of pieces) {
			if (source.have.add(piece)) {
				this.#holders[piece]!++;
			}
		}

		if (source.have.isComplete) {
			this.#partialSources--;
			for (const piece of source.have) {
				this.#holders[piece]!--;
			}
		}
	}

	/** Another downloader has asked a whole holder for these: the holder need not send them twice. */
	addComing(pieces: Iterable<number>): void {
		for (const piece of pieces) {
			this.#coming[piece] = 1;
		}
	}

	/** Pieces that are asked of a source and have not come. */
	asked(key: string): ReadonlySet<number> {
		return this.#sources.get(key)?.asked ?? new Set();
	}

	/** Whether a source is asked for a piece. */
	isAsked(key: string, piece: number): boolean {
		return this.#sources.get(key)?.asked.has(piece) ?? false;
	}

	/** Whether a source has a piece. */
	hasPiece(key: string, piece: number): boolean {
		return this.#sources.get(key)?.have.has(piece) ?? false;
	}

	/** Whether anybody is asked for a piece. */
	isAskedOfAny(piece: number): boolean {
		return this.#askers[piece]! > 0;
	}

	/** Whether only those who have the whole file have a piece. */
	isRarest(piece: number): boolean {
		return this.#holders[piece] === 0;
	}

	/** Whether any source that is known has a piece. */
	isOffered(piece: number): boolean {
		return [...this.#sources.values()].some(({have}) => have.has(piece));
	}

	/** Whether a source has anything that is missing here. */
	isInteresting(key: string): boolean {
		const have = this.#sources.get(key)?.have;
		if (!have) {
			return false;
		}

		for (let piece = 0; piece < this.good.count; piece++) {
			if (have.has(piece) && !this.good.has(piece)) {
				return true;
			}
		}

		return false;
	}

	/**
	The pieces to ask of a source next, marked as asked: neighbours, to be fetched by one request.

	@returns undefined when it has nothing that is missing and asked of nobody.
	*/
	pick(key: string, maxCount: number): Run | undefined {
		const source = this.#sources.get(key);
		if (!source || this.#free === 0) {
			return undefined;
		}

		const first = this.#partialSources === 0 && this.#share.of === 1 ? this.#firstFree(source) : this.#best(source);
		if (first === undefined) {
			return undefined;
		}

		const rank = this.#rankOf(first);
		let count = 1;
		while (count < maxCount && this.#isFree(source, first + count) && this.#rankOf(first + count) === rank) {
			count++;
		}

		for (let piece = first; piece < first + count; piece++) {
			this.#ask(source, piece);
		}

		this.#picked += count;
		return {first, count};
	}

	/**
	A piece that another source is asked for already, to be asked of this one, too; only when nothing is left that nobody is asked for.

	@param isWorth - Whether the others would take longer for it than this one.
	*/
	pickAgain(key: string, isWorth: (askers: string[]) => boolean): number | undefined {
		const source = this.#sources.get(key);
		if (!source || !this.isEndgame) {
			return undefined;
		}

		for (const [asker, {asked}] of this.#sources) {
			// What it was asked for last comes last: from there on the other one comes to meet it.
			const piece = [...asked].findLast(each => source.have.has(each) && this.#askers[each] === 1);
			if (asker !== key && piece !== undefined && isWorth([asker])) {
				this.#ask(source, piece);
				return piece;
			}
		}

		return undefined;
	}

	/** A piece does not come from this source. */
	release(key: string, piece: number): void {
		const source = this.#sources.get(key);
		if (source?.asked.has(piece)) {
			this.#unask(source, piece);
		}
	}

	/**
	A piece is here and verified.

	@returns The other sources that are asked for it and need not send it.
	*/
	verified(piece: number): string[] {
		if (this.good.has(piece)) {
			return [];
		}

		if (this.#askers[piece] === 0) {
			this.#free--;
		}

		this.good.add(piece);
		const others: string[] = [];
		for (const [key, source] of this.#sources) {
			if (source.asked.has(piece)) {
				this.#unask(source, piece);
				others.push(key);
			}
		}

		return others;
	}

	/** Lower goes first. */
	#rankOf(piece: number): number {
		const holders = this.#holders[piece]!;
		const rarity = this.#picked < randomPieces ? 0 : holders;
		const {index, of} = this.#share;
		const isOurs = Math.floor(piece / shareRun) % of === index;
		const isComing = holders === 0 && this.#coming[piece] === 1;
		return rarity * 4 + (isComing ? 2 : 0) + (isOurs ? 0 : 1);
	}

	#isFree({have}: PickerSource, piece: number): boolean {
		return piece < this.good.count && !this.good.has(piece) && this.#askers[piece] === 0 && have.has(piece);
	}

	/**
	Where nobody else is known to fetch the file, in order: few and long requests. From somewhere on, because others may have
	begun at the same moment.
	*/
	#firstFree(source: PickerSource): number | undefined {
		const {count} = this.good;
		for (let step = 0; step < count; step++) {
			const piece = (this.#start + step) % count;
			if (this.#isFree(source, piece)) {
				return piece;
			}
		}

		return undefined;
	}

	/** One of the pieces that go first, each with the same chance. */
	#best(source: PickerSource): number | undefined {
		let best: number | undefined;
		let bestRank = Infinity;
		let equals = 0;
		for (let piece = 0; piece < this.good.count; piece++) {
			if (!this.#isFree(source, piece)) {
				continue;
			}

			const rank = this.#rankOf(piece);
			if (rank < bestRank) {
				bestRank = rank;
				equals = 0;
			}

			if (rank === bestRank && this.#random() * ++equals < 1) {
				best = piece;
			}
		}

		return best;
	}

	#ask(source: PickerSource, piece: number): void {
		source.asked.add(piece);
		if (this.#askers[piece]!++ === 0) {
			this.#free--;
		}
	}

	#unask(source: PickerSource, piece: number): void {
		source.asked.delete(piece);
		if (--this.#askers[piece]! === 0 && !this.good.has(piece)) {
			this.#freed++;
			this.#free++;
		}
	}
}
