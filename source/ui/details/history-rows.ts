import type {Happening, History} from '../../state/history.js';
import {formatDuration, formatRate, formatSeconds} from '../format.js';
import {wrapped} from '../text.js';
import {listRows, listWidth, type Row} from './row.js';

const timeWidth = 10;

/** Rows that a reason may take. */
const maxTextRows = 4;

/** `0:18`, or `180 ms` */
const tookText = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : formatDuration(ms));

function textOf({what, text, ranMs, bytesPerSecond}: Happening): string {
	const took = ranMs === undefined ? '' : tookText(ranMs);
	switch (what) {
		case 'joined':
		case 'left': {
			return `${text} ${what}`;
		}

		case 'waiting': {
			return `waits: ${text}`;
		}

		case 'failed': {
			return `failed${took && ` after ${took}`}: ${text}`;
		}

		case 'done': {
			return took ? `done in ${took}, ${formatRate(bytesPerSecond ?? 0)} on average` : 'done';
		}

		case 'cancelled': {
			return `cancelled${took && ` after ${took}`}`;
		}

		case 'queued':
		case 'started':
		case 'paused': {
			return what;
		}
	}
}

function happeningRows(happening: Happening, width: number): Row[] {
	const accent = happening.what === 'failed' ? ('trouble' as const) : undefined;
	return wrapped(textOf(happening), width - timeWidth, maxTextRows).map((text, index) => [
		{text: (index === 0 ? formatSeconds(happening.atMs) : '').padEnd(timeWidth), isDim: true},
		{text, accent},
	]);
}

/** What happened to a transfer, the latest first. */
export function historyRows(history: History | undefined, width: number): Row[] {
	const happenings = history?.happenings.toReversed() ?? [];
	const room = listWidth(width);
	return listRows(
		'History',
		happenings.flatMap(happening => happeningRows(happening, room)),
		width,
	);
}
