import {once} from 'node:events';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import type {PeerEvent} from '../peer/events.js';
import {count, formatMilliseconds} from '../ui/format.js';
import type {Arguments} from './arguments.js';
import {jsonOf, linesOf} from './event-lines.js';
import {openRecording} from './recording/read-recording.js';
import {endSignal} from './signals.js';

/**
Print a recording as text, as fast as it can be read, or at a speed that was asked for; the events as NDJSON with `--json`.

@returns The exit code.
@throws {UsageError} When the file can not be read, or is no recording.
@throws {PeerError} On a line that is no part of one, when what came before it is printed.
*/
export async function replayPlain({file, speed, isJson}: Arguments): Promise<number> {
	const {signal, release} = endSignal();
	try {
		const {header, entries, unknownLines} = await openRecording(file);
		const {startedAtMs, program} = header;
		if (!isJson) {
			await print([`A recording of ${new Date(startedAtMs).toString().slice(0, 24)}, by p2p-tui ${program}`], signal);
		}

		let beforeMs = 0;
		for await (const entry of entries) {
			if (!('event' in entry)) {
				continue;
			}

			const {t, event} = entry;
			if (speed !== undefined) {
				await wait((t - beforeMs) / speed, signal);
				beforeMs = t;
			}

			if (signal.aborted) {
				return 0;
			}

			await print(isJson ? [jsonLine(event, startedAtMs + t)] : plainLines(event, startedAtMs + t), signal);
		}

		if (unknownLines() > 0) {
			console.error(`p2p-tui: Left ${count(unknownLines(), 'line')} out that only a newer version knows`);
		}

		return 0;
	} finally {
		release();
	}
}

function plainLines(event: PeerEvent, atMs: number): string[] {
	// A message of the wire has a time of its own.
	return event.type === 'wire'
		? linesOf(event)
		: linesOf(event).map(line => `${formatMilliseconds(Math.floor(atMs))} ${line}`);
}

/** As `serve --json` tells it, with its time. */
function jsonLine(event: PeerEvent, atMs: number): string {
	return JSON.stringify({time: new Date(atMs).toISOString(), ...jsonOf(event)});
}

/** Wherever it goes may be slower than we read. */
async function print(lines: string[], signal: AbortSignal): Promise<void> {
	if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`) && !signal.aborted) {
		await settled(once(process.stdout, 'drain', {signal}), signal);
	}
}

/** `setTimeout` takes no more than 24 days. */
const longestWaitMs = 2_000_000_000;

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
	for (let left = milliseconds; left > 0 && !signal.aborted; left -= longestWaitMs) {
		await settled(delay(Math.min(left, longestWaitMs), undefined, {signal}), signal);
	}
}

/** What the signal ends is no error. */
async function settled(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
	try {
		await work;
	} catch (error) {
		if (!signal.aborted) {
			throw error;
		}
	}
}
