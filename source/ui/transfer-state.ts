import type {Transfer, TransferState} from '../peer/events.js';

/** A glyph for each state; beside it stands its name where there is room. */
export const glyphs: Record<TransferState, string> = {
	running: '',
	waiting: '…',
	paused: '‖',
	done: '✓',
	failed: '✗',
	cancelled: '–',
};

/** `✓ done` */
export const nameOfState = ({state, direction}: Transfer): string =>
	`${glyphs[state] || (direction === 'down' ? '↓' : '↑')} ${state}`;

/** What a transfer waits for that would go on otherwise. */
export const waitsFor = ({state, error}: Transfer): string | undefined =>
	state === 'waiting' || state === 'running' ? error : undefined;
