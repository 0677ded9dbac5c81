import {open, readFile, rm} from 'node:fs/promises';
import process from 'node:process';
import {codeOf, TransferError} from '../protocol/errors.js';

/**
Two programs may share one folder (the screen and a `p2p-tui get`), but not write one partial file. The lock names its
process, so that one left by a kill -9 is seen to be dead.

@returns Releases the lock.
@throws {TransferError} When a living process holds it.
*/
export async function lockPartial(lockPath: string): Promise<() => Promise<void>> {
	const isLocked = (await tryLock(lockPath)) || ((await isStale(lockPath)) && (await tryLock(lockPath)));
	if (!isLocked) {
		throw new TransferError('another program is fetching it into the same folder', {isFinal: true});
	}

	held.add(lockPath);
	return async () => {
		held.delete(lockPath);
		await rm(lockPath, {force: true});
	};
}

/** Locks of this process: its own number in a lock file means nothing after a restart in a container. */
const held = new Set<string>();

async function tryLock(lockPath: string): Promise<boolean> {
	try {
		const handle = await open(lockPath, 'wx');
		await handle.write(String(process.pid));
		await handle.close();
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
}

async function isStale(lockPath: string): Promise<boolean> {
	if (held.has(lockPath)) {
		return false;
	}

	const pid = Number(await readFile(lockPath, 'utf8').catch(() => ''));
	if (pid !== process.pid && isAlive(pid)) {
		return false;
	}

	await rm(lockPath, {force: true});
	return true;
}

function isAlive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0) {
		return false;
	}

	try {
		return process.kill(pid, 0);
	} catch (error) {
		return codeOf(error) === 'EPERM';
	}
}
