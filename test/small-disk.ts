import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {onTestFinished, type TestContext} from 'vitest';
import {temporaryFolder} from './wait.js';

const run = promisify(execFile);

/** A folder on a small disk of its own. */
export async function smallDisk(context: TestContext, size: string): Promise<string> {
	const folder = await temporaryFolder();
	try {
		await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
	} catch {
		context.skip('a small disk can not be mounted by this user on this system');
	}

	onTestFinished(async () => {
		await run('umount', ['--lazy', folder]);
	});
	return folder;
}
