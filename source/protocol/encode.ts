import {isClassicName} from './file-name.js';
import type {JsonObject} from './json-stream.js';
import type {DirectoryEntry, FileEntry, FilesChanged, PeerRecord, TrackerMessage} from './messages.js';

/** Write one message as one line, as both dialects read it. Members that are undefined are left out. */
export const encodeLine = (message: JsonObject): string => `${JSON.stringify(message)}\n`;

/** The members of a file that go over the wire, whatever else its owner knows of it. */
export const wireFile = ({name, mtime, size, root}: FileEntry): FileEntry => ({name, mtime, size: size!, root: root!});

/** A list that has nothing to say is left out. */
const unlessEmpty = <Item>(list: Item[]): Item[] | undefined => (list.length > 0 ? list : undefined);

/** A peer as it goes over the wire. */
export const wirePeer = ({parts, ...peer}: PeerRecord): JsonObject => ({
	...peer,
	parts: unlessEmpty(parts),
});

/**
The Init of one of our own peers. It is a valid Init of the class protocol; what is beyond that stands in members that
a classic tracker ignores. Files that a classic program would trip over go into `nested`, so that no classic directory has them.
*/
export function wireInit(init: {
	port: number;
	files: Iterable<FileEntry>;
	parts: Iterable<string>;
	name: string;
	isObserver: boolean;
}): JsonObject {
	const files: FileEntry[] = [];
	const nested: FileEntry[] = [];
	for (const file of init.files) {
		(isClassicName(file.name) ? files : nested).push(wireFile(file));
	}

	return {
		port: init.port,
		files,
		version: 2,
		name: init.name,
		nested: unlessEmpty(nested),
		parts: unlessEmpty([...init.parts]),
		observer: init.isObserver || undefined,
	};
}

/** What changed in a folder, for a version 2 tracker. */
export const wireFilesChanged = ({added, removed, parts}: Omit<FilesChanged, 'type'>): JsonObject => ({
	type: 'files',
	added: added.map(file => wireFile(file)),
	removed,
	parts,
});

/** A message of a version 2 tracker. */
export function wireTrackerMessage(message: Exclude<TrackerMessage, {type: 'directory'}>): JsonObject {
	switch (message.type) {
		case 'joined': {
			return {...message, peer: wirePeer(message.peer)};
		}

		case 'snapshot': {
			return {...message, peers: message.peers.map(peer => wirePeer(peer))};
		}

		default: {
			return message;
		}
	}
}

/** Write a message of a version 2 tracker. */
export const encodeTrackerMessage = (message: Exclude<TrackerMessage, {type: 'directory'}>): string =>
	encodeLine(wireTrackerMessage(message));

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
