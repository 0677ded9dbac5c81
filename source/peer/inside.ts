import {constants} from 'node:fs';
import {lstat, mkdir, open, realpath, type FileHandle} from 'node:fs/promises';
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
	Open a shared file for reading. Links are not followed, in the last part by the system itself, in the parts before by a
	comparison of where the path really leads once the file is open.

	@throws {NodeJS.ErrnoException} When there is no such file, `ENOENT` also for a link or anything that is no regular file.
	*/
	async open(name: string): Promise<FileHandle> {
		const filePath = this.path(name);
		// O_NONBLOCK: opening a FIFO must not wait for a writer. Windows has neither flag.
		const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
		const handle = await open(filePath, flags);
		try {
			const [opened, real] = await Promise.all([handle.stat({bigint: true}), realpath(filePath)]);
			const onDisk = await lstat(filePath, {bigint: true});
			if (opened.isFile() && real === filePath && opened.ino === onDisk.ino && opened.dev === onDisk.dev) {
				return handle;
			}
		} catch (error) {
			await handle.close();
			throw error;
		}

		await handle.close();
		throw Object.assign(new PeerError(`${name} is no regular file of the shared folder`), {code: 'ENOENT'});
	}

	/**
	Make the folders of a name, one by one, and refuse those that are links or files.

	@returns The path of the file.
	*/
	async makeParents(name: string): Promise<string> {
		const filePath = this.path(name);
		let folder = this.root;
		for (const part of name.split('/').slice(0, -1)) {
			folder = path.join(folder, part);
			await makeFolder(folder, name);
		}

		return filePath;
	}
}

async function makeFolder(folder: string, name: string): Promise<void> {
	try {
		await mkdir(folder);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') {
			throw error;
		}

		const present = await lstat(folder);
		if (!present.isDirectory()) {
			throw new PeerError(`Can not write ${name}: ${path.basename(folder)} is no folder here`);
		}
	}
}
