import {constants} from 'node:fs';
import {access, mkdir, realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import {codeOf, UsageError, reasonOf} from '../protocol/errors.js';

/**
Make the shared folder where it is missing, and check that we can work in it.

@returns Its real path.
@throws {UsageError} When it can not be made, read or written.
*/
export async function openShareFolder(dir: string): Promise<string> {
	const folder = path.resolve(dir);
	try {
		await makePath(folder);
		const present = await stat(folder);
		if (!present.isDirectory()) {
			throw new Error('it is a file, not a folder');
		}

		await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
		return await realpath(folder);
	} catch (error) {
		const code = codeOf(error);
		const reason = code === 'ENOTDIR' ? 'a file is in the way' : reasonOf(error);
		throw new UsageError(`The folder ${folder} can not be shared: ${reason}`, {
			cause: error,
		});
	}
}

/** `mkdir` with `recursive` never returns below a folder that answers ENOENT to everything, such as /proc (Node issue 31481). */
async function makePath(folder: string): Promise<void> {
	try {
		await mkdir(folder);
	} catch (error) {
		const code = codeOf(error);
		if (code === 'EEXIST') {
			return;
		}

		const parent = path.dirname(folder);
		if (code !== 'ENOENT' || parent === folder || (await exists(parent))) {
			throw error;
		}

		await makePath(parent);
		await mkdir(folder);
	}
}

async function exists(folder: string): Promise<boolean> {
	try {
		await access(folder);
		return true;
	} catch {
		return false;
	}
}
