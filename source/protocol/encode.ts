import {isClassicName} from './file-name.js';
import type {DirectoryEntry, FileEntry, TrackerMessage} from './messages.js';

/** Write one message as one line, as both dialects read it. Members that are undefined are left out. */
export const encodeLine = (message: Record<string, unknown>): string => `${JSON.stringify(message)}\n`;

/**
Write the Init of one of our own peers. It is a valid Init of the class protocol; what is beyond that stands in members that
a classic tracker ignores. Files that a classic program would trip over go into `nested`, so that no classic directory has them.
*/
export function encodeInit(init: {
	port: number;
	files: Iterable<FileEntry>;
	name: string;
	isObserver: boolean;
}): string {
	const files: FileEntry[] = [];
	const nested: FileEntry[] = [];
	for (const {name, mtime, size} of init.files) {
		(isClassicName(name) ? files : nested).push({name, mtime, size: size!});
	}

	return encodeLine({
		port: init.port,
		files,
		version: 2,
		name: init.name,
		nested: nested.length > 0 ? nested : undefined,
		observer: init.isObserver || undefined,
	});
}

/** The keep-alive of the class protocol. A version 2 tracker takes the typed one of `encodeLine`. */
export const encodeClassicKeepAlive = (port: number): string => encodeLine({port});

/** Write a message of a version 2 tracker. */
export const encodeTrackerMessage = (message: Exclude<TrackerMessage, {type: 'directory'}>): string =>
	encodeLine(message);

/**
Write the classic directory, with exactly the three members an entry. The text is put together by hand because an object
would lose a file called `__proto__`.
*/
export function encodeDirectory(entries: Iterable<DirectoryEntry>): string {
	const members: string[] = [];
	for (const {name, ip, port, mtime} of entries) {
		members.push(`${JSON.stringify(name)}:${JSON.stringify({ip, port, mtime})}`);
	}

	return `{${members.join(',')}}\n`;
}
