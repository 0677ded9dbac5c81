import {once} from 'node:events';
import {appendFileSync, createWriteStream} from 'node:fs';
import process from 'node:process';
import {UsageError, reasonOf} from '../protocol/errors.js';
import type {PeerEvent} from '../peer/events.js';
import {jsonOf} from './event-lines.js';

export type Log = {
	event: (event: PeerEvent) => void;
	detail: (text: string, error?: unknown) => void;
};

const noLog: Log = {event() {}, detail() {}};

/** Lists longer than this are logged by their length only: a log is no copy of the directory. */
const maxListed = 20;

/**
Do something with a log at hand: all events and the detail of errors go to the file, one JSON line each with its time. Faults of our
own go there, too, with their stacks, which are not for the screen.

@param file - Where to write; nowhere where none is named.
@throws {UsageError} When the file can not be written.
*/
export async function withLog<Result>(file: string | undefined, work: (log: Log) => Promise<Result>): Promise<Result> {
	if (file === undefined) {
		return work(noLog);
	}

	const stream = createWriteStream(file, {flags: 'a'});
	try {
		await once(stream, 'open');
	} catch (error) {
		throw new UsageError(`The log ${file} can not be written: ${reasonOf(error)}`);
	}

	// A full disk must not end the program that logs to it.
	stream.on('error', () => {});
	const log = logTo(text => stream.write(text));
	// The process is about to end: written at once.
	const onFault = (error: Error) => {
		logTo(text => {
			appendFileSync(file, text);
		}).detail('Stopped by a fault of its own', error);
	};

	process.on('uncaughtExceptionMonitor', onFault);
	try {
		return await work(log);
	} catch (error) {
		log.detail('Stopped', error);
		throw error;
	} finally {
		process.off('uncaughtExceptionMonitor', onFault);
		await new Promise<void>(resolve => {
			stream.end(resolve);
		});
	}
}

function logTo(write: (text: string) => void): Log {
	const line = (values: Record<string, unknown>, replacer?: (key: string, value: unknown) => unknown) => {
		write(`${JSON.stringify({time: new Date().toISOString(), ...values}, replacer)}\n`);
	};

	return {
		event(event) {
			line(jsonOf(event), (_key, value) =>
				Array.isArray(value) && value.length > maxListed ? `${value.length} entries` : value,
			);
		},
		detail(text, error) {
			line({event: 'detail', text, error: error instanceof Error ? error.stack : error});
		},
	};
}
