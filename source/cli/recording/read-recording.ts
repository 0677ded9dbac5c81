import {createReadStream} from 'node:fs';
import {open, stat} from 'node:fs/promises';
import {codeOf, PeerError, ProtocolError, reasonOf, UsageError} from '../../protocol/errors.js';
import {decodeEntry, decodeHeader} from './decode-entry.js';
import type {Entry, Header} from './entry.js';
import {readLines, type NumberedLine} from './read-lines.js';

/** A line of ours holds 256 KiB of rows, or one row of a file that everybody in a full swarm has. */
const maxLineBytes = 16 * 1024 * 1024;

/** How much of the end is looked at for the time of the last line. */
const tailBytes = 1024 * 1024;

export type OpenRecording = {
	header: Header;
	/**
	What follows, in its order; times never go back.

	@throws {PeerError} On a line that is no part of a recording.
	*/
	entries: AsyncGenerator<Entry, void>;
	/** Leave what has not been read. */
	close: () => Promise<unknown>;
	/** Lines so far of kinds that only a newer program knows. */
	unknownLines: () => number;
};

/**
Open a recording: it is read as it is asked for, never as a whole.

@throws {UsageError} When it can not be read, or is none.
*/
export async function openRecording(file: string): Promise<OpenRecording> {
	const lines = readLines(createReadStream(file), file, maxLineBytes);
	let first: NumberedLine | undefined;
	try {
		const {value} = await lines.next();
		first = value ?? undefined;
	} catch (error) {
		throw error instanceof PeerError ? new UsageError(error.message) : notReadable(file, error);
	}

	let header: Header;
	try {
		header = decodeHeader(parse(first?.text ?? ''), file);
	} catch (error) {
		await lines.return();
		throw error instanceof UsageError ? error : new UsageError(`${file} has a first line that makes no sense`);
	}

	let unknownLines = 0;
	async function* entries(): AsyncGenerator<Entry, void> {
		let lastMs = 0;
		try {
			for await (const line of lines) {
				const value = parse(line.text);
				if (value === undefined) {
					if (line.isCut) {
						return;
					}

					throw new PeerError(`${file} line ${line.number} is no event of a recording: it is no JSON`);
				}

				const entry = decoded(value, file, line.number);
				if (entry) {
					lastMs = Math.max(lastMs, entry.t);
					yield {...entry, t: lastMs};
				} else {
					unknownLines++;
				}
			}
		} catch (error) {
			throw error instanceof PeerError ? error : new PeerError(`${file} can not be read on: ${reasonOf(error)}`);
		}
	}

	return {header, entries: entries(), close: async () => lines.return(), unknownLines: () => unknownLines};
}

const notReadable = (file: string, error: unknown) =>
	new UsageError(`${file} can not be read: ${codeOf(error) === 'EISDIR' ? 'it is a folder' : reasonOf(error)}`, {
		cause: error,
	});

function decoded(value: unknown, file: string, line: number): Entry | undefined {
	try {
		return decodeEntry(value);
	} catch (error) {
		if (error instanceof ProtocolError) {
			throw new PeerError(`${file} line ${line} is no event of a recording: ${error.message}`, {cause: error});
		}

		throw error;
	}
}

/** @returns undefined for what is no JSON. */
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
How long a recording is, by its last line that says so.

@throws {UsageError} When it is no file that can be read from the end, and again from the start.
*/
export async function lengthOfRecording(file: string): Promise<number> {
	try {
		const stats = await stat(file);
		if (!stats.isFile()) {
			throw new UsageError(`${file} is no file that can be played again; --plain reads it once`);
		}

		const handle = await open(file);
		try {
			const start = Math.max(0, stats.size - tailBytes);
			const {buffer, bytesRead} = await handle.read({buffer: new Uint8Array(tailBytes), position: start});
			return lastTimeIn(new TextDecoder().decode(buffer.subarray(0, bytesRead)));
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw error instanceof UsageError ? error : notReadable(file, error);
	}
}

/** The first member of our lines is their time; one that begins before the end of what was read is as good as whole. */
function lastTimeIn(text: string): number {
	const [, milliseconds] = [...text.matchAll(/^{"t":(\d{1,12})[,}]/gm)].at(-1) ?? [];
	return Number(milliseconds ?? 0);
}
