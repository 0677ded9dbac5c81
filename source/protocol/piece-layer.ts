import {Buffer} from 'node:buffer';
import {blockBytes, hashBlock, hashBytes, pieceBytesOf, pieceCountOf, pieceHashOf, rootOfLayer} from './merkle.js';

/** Works out the piece layer and the root of a file from its bytes as they come. */
export class PieceLayer {
	readonly #size: number;
	readonly #layer: Buffer;
	/** Hashes of the blocks of the piece that is being read. */
	readonly #blocks: Buffer;
	#pieces = 0;
	#blocksIn = 0;

	/** @param size - Of the file, in bytes: it decides how long a piece is. */
	constructor(size: number) {
		this.#size = size;
		this.#layer = Buffer.allocUnsafe(pieceCountOf(size) * hashBytes);
		const blocks = Math.max(1, Math.ceil(Math.min(pieceBytesOf(size), size) / blockBytes));
		this.#blocks = Buffer.allocUnsafe(blocks * hashBytes);
	}

	/** Take the next bytes, as many as the file has in all. @param bytes - Whole blocks, but for the end of the file. */
	update(bytes: Uint8Array): void {
		for (let start = 0; start < bytes.length; start += blockBytes) {
			this.#takeBlock(bytes.subarray(start, start + blockBytes));
		}
	}

	/** The file is at its end. */
	finish(): {root: string; layer: Buffer} {
		if (this.#size === 0) {
			this.#takeBlock(new Uint8Array(0));
		}

		if (this.#blocksIn > 0) {
			this.#endPiece();
		}

		return {root: rootOfLayer(this.#layer, this.#size), layer: this.#layer};
	}

	#takeBlock(block: Uint8Array): void {
		hashBlock(block, this.#blocks, this.#blocksIn * hashBytes);
		this.#blocksIn++;
		if (this.#blocksIn * hashBytes === this.#blocks.length) {
			this.#endPiece();
		}
	}

	#endPiece(): void {
		const blocks = this.#blocks.subarray(0, this.#blocksIn * hashBytes);
		pieceHashOf(blocks, this.#size).copy(this.#layer, this.#pieces * hashBytes);
		this.#pieces++;
		this.#blocksIn = 0;
	}
}
