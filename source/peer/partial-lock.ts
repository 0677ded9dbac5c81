import {open, readFile, rename, rm, stat} from 'node:fs/promises';
import process from 'node:process';
import {codeOf, TransferError} from '../protocol/errors.js';

/**
Two programs may share one folder (the screen and a `p2p-tui get`), but not write one partial file. The lock names its
process, so that one left by a kill -9 is seen to be dead.

@returns Releases the lock.
@throws {TransferError} When a living process holds it.
*/
export async function lockPartial(lockPath: string): Promise<() => Promise<void>> {
	if (held.has(lockPath)) {
		throw isTaken();
	}

	// At once, before anything is waited for: a second caller of this process must see it.
	held.add(lockPath);
	try {
		if (!(await tryLock(lockPath)) && !((await removeStale(lockPath)) && (await tryLock(lockPath)))) {
			throw isTaken();
		}
	} catch (error) {
		held.delete(lockPath);
		throw error;
	}

	return async () => {
		await rm(lockPath, {force: true});
		held.delete(lockPath);
	};
}

/** Locks of this process. Its own number in another lock file means a restart, as in a container, where all have the same. */
const held = new Set<string>();

const isTaken = () => new TransferError('another program is fetching it into the same folder', {isFinal: true});

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

/** A lock without a number in it is being made at this moment, unless it is older than this. */
const makingMs = 2000;

/** Take the lock of a dead process away. It is moved first: of two who find it, one can move it. */
async function removeStale(lockPath: string): Promise<boolean> {
	const owner = await readFile(lockPath, 'utf8').catch(() => '');
	const pid = Number(owner);
	if (owner === '' ? await isYoung(lockPath) : pid !== process.pid && isAlive(pid)) {
		return false;
	}

	const moved = `${lockPath}.${process.pid}`;
	try {
		await rename(lockPath, moved);
		if ((await readFile(moved, 'utf8')) !== owner) {
			// Another was faster and has made its own by now.
			await rename(moved, lockPath);
			return false;
		}

		await rm(moved, {force: true});
		return true;
	} catch (error) {
		if (codeOf(error) === 'ENOENT') {
			return true;
		}

		throw error;
	}
}

async function isYoung(lockPath: string): Promise<boolean> {
	const stats = await stat(lockPath).catch(() => undefined);
	return stats !== undefined && Date.now() - stats.mtimeMs < makingMs;
}

/** Whether a process of this number runs on this machine. */
export function isAlive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0) {
		return false;
	}

	try {
		return process.kill(pid, 0);
	} catch (error) {
		return codeOf(error) === 'EPERM';
	}
}
