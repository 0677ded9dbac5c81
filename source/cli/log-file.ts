import {createWriteStream} from 'node:fs';
import {once} from 'node:events';
import {UsageError, reasonOf} from '../protocol/errors.js';
import type {PeerEvent} from '../peer/events.js';

export type Log = {
	event: (event: PeerEvent) => void;
	detail: (text: string, error?: unknown) => void;
	close: () => Promise<void>;
};

const noLog: Log = {event() {}, detail() {}, async close() {}};

/** Lists longer than this are logged by their length only: a log is no copy of the directory. */
const maxListed = 20;

/**
Write all events and the detail of errors to a file, one JSON line each with its time.

@throws {UsageError} When the file can not be written.
*/
export async function openLog(file: string | undefined): Promise<Log> {
	if (file === undefined) {
		return noLog;
	}

	const stream = createWriteStream(file, {flags: 'a'});
	try {
		await once(stream, 'open');
	} catch (error) {
		throw new UsageError(`The log ${file} can not be written: ${reasonOf(error)}`);
	}

	// A full disk must not end the program that logs to it.
	stream.on('error', () => {});
	const write = (line: Record<string, unknown>, replacer?: (key: string, value: unknown) => unknown) => {
		stream.write(`${JSON.stringify({time: new Date().toISOString(), ...line}, replacer)}\n`);
	};

	return {
		event({type, ...rest}) {
			const shorten = (_key: string, value: unknown) =>
				Array.isArray(value) && value.length > maxListed ? `${value.length} entries` : value;
			write({event: type, ...rest}, shorten);
		},
		detail(text, error) {
			write({
				event: 'detail',
				text,
				error: error instanceof Error ? error.stack : error,
			});
		},
		async close() {
			await new Promise<void>(resolve => {
				stream.end(resolve);
			});
		},
	};
}
