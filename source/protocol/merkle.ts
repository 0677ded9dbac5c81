import {Buffer} from 'node:buffer';
import {hash} from 'node:crypto';

/*
The content id of a file: the root of a Merkle tree of SHA-256 over its 16 KiB blocks, the `pieces root` of BitTorrent v2 (BEP 52).
A tree's leaves are filled up with zero hashes to a power of two; the last block is hashed as it is, short.
*/

/** Bytes of a block, whose hash is a leaf. */
export const blockBytes = 16 * 1024;

/** Bytes of a hash. */
export const hashBytes = 32;

/** BEP 52: pieces are powers of two from a block up; ours end at 16 MiB, so that a liar costs little. */
const maxPieceBytes = 16 * 1024 * 1024;

/** A file has fewer pieces than this, as long as the largest piece allows: who has what stays small to tell. */
const maxPieces = 2000;

export const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** Hash bytes into a buffer at an offset. A string takes half the time of a Buffer, which is an object with memory of its own. */
export function hashBlock(bytes: Uint8Array, into: Buffer, offset: number): void {
	into.write(hash('sha256', bytes, 'binary'), offset, 'latin1');
}

/** Bytes of each piece of a file but the last: the smallest power of two that makes fewer than 2,000 of them. */
export function pieceBytesOf(size: number): number {
	let pieceBytes = blockBytes;
	while (pieceBytes < maxPieceBytes && Math.ceil(size / pieceBytes) >= maxPieces) {
		pieceBytes *= 2;
	}

	return pieceBytes;
}

/** How many pieces a file has: one at least, which is empty for an empty file. */
export const pieceCountOf = (size: number): number => Math.max(1, Math.ceil(size / pieceBytesOf(size)));

/** Where a piece lies in its file. */
export function pieceSpan(size: number, piece: number): {start: number; length: number} {
	const pieceBytes = pieceBytesOf(size);
	const start = piece * pieceBytes;
	return {start, length: Math.min(pieceBytes, size - start)};
}

/** Padding at each height: a zero hash below, then the hash of two of those below. */
const paddings: Buffer[] = [Buffer.alloc(hashBytes)];

function paddingAt(height: number): Buffer {
	while (paddings.length <= height) {
		const below = paddings.at(-1)!;
		paddings.push(sha256(Buffer.concat([below, below])));
	}

	return paddings[height]!;
}

/**
The root of a tree.

@param layer - Hashes of one layer, one after the other; overwritten.
@param minWidth - How many hashes the layer has with its padding, at the least; a power of two.
@param height - The height of the layer, 0 for blocks: tells what padding looks like.
*/
function rootOf(layer: Buffer, minWidth: number, height: number): Buffer {
	let count = layer.length / hashBytes;
	for (let width = 1, level = height; width < minWidth || count > 1; width *= 2, level++) {
		const parents = Math.ceil(count / 2);
		for (let index = 0; index < parents; index++) {
			const start = 2 * index * hashBytes;
			const isPair = 2 * index + 1 < count;
			const pair = isPair
				? layer.subarray(start, start + 2 * hashBytes)
				: Buffer.concat([layer.subarray(start, start + hashBytes), paddingAt(level)]);
			hashBlock(pair, layer, index * hashBytes);
		}

		count = parents;
	}

	return Buffer.from(layer.subarray(0, hashBytes));
}

/** The hashes of the blocks of some bytes that begin at a block. No bytes are one block: BEP 52 names no empty file, we do. */
export function blockHashesOf(bytes: Uint8Array): Buffer {
	const count = Math.max(1, Math.ceil(bytes.length / blockBytes));
	const hashes = Buffer.allocUnsafe(count * hashBytes);
	for (let index = 0; index < count; index++) {
		hashBlock(bytes.subarray(index * blockBytes, (index + 1) * blockBytes), hashes, index * hashBytes);
	}

	return hashes;
}

/** The root of a whole file that is at hand. */
export const rootOfBytes = (bytes: Uint8Array): string => rootOf(blockHashesOf(bytes), 1, 0).toString('hex');

/**
The hash of a piece from those of its blocks. The last piece of several is padded to full height; a file of one piece is not.

@param blockHashes - Overwritten.
*/
export const pieceHashOf = (blockHashes: Buffer, size: number): Buffer =>
	rootOf(blockHashes, pieceCountOf(size) > 1 ? pieceBytesOf(size) / blockBytes : 1, 0);

/**
The root of a file from the hashes of its pieces (the `piece layer` of BEP 52).

@param layer - Left as it is.
*/
export const rootOfLayer = (layer: Uint8Array, size: number): string =>
	rootOf(Buffer.from(layer), 1, Math.log2(pieceBytesOf(size) / blockBytes)).toString('hex');
