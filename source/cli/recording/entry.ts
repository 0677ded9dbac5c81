import type {PeerEvent, PieceMap, Sample} from '../../peer/events.js';
import type {EchoState} from '../../state/echo.js';
import type {LabState} from '../../state/lab.js';
import {wireJson} from '../wire-lines.js';

/** The first line of a recording. */
export type Header = {
	startedAtMs: number;
	/** The version of the program that wrote it. */
	program: string;
	/** Of the terminal, where there was one. */
	size: {columns: number; rows: number} | undefined;
};

/** What the program itself says to its screen beside what the peer tells. */
export type Setting = {joinLine: string | undefined} | {lab: LabState} | {echo: EchoState};

/** What one line of a recording holds. */
export type Recorded = {event: PeerEvent} | {sample: Sample; pieces?: PieceMap | undefined} | Setting;

/** One line of a recording. `t` is in milliseconds since its start. */
export type Entry = {t: number} & Recorded;

export const recordingVersion = 1;

export const headerLine = ({startedAtMs, program, size}: Header): string =>
	JSON.stringify({
		'p2p-tui': 'recording',
		version: recordingVersion,
		startedAt: new Date(startedAtMs).toISOString(),
		program,
		size,
	});

/** Characters of the rows in one line: a directory of 100,000 files makes many lines, so that none is too long to be read. */
const maxRowsLength = 256 * 1024;
const rowsTogether = 512;

/** The lines of an entry: more than one where it has many rows. */
export function entryLines(entry: Entry): string[] {
	const {t} = entry;
	if (!('event' in entry)) {
		return [JSON.stringify('joinLine' in entry ? {...entry, joinLine: entry.joinLine ?? null} : entry)];
	}

	const {event} = entry;
	switch (event.type) {
		case 'wire': {
			return [JSON.stringify({t, event: {type: 'wire', message: wireJson(event.message)}})];
		}

		case 'peers':
		case 'local':
		case 'remote': {
			const {changed, removed, ...rest} = event;
			const head = `{"t":${t},"event":{${JSON.stringify(rest).slice(1, -1)}`;
			const lines = [
				...inParts(changed).map(rows => `${head},"changed":${rows},"removed":[]}}`),
				...inParts(removed).map(rows => `${head},"changed":[],"removed":${rows}}}`),
			];
			return lines.length > 0 ? lines : [`${head},"changed":[],"removed":[]}}`];
		}

		default: {
			return [JSON.stringify(entry)];
		}
	}
}

/** Lists as JSON, each of as many rows as fit in a line. */
function inParts(rows: readonly unknown[], most = rowsTogether): string[] {
	const parts: string[] = [];
	for (let start = 0; start < rows.length; start += most) {
		const some = rows.slice(start, start + most);
		const json = JSON.stringify(some);
		// Rows of files that everybody in a full swarm has are long.
		parts.push(
			...(json.length > maxRowsLength && some.length > 1 ? inParts(some, Math.ceil(some.length / 4)) : [json]),
		);
	}

	return parts;
}
