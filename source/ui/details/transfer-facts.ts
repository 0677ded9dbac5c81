import type {Transfer} from '../../peer/events.js';
import {bytesOf, waitingDownloads} from '../../state/selectors.js';
import type {Progress, SourceTrend, State} from '../../state/state.js';
import {formatEta, formatRate, formatSize, percentOf} from '../format.js';
import {fit} from '../text.js';
import {nameOfState, waitsFor} from '../transfer-state.js';

/** Rows that a long name or reason may take. */
export const maxTextRows = 3;

const rateWidth = 12;

/** What the rows about a transfer are made of. */
export type TransferFacts = {
	transfer: Transfer;
	bytes: number;
	percent: number;
	/** `21.6 MB of 48 MB` */
	amount: string;
	/** While it runs. */
	progress: Progress | undefined;
	/** While it runs by pieces. */
	sources: readonly SourceTrend[];
	/** Of a download by pieces that runs, or ran last. */
	map: {pieces: string; pieceBytes: number} | undefined;
	/** What it waits for, or why it failed. */
	reason: string | undefined;
	how: string;
};

export function factsOf(transfer: Transfer, state: State): TransferFacts {
	const {id, size} = transfer;
	const isDone = transfer.state === 'done';
	const bytes = bytesOf(state, transfer);
	const progress = transfer.state === 'running' ? state.progress.get(id) : undefined;
	const map = state.pieces?.id === id ? state.pieces : undefined;
	return {
		transfer,
		bytes,
		percent: isDone ? 100 : percentOf(bytes, size),
		amount: size === undefined || isDone ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(size)}`,
		progress,
		sources: progress?.sources ?? [],
		map: map && {...map, pieces: piecesNow(transfer, map.pieces)},
		reason: transfer.state === 'failed' ? transfer.error : waitsFor(transfer),
		how: howOf(transfer, state),
	};
}

/** The map is as of when it last ran: what was asked for is not any more. */
function piecesNow({state}: Transfer, pieces: string): string {
	if (state === 'done') {
		return '#'.repeat(pieces.length);
	}

	return state === 'running' ? pieces : pieces.replaceAll('>', '.');
}

/** `… waiting, turn 2 of 5` */
function howOf(transfer: Transfer, state: State): string {
	if (transfer.direction === 'up' || transfer.state !== 'waiting') {
		return nameOfState(transfer);
	}

	const waiting = waitingDownloads(state);
	const turn = waiting.findIndex(({id}) => id === transfer.id) + 1;
	return waiting.length > 1 ? `${nameOfState(transfer)}, turn ${turn} of ${waiting.length}` : nameOfState(transfer);
}

/** `40.1 MB/s   0:18 to go` */
export function pace({transfer: {size}, bytes, progress}: TransferFacts): string {
	const rate = progress?.bytesPerSecond ?? 0;
	const eta = size === undefined ? '' : formatEta(size - bytes, rate);
	return `${fit(formatRate(rate), rateWidth)}${eta && `${eta} to go`}`;
}
