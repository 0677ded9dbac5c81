import {closeSync, fsyncSync, futimesSync, openSync, rmSync} from 'node:fs';
import {commitFile, syncFolder} from './commit-file.js';
import {Inside} from './inside.js';
import {
	errorOf,
	failureOf,
	type CommitResult,
	type Failure,
	type FinishedFile,
	type ToThread,
} from './piece-messages.js';
import {writeAll} from './write-all.js';

/**
Put finished files in their places. The bytes of small ones are written first, all of them before the first waits for the disk, and
each folder is synced once: so a disk's one wait does for many.
*/
export function commitAll({root, versions, files}: Extract<ToThread, {type: 'commit'}>): CommitResult[] {
	const inside = new Inside(root);
	const writes = files.map(file => attempt(() => write(file)));
	const commits = files.map((file, index) =>
		attempt(() => {
			sync(writes[index]);
			return commitFile({...file, inside, versions});
		}),
	);
	const folders = new Map<string, Failure | undefined>();
	return commits.map((commit, index) => {
		if (!('folder' in commit)) {
			rmSmall(files[index]!);
			return commit;
		}

		const {folder, hasKeptVersion, stamp} = commit;
		if (!folders.has(folder)) {
			const failure = attempt(() => {
				syncFolder(folder);
			});
			folders.set(folder, failure ?? undefined);
		}

		return folders.get(folder) ?? {hasKeptVersion, stamp};
	});
}

function attempt<Result>(work: () => Result): Result | Failure {
	try {
		return work();
	} catch (error) {
		return failureOf(error);
	}
}

/** @returns The open file; undefined where nothing was to be written. */
function write({from, bytes, mtime}: FinishedFile): number | undefined {
	if (!bytes) {
		return undefined;
	}

	const fd = openSync(from, 'wx');
	try {
		writeAll(fd, bytes, 0);
		futimesSync(fd, mtime, mtime);
		return fd;
	} catch (error) {
		closeSync(fd);
		throw error;
	}
}

function sync(written: number | Failure | undefined): void {
	if (typeof written === 'object') {
		throw errorOf(written);
	}

	if (written !== undefined) {
		try {
			fsyncSync(written);
		} finally {
			closeSync(written);
		}
	}
}

function rmSmall({from, bytes}: FinishedFile): void {
	if (bytes) {
		rmSync(from, {force: true});
	}
}
