import {limits} from './limits.js';

/** What tells two versions of one name apart: whole seconds and bytes. */
export type FileVersion = {mtime: number; size: number};

/**
The entity tag of a file (RFC 9110 section 8.8.3), from its whole-second time and its size. Both are carried over by a download,
so every peer that holds the same version gives the same tag, and a downloader knows it beforehand.
*/
export const etagOf = ({mtime, size}: FileVersion): string => `"${mtime}-${size}"`;

/** Milliseconds, as `fs.Stats` gives them, in the whole seconds of the protocol. */
export const secondsOf = (mtimeMs: number): number =>
	Math.min(limits.maxMtimeSeconds, Math.max(0, Math.floor(mtimeMs / 1000)));
