import {performance} from 'node:perf_hooks';
import {pieceBytesOf} from '../protocol/merkle.js';
import type {BodySink} from './peer-connection.js';
import {slotBytes, type PieceFile, type PieceStore} from './piece-store.js';

/** What the socket is given to read into at once: small enough to be hashed while it is in the cache. */
const readBytes = 128 * 1024;

/** Bytes that are older than this are verified as soon as their piece is whole: others wait for it. */
const maxAgeMs = 5;

export type SpanSinkOptions = {
	store: PieceStore;
	file: PieceFile;
	/** The request's number at the file. */
	request: number;
	/** The first byte of the file that comes; a piece begins there. */
	start: number;
	length: number;
	/** Bytes of the whole file. */
	size: number;
};

/** Takes the bytes of some neighbouring pieces in, a slot at a time, and hands them to be verified and written. */
export class SpanSink implements BodySink {
	readonly #options: SpanSinkOptions;
	readonly #pieceBytes: number;
	readonly #end: number;
	#slot: number | undefined;
	/** Bytes in the slot, and where the first of them belongs. */
	#filled = 0;
	#position: number;
	#sinceMs = 0;

	constructor(options: SpanSinkOptions) {
		this.#options = options;
		this.#pieceBytes = pieceBytesOf(options.size);
		this.#position = options.start;
		this.#end = options.start + options.length;
	}

	space(): Uint8Array | undefined {
		if (this.#slot === undefined) {
			this.#slot = this.#options.store.takeSlot();
			if (this.#slot === undefined) {
				return undefined;
			}

			this.#sinceMs = performance.now();
		}

		const at = this.#position + this.#filled;
		const left = this.#isOld ? this.#pieceBytes - (at % this.#pieceBytes) : this.#end - at;
		const to = Math.min(slotBytes, this.#filled + Math.min(readBytes, left));
		return this.#options.store.view(this.#slot, this.#filled, to);
	}

	filled(bytes: number): void {
		this.#filled += bytes;
		const at = this.#position + this.#filled;
		const isPieceEnd = at % this.#pieceBytes === 0 || at === this.#end;
		if (this.#filled === slotBytes || at === this.#end || (isPieceEnd && this.#isOld)) {
			this.#hand();
		}
	}

	onSpace(callback: () => void): void {
		this.#options.store.onFree(callback);
	}

	/** No more comes: whole pieces count, what there is of another is of no use. */
	close(): void {
		if (this.#slot !== undefined) {
			const at = this.#position + this.#filled;
			this.#filled -= at % this.#pieceBytes;
			if (this.#filled > 0) {
				this.#hand();
			} else {
				this.#options.store.giveSlot(this.#slot);
				this.#slot = undefined;
			}
		}

		this.#options.file.drop(this.#options.request);
	}

	get #isOld(): boolean {
		return performance.now() - this.#sinceMs > maxAgeMs;
	}

	#hand(): void {
		const {file, request} = this.#options;
		file.write(request, this.#slot!, this.#position, this.#filled);
		this.#position += this.#filled;
		this.#filled = 0;
		this.#slot = undefined;
	}
}
