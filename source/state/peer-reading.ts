import type {PeerDetails} from '../peer/events.js';
import {nextRates, rateOf} from './rates.js';
import type {Rates} from './state.js';

/** The peer whose details are open, as of the last reading. */
export type PeerReading = PeerDetails & {atMs: number; rates: Rates};

const standstill: Rates = {down: 0, up: 0, downHistory: [], upHistory: []};

/** Work its rates out of two readings. The first of a peer has none. */
export function nextPeerReading(before: PeerReading | undefined, details: PeerDetails, atMs: number): PeerReading {
	const {key, downBytes, upBytes} = details;
	if (before?.key !== key) {
		return {...details, atMs, rates: standstill};
	}

	const elapsedMs = atMs - before.atMs;
	const down = Math.max(0, rateOf(downBytes - before.downBytes, elapsedMs));
	const up = Math.max(0, rateOf(upBytes - before.upBytes, elapsedMs));
	return {...details, atMs, rates: nextRates(before.rates, down, up)};
}
