import {mkdir} from 'node:fs/promises';
import path from 'node:path';

/** Our own state in a shared folder: hidden, so that it is never shared, and on the same disk, so that a rename is atomic. */
export const stateFolderName = '.p2p-tui';

export type StateFolder = {
	/** Files on their way in. */
	partials: string;
	/** Files that a newer version has replaced. */
	versions: string;
	/** Piece layers of large files, by root. */
	layers: string;
	/** The file that remembers the roots of shared files. */
	index: string;
	/** The file that keeps the queue of downloads. */
	queue: string;
};

/**
Make our folders in a shared folder.

@param root - The shared folder.
*/
export async function openStateFolder(root: string): Promise<StateFolder> {
	const folder = {
		partials: path.join(root, stateFolderName, 'partial'),
		versions: path.join(root, stateFolderName, 'versions'),
		layers: path.join(root, stateFolderName, 'layers'),
		index: path.join(root, stateFolderName, 'index.jsonl'),
		queue: path.join(root, stateFolderName, 'queue.json'),
	};
	await mkdir(folder.partials, {recursive: true});
	await mkdir(folder.versions, {recursive: true});
	await mkdir(folder.layers, {recursive: true});
	return folder;
}
