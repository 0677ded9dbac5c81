import type {RunningSample, SourceRate, Transfer} from '../peer/events.js';
import {limits} from './limits.js';
import {RowList} from './row-list.js';

/** Something that happened to a transfer. */
export type Happening = {
	atMs: number;
	what: 'queued' | 'started' | 'joined' | 'left' | 'waiting' | 'paused' | 'done' | 'failed' | 'cancelled';
	/** Who joined or left; what it waits for, or why it failed. */
	text: string;
	/** How long it has run in all, and how fast on average; of what is over. */
	ranMs?: number;
	bytesPerSecond?: number;
};

/** What happened to a transfer, and what tells how long it ran. */
export type History = {
	/** The oldest first, and no more than `limits.maxHappenings`. */
	happenings: readonly Happening[];
	/** As of the last fact. */
	state: Transfer['state'];
	error: string | undefined;
	/** Of the run that goes on now. */
	runSinceMs: number | undefined;
	/** How long the runs before it took. */
	ranMs: number;
	/** What was here before its first run. */
	firstBytes: number;
};

/** Histories by the id of their transfer, to be changed. */
export type HistoryEdit = {
	get: (id: number) => History | undefined;
	set: (id: number, history: History) => unknown;
};

const isOver = (state: Transfer['state']) => state === 'done' || state === 'failed' || state === 'cancelled';

const whatOf: Record<Transfer['state'], Happening['what']> = {
	waiting: 'queued',
	running: 'started',
	paused: 'paused',
	done: 'done',
	failed: 'failed',
	cancelled: 'cancelled',
};

/** Take a fact about a transfer in. Facts that only bring its figures up to date are no history. */
export function noteFact(histories: HistoryEdit, transfer: Transfer, nowMs: number): void {
	const before = histories.get(transfer.id);
	const {state, error} = transfer;
	if (before?.state === state && before.error === error) {
		return;
	}

	const after = counted(before, transfer, nowMs);
	const happened = happeningsOf(before, after, transfer, nowMs);
	histories.set(transfer.id, withHappenings(after, happened));
}

/** How long it has run by now. */
function counted(before: History | undefined, {state, error, bytes}: Transfer, nowMs: number): History {
	const isRunning = state === 'running';
	const {runSinceMs, ranMs = 0, firstBytes = bytes, happenings = []} = before ?? {};
	// What is tried again counts anew.
	const isAnew = before !== undefined && isOver(before.state) && !isOver(state);
	const runMs = runSinceMs === undefined ? 0 : nowMs - runSinceMs;
	return {
		happenings,
		state,
		error,
		runSinceMs: isRunning ? (runSinceMs ?? nowMs) : undefined,
		ranMs: isAnew ? 0 : isRunning ? ranMs : ranMs + runMs,
		firstBytes: isAnew ? bytes : firstBytes,
	};
}

function happeningsOf(
	before: History | undefined,
	{ranMs, firstBytes}: History,
	{state, error, bytes}: Transfer,
	atMs: number,
): Happening[] {
	const isWaiting = error !== undefined && !isOver(state) && error !== before?.error;
	const waits: Happening[] = isWaiting ? [{atMs, what: 'waiting', text: error}] : [];
	if (before?.state === state) {
		return waits;
	}

	const text = state === 'failed' ? (error ?? '') : '';
	const figures =
		isOver(state) && ranMs > 0 ? {ranMs, bytesPerSecond: (Math.max(0, bytes - firstBytes) / ranMs) * 1000} : {};
	return [{atMs, what: whatOf[state], text, ...figures}, ...waits];
}

const withHappenings = (history: History, happened: Happening[]): History =>
	happened.length === 0
		? history
		: {...history, happenings: [...history.happenings, ...happened].slice(-limits.maxHappenings)};

/** Names in a happening: where many come at once, the rest is a number. */
const maxNames = 3;

const namesOf = (sources: readonly SourceRate[]): string => {
	const names = sources.slice(0, maxNames).map(({name}) => name);
	const more = sources.length - names.length;
	return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
};

const missingIn = (sources: readonly SourceRate[], others: readonly SourceRate[]): SourceRate[] => {
	const names = new Set(others.map(({name}) => name));
	return sources.filter(({name}) => !names.has(name));
};

/**
Which sources have joined or left since the last reading.

@param sourcesBefore - Those of a transfer as of the last reading.
@returns The histories themselves where none has.
*/
export function noteSources(
	histories: ReadonlyMap<number, History>,
	running: readonly RunningSample[],
	sourcesBefore: (id: number) => readonly SourceRate[],
	atMs: number,
): ReadonlyMap<number, History> {
	const changed = new Map<number, History>();
	for (const {id, sources} of running) {
		const history = histories.get(id);
		if (!history || !sources) {
			continue;
		}

		const before = sourcesBefore(id);
		const joined = missingIn(sources, before);
		const left = missingIn(before, sources);
		if (joined.length + left.length > 0) {
			changed.set(
				id,
				withHappenings(history, [
					...(left.length > 0 ? [{atMs, what: 'left' as const, text: namesOf(left)}] : []),
					...(joined.length > 0 ? [{atMs, what: 'joined' as const, text: namesOf(joined)}] : []),
				]),
			);
		}
	}

	return changed.size === 0 ? histories : RowList.from(histories).with(changed, new Set());
}
