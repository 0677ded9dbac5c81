import {Buffer} from 'node:buffer';
import {open} from 'node:fs/promises';
import {blockHashesOf, pieceBytesOf, pieceHashOf, rootOfLayer} from '../protocol/merkle.js';

/**
The content id of a file that is here, worked out on the main thread a piece at a time.

@throws What the disk answered.
*/
export async function rootOfFile(path: string): Promise<string> {
	const handle = await open(path);
	try {
		const {size} = await handle.stat();
		const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytesOf(size), size));
		const layer: Buffer[] = [];
		for (let position = 0; position < size || layer.length === 0; position += piece.length) {
			const {bytesRead} = await handle.read(piece, 0, piece.length, position);
			layer.push(pieceHashOf(blockHashesOf(piece.subarray(0, bytesRead)), size));
		}

		return rootOfLayer(Buffer.concat(layer), size);
	} finally {
		await handle.close();
	}
}
