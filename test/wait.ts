import {mkdtemp, realpath, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {onTestFinished} from 'vitest';

/**
Poll until a condition holds.

@param what - Says what was waited for when it does not.
@returns The condition's first truthy value.
*/
export async function until<T>(
	what: string,
	condition: () => T | Promise<T>,
	timeoutMs = 10_000,
): Promise<Exclude<T, undefined | false | 0 | ''>> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const value = await condition();
		if (value) {
			return value as Exclude<T, undefined | false | 0 | ''>;
		}

		if (Date.now() > deadline) {
			throw new Error(`Waited ${timeoutMs} ms for ${what}`);
		}

		await delay(10);
	}
}

/** A new empty folder that goes away with the test; its real path. */
export async function temporaryFolder(): Promise<string> {
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'p2p-tui-test-')));
	onTestFinished(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}
