import type {Stats} from 'node:fs';

/**
What a file looks like from outside. As long as none of it changes, its bytes count as the same: that is how a content id outlives
a restart. Not `ctime`, which changes with every link and mode.
*/
export type Stamp = {size: number; mtimeMs: number; ino: number};

export const stampOf = ({size, mtimeMs, ino}: Pick<Stats, keyof Stamp>): Stamp => ({size, mtimeMs, ino});

export const isSameStamp = (a: Stamp | undefined, b: Stamp): boolean =>
	a?.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;

/** The coarsest clock of a file system that is in use: FAT counts in two seconds. */
const coarseTickMs = 2000;

/** Where a time has a fraction of a second, the clock is finer: exFAT counts in 10 ms, Windows ticks each 16, Linux each 10 at most. */
const fineTickMs = 100;

/**
How long to wait until a later write must leave another time. A file that is hashed within the tick of its last write can be
written again without looking any different ("racy git", Documentation/technical/racy-git.adoc there): what was hashed would be
trusted for ever. A time in the future says nothing about the clock that made it: from now on, one tick.

@param nowMs - The wall clock.
*/
export function raceMsOf({mtimeMs}: Stamp, nowMs: number): number {
	const tickMs = mtimeMs % 1000 === 0 ? coarseTickMs : fineTickMs;
	const ageMs = Math.max(0, nowMs - mtimeMs);
	return Math.max(0, tickMs - ageMs);
}
