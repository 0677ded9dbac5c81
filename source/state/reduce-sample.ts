import type {Sample, SourceRate} from '../peer/events.js';
import type {Action} from './actions.js';
import type {Progress, State} from './state.js';

/** Samples that a sparkline shows. */
const historyLength = 8;

/** How much of a new reading shows at once: rates shall be readable, not nervous. */
const smoothing = 0.4;

const smooth = (before: number, now: number) => (before === 0 ? now : before + (now - before) * smoothing);

/** Readings of a stranger's recording may be so close together that the rate is beyond all numbers. */
const rateOf = (bytes: number, milliseconds: number) => (milliseconds >= 1 ? (bytes / milliseconds) * 1000 : 0);

/** Work rates out of two readings of the counters. Pure. */
export function reduceSample(before: State, action: Action & {type: 'sampled'}): State {
	const {sample, nowMs, pieces = before.pieces} = action;
	const state = {...before, sample, nowMs, pieces};
	const last = before.sample;
	if (!last) {
		return state;
	}

	const elapsedMs = sample.atMs - last.atMs;
	const down = rateOf(sample.downBytes - last.downBytes, elapsedMs);
	const up = rateOf(sample.upBytes - last.upBytes, elapsedMs);
	const progress = new Map(
		sample.running.map(running => [running.id, progressOf(running, before.progress.get(running.id), elapsedMs)]),
	);
	const {rates} = before;
	return {
		...state,
		progress,
		rates: {
			down: down === 0 ? 0 : smooth(rates.down, down),
			up: up === 0 ? 0 : smooth(rates.up, up),
			downHistory: [...rates.downHistory, down].slice(-historyLength),
			upHistory: [...rates.upHistory, up].slice(-historyLength),
		},
	};
}

/** Pieces are verified one at a time, but bytes flow: where sources are known, the rate is what they send. */
function progressOf(
	{bytes, sources: read}: Sample['running'][number],
	last: Progress | undefined,
	elapsedMs: number,
): Progress {
	if (read) {
		const sources = smoothSources(read, last?.sources ?? []);
		return {bytes, sources, bytesPerSecond: sources.reduce((sum, {bytesPerSecond}) => sum + bytesPerSecond, 0)};
	}

	// A restart from the first byte is no negative rate.
	const rate = Math.max(0, rateOf(bytes - (last?.bytes ?? bytes), elapsedMs));
	return {bytes, bytesPerSecond: smooth(last?.bytesPerSecond ?? 0, rate)};
}

/** Sources in the order they had before, as far as they are still there, and then the new ones. */
function smoothSources(read: SourceRate[], before: SourceRate[]): SourceRate[] {
	const left = new Set(read);
	const kept = before.flatMap(source => {
		// Two peers may have the same name: each reading counts once.
		const now = [...left].find(({name}) => name === source.name);
		if (!now) {
			return [];
		}

		left.delete(now);
		return [{...now, bytesPerSecond: smooth(source.bytesPerSecond, now.bytesPerSecond)}];
	});
	return [...kept, ...left];
}
