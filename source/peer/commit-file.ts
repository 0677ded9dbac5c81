import {Buffer} from 'node:buffer';
import {closeSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, renameSync, type Stats} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {codeOf, TransferError} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {secondsOf} from '../protocol/file-version.js';
import type {Inside} from './inside.js';
import {stampOf, type Stamp} from './stamp.js';

export type CommitOptions = {
	inside: Inside;
	/** Where old versions are kept. */
	versions: string;
	/** The finished file, on the same disk. */
	from: string;
	name: string;
	mtime: number;
};

export type Committed = {
	/** An old version is in the versions folder. */
	hasKeptVersion: boolean;
	/** The folder it is in, whose entry lasts once the folder is on the disk (`syncFolder`). */
	folder: string;
	stamp: Stamp;
};

/**
Put a finished file in its place in the share. An older file of that name moves to the versions folder first; there is no
moment in which the name is missing. For the thread that writes: it waits for the disk.

@throws {TransferError} When something stands there that must not be replaced.
*/
export function commitFile({inside, versions, from, name, mtime}: CommitOptions): Committed {
	const target = inside.makeParents(name);
	const present = statsOf(target);
	if (present?.isDirectory()) {
		throw new TransferError('a folder of that name is in the way', {
			isFinal: true,
		});
	}

	if (present && secondsOf(present.mtimeMs) >= mtime) {
		throw new TransferError('a copy that is as new has appeared here meanwhile', {isFinal: true});
	}

	if (present) {
		keepVersion(target, path.join(versions, ...name.split('/')));
	}

	renameSync(from, target);
	return {hasKeptVersion: present !== undefined, folder: path.dirname(target), stamp: stampOf(lstatSync(target))};
}

const statsOf = (filePath: string): Stats | undefined => lstatSync(filePath, {throwIfNoEntry: false});

/** Give the old file a second name among the versions. A file system without hard links gets a move. */
function keepVersion(target: string, versionPath: string): void {
	mkdirSync(path.dirname(versionPath), {recursive: true});
	const {dir, name, ext} = path.parse(versionPath);
	const time = new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
	for (let count = 1; ; count++) {
		const suffix = count === 1 ? '' : `-${count}`;
		const ending = `~${time}${suffix}${ext}`;
		const kept = path.join(dir, shortened(name, limits.maxNamePartBytes - Buffer.byteLength(ending)) + ending);
		try {
			linkSync(target, kept);
			return;
		} catch (error) {
			if (codeOf(error) === 'EEXIST') {
				continue;
			}

			if (!statsOf(kept)) {
				renameSync(target, kept);
				return;
			}
		}
	}
}

/** The beginning of a name in at most so many bytes. */
function shortened(name: string, maxBytes: number): string {
	let short = name;
	while (Buffer.byteLength(short) > maxBytes) {
		short = [...short].slice(0, -1).join('');
	}

	return short;
}

/** A rename lasts once its folder is on the disk. Windows can not open folders, and does without. */
export function syncFolder(folder: string): void {
	if (process.platform === 'win32') {
		return;
	}

	const fd = openSync(folder, 'r');
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
