import {
	closeSync,
	constants,
	fstatSync,
	lstatSync,
	mkdirSync,
	openSync,
	readlinkSync,
	realpathSync,
	type BigIntStats,
} from 'node:fs';
import {lstat, open, readlink, realpath, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {codeOf, PeerError} from '../protocol/errors.js';
import {quoted} from '../protocol/safe-text.js';
import {nameProblem, windowsNameProblem} from '../protocol/file-name.js';

/** Paths of shared files, by name. Every name passes here before it reaches the file system. */
export class Inside {
	/** @param root - The real path of the shared folder. */
	constructor(readonly root: string) {}

	/** @throws {PeerError} On a name that could lead anywhere else. */
	path(name: string): string {
		const problem = nameProblem(name) ?? (process.platform === 'win32' ? windowsNameProblem(name) : undefined);
		if (problem) {
			throw new PeerError(`The name ${quoted(name)} ${problem}`);
		}

		return path.join(this.root, ...name.split('/'));
	}

	/**
	Open a shared file for reading. Links are not followed: in the last part by the system itself, in the parts before by asking
	where the open file really is.

	@throws {NodeJS.ErrnoException} When there is no such file, `ENOENT` also for a link or anything that is no regular file.
	*/
	async open(name: string): Promise<FileHandle> {
		const filePath = this.path(name);
		let handle: FileHandle;
		try {
			handle = await open(filePath, readFlags);
		} catch (error) {
			throw openError(name, error);
		}

		try {
			if (await isAt(handle, filePath)) {
				return handle;
			}
		} catch (error) {
			await handle.close();
			throw error;
		}

		await handle.close();
		throw noRegularFile(name);
	}

	/**
	The same for a worker thread, which has nothing else to do meanwhile: no promises, no turns of the thread pool.

	@returns The descriptor, to be closed.
	*/
	openSync(name: string): number {
		const filePath = this.path(name);
		let fd: number;
		try {
			fd = openSync(filePath, readFlags);
		} catch (error) {
			throw openError(name, error);
		}

		try {
			if (isAtSync(fd, filePath)) {
				return fd;
			}
		} catch (error) {
			closeSync(fd);
			throw error;
		}

		closeSync(fd);
		throw noRegularFile(name);
	}

	/**
	Make the folders of a name, one by one, and refuse those that are links or files. For the thread that writes.

	@returns The path of the file.
	*/
	makeParents(name: string): string {
		const filePath = this.path(name);
		let folder = this.root;
		for (const part of name.split('/').slice(0, -1)) {
			folder = path.join(folder, part);
			makeFolder(folder, name);
		}

		return filePath;
	}
}

/** To read a file and nothing else: no link, and no waiting for the writer of a FIFO. Windows has neither flag. */
export const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A link answers ELOOP, a socket ENXIO. */
const openError = (name: string, error: unknown) =>
	['ELOOP', 'ENXIO'].includes(codeOf(error) ?? '') ? noRegularFile(name) : error;

const noRegularFile = (name: string) =>
	Object.assign(new PeerError(`${name} is no regular file of the shared folder`), {code: 'ENOENT'});

/** Whether an open file is a regular one and stands at this very path. */
async function isAt(handle: FileHandle, filePath: string): Promise<boolean> {
	const opened = await handle.stat({bigint: true});
	if (!opened.isFile()) {
		return false;
	}

	// Linux tells where an open file is. Elsewhere the path is compared, which somebody who swaps folders for links and back at
	// the right moments could fool.
	const where = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
	if (where !== undefined) {
		return where === filePath;
	}

	const [real, onDisk] = [await realpath(filePath), await lstat(filePath, {bigint: true})];
	return real === filePath && isSameFile(opened, onDisk);
}

function isAtSync(fd: number, filePath: string): boolean {
	const opened = fstatSync(fd, {bigint: true});
	if (!opened.isFile()) {
		return false;
	}

	let where: string | undefined;
	try {
		where = readlinkSync(`/proc/self/fd/${fd}`);
	} catch {
		return realpathSync(filePath) === filePath && isSameFile(opened, lstatSync(filePath, {bigint: true}));
	}

	return where === filePath;
}

const isSameFile = (a: BigIntStats, b: BigIntStats) => a.ino === b.ino && a.dev === b.dev;

function makeFolder(folder: string, name: string): void {
	try {
		mkdirSync(folder);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') {
			throw error;
		}

		const present = lstatSync(folder);
		if (!present.isDirectory()) {
			throw new PeerError(`Can not write ${name}: ${path.basename(folder)} is no folder here`);
		}
	}
}
