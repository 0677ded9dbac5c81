import {ProtocolError} from './errors.js';
import {quoted} from './safe-text.js';

/** What a stream of lines about pieces is called. */
export const piecesType = 'application/x-ndjson';

/** Pieces `first` to `first + count - 1`. */
export type Run = {first: number; count: number};

/** Which pieces of a file somebody has. On the wire it is text that a person can read: `0-511,600`. */
export class PieceSet {
	readonly #has: Uint8Array;
	#size = 0;

	/** @param count - Pieces of the whole file. */
	constructor(readonly count: number) {
		this.#has = new Uint8Array(count);
	}

	/** How many are in it. */
	get size(): number {
		return this.#size;
	}

	get isComplete(): boolean {
		return this.#size === this.count;
	}

	has(piece: number): boolean {
		return this.#has[piece] === 1;
	}

	/** @returns Whether it was not in it. */
	add(piece: number): boolean {
		if (piece < 0 || piece >= this.count || this.#has[piece] === 1) {
			return false;
		}

		this.#has[piece] = 1;
		this.#size++;
		return true;
	}

	addAll(): void {
		this.#has.fill(1);
		this.#size = this.count;
	}

	hasRun({first, count}: Run): boolean {
		for (let piece = first; piece < first + count; piece++) {
			if (!this.has(piece)) {
				return false;
			}
		}

		return true;
	}

	/** The pieces that are in it, in order. */
	*[Symbol.iterator](): Generator<number, void> {
		for (let piece = 0; piece < this.count; piece++) {
			if (this.has(piece)) {
				yield piece;
			}
		}
	}
}

/**
Write pieces as text: single ones and spans, `0-511,600`.

@param pieces - In ascending order.
*/
export function encodePieces(pieces: Iterable<number>): string {
	const spans: string[] = [];
	let first = -1;
	let last = -1;
	const close = () => {
		if (first >= 0) {
			spans.push(first === last ? String(first) : `${first}-${last}`);
		}
	};

	for (const piece of pieces) {
		if (first < 0 || piece !== last + 1) {
			close();
			first = piece;
		}

		last = piece;
	}

	close();
	return spans.join(',');
}

const span = /^(?<first>\d{1,9})(?:-(?<last>\d{1,9}))?$/;

/**
Read pieces that somebody says to have.

@param count - Pieces of the file: others are not believed.
@throws {ProtocolError} On text that is no list of pieces of this file.
*/
export function* decodePieces(text: string, count: number): Generator<number, void> {
	if (text === '') {
		return;
	}

	for (const part of text.split(',')) {
		const groups = span.exec(part)?.groups;
		const first = Number(groups?.first ?? Number.NaN);
		const last = Number(groups?.last ?? first);
		if (!(first <= last && last < count)) {
			throw new ProtocolError(`Expected pieces of a file of ${count}, got ${quoted(part)}`);
		}

		for (let piece = first; piece <= last; piece++) {
			yield piece;
		}
	}
}
