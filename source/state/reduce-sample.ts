import type {Sample, SourceRate} from '../peer/events.js';
import type {Action} from './actions.js';
import {noteSources} from './history.js';
import {nextPeerReading} from './peer-reading.js';
import {nextRates, rateOf, smooth, withLast} from './rates.js';
import type {Progress, SourceTrend, State} from './state.js';

/** Work rates out of two readings of the counters. Pure. */
export function reduceSample(before: State, action: Action & {type: 'sampled'}): State {
	const {sample, nowMs, pieces = before.pieces, peer} = action;
	const peerReading = peer ? nextPeerReading(before.peerReading, peer, sample.atMs) : before.peerReading;
	const state = {...before, sample, nowMs, pieces, peerReading};
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
	const histories = noteSources(before.histories, sample.running, id => before.progress.get(id)?.sources ?? [], nowMs);
	return {...state, progress, histories, rates: nextRates(before.rates, down, up)};
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
function smoothSources(read: SourceRate[], before: SourceTrend[]): SourceTrend[] {
	const left = new Set(read);
	const kept = before.flatMap((source): SourceTrend[] => {
		// Two peers may have the same name: each reading counts once.
		const now = [...left].find(({name}) => name === source.name);
		if (!now) {
			return [];
		}

		left.delete(now);
		const bytesPerSecond = smooth(source.bytesPerSecond, now.bytesPerSecond);
		return [{...now, bytesPerSecond, trend: withLast(source.trend, now.bytesPerSecond)}];
	});
	return [...kept, ...Array.from(left, source => ({...source, trend: [source.bytesPerSecond]}))];
}
