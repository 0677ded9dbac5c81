import type {FileEntry} from '../protocol/messages.js';
import type {Wire} from '../protocol/wire.js';
import type {Source} from './events.js';

/** What is asked of a source. */
export type FileQuestion = {
	source: Source;
	file: FileEntry;
	/** Bytes that are here already. */
	offset: number;
	/** What we call ourselves. */
	ownName: string;
	signal: AbortSignal;
	wire?: Wire | undefined;
};

/** What a source answered: the bytes from `start` on. */
export type FileAnswer = {
	start: number;
	/** Bytes of the whole file, where the answer tells. */
	size: number | undefined;
	body: AsyncIterable<Uint8Array>;
	/** Close the connection where the body is not wanted. */
	cancel: () => void;
};

/** How the user knows a source. */
export const sourceLabel = ({ip, port, name}: Source): string => name || `${ip}:${port}`;
