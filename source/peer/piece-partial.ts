import {readFile, writeFile} from 'node:fs/promises';
import type {FileEntry} from '../protocol/messages.js';
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
export async function openPiecePartial(folder: string, file: FileEntry): Promise<PiecePartial> {
	const base = partialBase(folder, file.name);
	const unlock = await lockPartial(`${base}.lock`);
	const [path, journalPath, notePath] = [`${base}.pieces`, `${base}.journal`, `${base}.root`];
	try {
		const root = await readFile(notePath, 'utf8').catch(() => '');
		if (root !== file.root) {
			await removePartial(base);
			await writeFile(notePath, file.root!);
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
