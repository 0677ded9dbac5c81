import type {Sample} from '../peer/events.js';
import type {Progress, State} from './state.js';

/** Samples that a sparkline shows. */
const historyLength = 8;

/** How much of a new reading shows at once: rates shall be readable, not nervous. */
const smoothing = 0.4;

const smooth = (before: number, now: number) => (before === 0 ? now : before + (now - before) * smoothing);

const rateOf = (bytes: number, milliseconds: number) => (milliseconds > 0 ? (bytes / milliseconds) * 1000 : 0);

/** Work rates out of two readings of the counters. Pure. */
export function reduceSample(state: State, sample: Sample, nowMs: number): State {
	const before = state.sample;
	if (!before) {
		return {...state, sample, nowMs};
	}

	const elapsedMs = sample.atMs - before.atMs;
	const down = rateOf(sample.downBytes - before.downBytes, elapsedMs);
	const up = rateOf(sample.upBytes - before.upBytes, elapsedMs);
	const progress = new Map<number, Progress>();
	for (const {id, bytes} of sample.running) {
		const last = state.progress.get(id);
		// A restart from the first byte is no negative rate.
		const rate = Math.max(0, rateOf(bytes - (last?.bytes ?? bytes), elapsedMs));
		progress.set(id, {
			bytes,
			bytesPerSecond: smooth(last?.bytesPerSecond ?? 0, rate),
		});
	}

	const {rates} = state;
	return {
		...state,
		nowMs,
		sample,
		progress,
		rates: {
			down: down === 0 ? 0 : smooth(rates.down, down),
			up: up === 0 ? 0 : smooth(rates.up, up),
			downHistory: [...rates.downHistory, down].slice(-historyLength),
			upHistory: [...rates.upHistory, up].slice(-historyLength),
		},
	};
}
