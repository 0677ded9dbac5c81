import {mkdir} from 'node:fs/promises';
import path from 'node:path';

/** Our own state in a shared folder: hidden, so that it is never shared, and on the same disk, so that a rename is atomic. */
export const stateFolderName = '.p2p-tui';

export type StateFolder = {
	partials: string;
	versions: string;
	/** The file that keeps the queue of downloads. */
	queue: string;
};

/**
Make the folders for partial files and for old versions.

@param root - The shared folder.
*/
export async function openStateFolder(root: string): Promise<StateFolder> {
	const folder = {
		partials: path.join(root, stateFolderName, 'partial'),
		versions: path.join(root, stateFolderName, 'versions'),
		queue: path.join(root, stateFolderName, 'queue.json'),
	};
	await mkdir(folder.partials, {recursive: true});
	await mkdir(folder.versions, {recursive: true});
	return folder;
}
