import {nextRates, rateOf} from './rates.js';
import type {Rates} from './state.js';

/** What the core counts of a peer. */
export type PeerCounters = {
	/** Bytes that came from it and that it was sent, as long as it is here. */
	downBytes: number;
	upBytes: number;
	/** The time it took for its last answer. */
	rttMs?: number | undefined;
};

/** The peer whose details are open, as of the last reading. */
export type PeerReading = PeerCounters & {key: string; atMs: number; rates: Rates};

const standstill: Rates = {down: 0, up: 0, downHistory: [], upHistory: []};

/** Work its rates out of two readings. The first of a peer has none. */
export function nextPeerReading(
	before: PeerReading | undefined,
	{key, counters}: {key: string; counters: PeerCounters},
	atMs: number,
): PeerReading {
	if (before?.key !== key) {
		return {...counters, key, atMs, rates: standstill};
	}

	const elapsedMs = atMs - before.atMs;
	const down = Math.max(0, rateOf(counters.downBytes - before.downBytes, elapsedMs));
	const up = Math.max(0, rateOf(counters.upBytes - before.upBytes, elapsedMs));
	return {...counters, key, atMs, rates: nextRates(before.rates, down, up)};
}
