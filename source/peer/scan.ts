import type {Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import path from 'node:path';
import {isPartialName, nameProblem} from '../protocol/file-name.js';
import {secondsOf} from '../protocol/file-version.js';
import {safeText} from '../protocol/safe-text.js';
import type {LocalFile} from './events.js';

/** Whether a name in the shared folder is to be shared at all. */
export const isShareable = (name: string): boolean => nameProblem(name) === undefined && !isPartialName(name);

export const localFileOf = (name: string, stats: Pick<Stats, 'size' | 'mtimeMs'>): LocalFile => ({
	name,
	label: safeText(name),
	size: stats.size,
	mtime: secondsOf(stats.mtimeMs),
});

export type ScannedFile = {file: LocalFile; stats: Stats};

/** Stats of a path, undefined when it has gone. */
export async function statsOf(filePath: string): Promise<Stats | undefined> {
	try {
		return await lstat(filePath);
	} catch {
		return undefined;
	}
}

/**
List the regular files below a folder, a folder at a time. Links and special files are passed over, and so is what can not be
read.

@param root - The shared folder.
@param onUnreadable - Told of folders that could not be read.
*/
export async function* scan(
	root: string,
	signal: AbortSignal,
	onUnreadable: (folder: string, error: unknown) => void,
): AsyncGenerator<ScannedFile[], void> {
	const folders = [''];
	for (let folder = folders.pop(); folder !== undefined && !signal.aborted; folder = folders.pop()) {
		const inFolder = folder;
		try {
			const entries = await readdir(path.join(root, inFolder), {
				withFileTypes: true,
			});
			const names: string[] = [];
			for (const entry of entries) {
				const name = inFolder === '' ? entry.name : `${inFolder}/${entry.name}`;
				if (entry.isDirectory() && nameProblem(name) === undefined) {
					folders.push(name);
				} else if (entry.isFile() && isShareable(name)) {
					names.push(name);
				}
			}

			yield await filesOf(root, names);
		} catch (error) {
			onUnreadable(inFolder, error);
		}
	}
}

/** How many files are looked at at once: enough to keep the thread pool busy, not so many that others wait. */
const statsAtOnce = 64;

async function filesOf(root: string, names: string[]): Promise<ScannedFile[]> {
	const files: ScannedFile[] = [];
	for (let start = 0; start < names.length; start += statsAtOnce) {
		const some = names.slice(start, start + statsAtOnce);
		const stats = await Promise.all(some.map(async name => statsOf(path.join(root, name))));
		for (const [index, name] of some.entries()) {
			const stat = stats[index];
			if (stat?.isFile()) {
				files.push({file: localFileOf(name, stat), stats: stat});
			}
		}
	}

	return files;
}
