import {Buffer} from 'node:buffer';
import {readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {pieceBytesOf} from '../protocol/merkle.js';
import type {KnownFile} from './content-download.js';
import {partialBase, removePartial} from './partial-file.js';
import {lockPartial} from './partial-lock.js';

/** Where a content on its way in lies: its bytes, the journal of its pieces, and a note that says what they are of. */
export type PiecePartial = {
	path: string;
	journalPath: string;
	/** Leave it for the next time, or take it away. */
	close: (options: {isDone: boolean}) => Promise<void>;
};

/**
Get the place for a content; what is there of another content is thrown away.

@param folder - Where partial files live.
@throws {TransferError} When another program is writing it.
*/
export async function openPiecePartial(folder: string, file: KnownFile): Promise<PiecePartial> {
	const base = partialBase(folder, file.name);
	const unlock = await lockPartial(`${base}.lock`);
	const [path, journalPath, notePath] = [`${base}.pieces`, `${base}.journal`, `${base}.root`] as const;
	try {
		const root = await readFile(notePath, 'utf8').catch(() => '');
		if (root !== file.root) {
			await Promise.all([path, journalPath].map(async each => rm(each, {force: true})));
			await writeFile(notePath, file.root);
			await takeOver(`${base}.part`, path, journalPath, file.size);
		}
	} catch (error) {
		await unlock();
		throw error;
	}

	return {
		path,
		journalPath,
		async close({isDone}) {
			try {
				if (isDone) {
					await removePartial(base);
				}
			} finally {
				await unlock();
			}
		},
	};
}

/**
What was fetched before the content was known is gone on with: its bytes are there from the first one on. They may be of another
content, but a journal only claims; what is claimed is checked.
*/
async function takeOver(wholePath: string, path: string, journalPath: string, size: number): Promise<void> {
	const stats = await stat(wholePath).catch(() => undefined);
	if (!stats || stats.size > size) {
		return;
	}

	const count =
		stats.size === size ? Math.ceil(size / pieceBytesOf(size)) : Math.floor(stats.size / pieceBytesOf(size));
	const journal = Buffer.alloc(count * 4);
	for (let piece = 0; piece < count; piece++) {
		journal.writeUInt32LE(piece, piece * 4);
	}

	await rename(wholePath, path);
	await writeFile(journalPath, journal);
}
