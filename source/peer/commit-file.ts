import {Buffer} from 'node:buffer';
import {link, mkdir, open, rename} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {codeOf, TransferError} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {secondsOf} from '../protocol/file-version.js';
import type {Inside} from './inside.js';
import {statsOf} from './scan.js';

export type CommitOptions = {
	inside: Inside;
	/** Where old versions are kept. */
	versions: string;
	/** The finished file, on the same disk. */
	from: string;
	name: string;
	mtime: number;
};

/**
Put a finished file in its place in the share. An older file of that name moves to the versions folder first; there is no
moment in which the name is missing.

@returns Whether an old version was kept.
@throws {TransferError} When something stands there that must not be replaced.
*/
export async function commitFile({inside, versions, from, name, mtime}: CommitOptions): Promise<boolean> {
	const target = await inside.makeParents(name);
	const present = await statsOf(target);
	if (present?.isDirectory()) {
		throw new TransferError('a folder of that name is in the way', {
			isFinal: true,
		});
	}

	if (present && secondsOf(present.mtimeMs) >= mtime) {
		throw new TransferError('a copy that is as new has appeared here meanwhile', {isFinal: true});
	}

	if (present) {
		await keepVersion(target, path.join(versions, ...name.split('/')));
	}

	await rename(from, target);
	await syncFolder(path.dirname(target));
	return present !== undefined;
}

/** Give the old file a second name among the versions. A file system without hard links gets a move. */
async function keepVersion(target: string, versionPath: string): Promise<void> {
	await mkdir(path.dirname(versionPath), {recursive: true});
	const {dir, name, ext} = path.parse(versionPath);
	const time = new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
	for (let count = 1; ; count++) {
		const suffix = count === 1 ? '' : `-${count}`;
		const ending = `~${time}${suffix}${ext}`;
		const kept = path.join(dir, shortened(name, limits.maxNamePartBytes - Buffer.byteLength(ending)) + ending);
		try {
			await link(target, kept);
			return;
		} catch (error) {
			if (codeOf(error) === 'EEXIST') {
				continue;
			}

			if (!(await statsOf(kept))) {
				await rename(target, kept);
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
async function syncFolder(folder: string): Promise<void> {
	if (process.platform === 'win32') {
		return;
	}

	const handle = await open(folder);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
