import type {PeerCore} from '../peer/peer-core.js';
import {detailedId} from '../state/selectors.js';
import type {Store} from '../state/store.js';

const sampleMs = 250;

/** Ages and countdowns go on while nothing happens: a reading every so many anyway. */
const idleEvery = {lost: 4, connected: 40};

/**
Read the core's counters into the store a few times a second, as long as there is anything to see; and the pieces of a transfer
while its details are open.

@returns Ends it.
*/
export function startSampler(core: Pick<PeerCore, 'sample' | 'pieces'>, store: Store): () => void {
	let ticks = 0;
	const timer = setInterval(() => {
		ticks++;
		const state = store.getState();
		const sample = core.sample();
		const isBusy =
			sample.running.length > 0 ||
			sample.indexing !== undefined ||
			state.sample?.indexing !== undefined ||
			state.rates.downHistory.some(rate => rate > 0) ||
			state.rates.upHistory.some(rate => rate > 0) ||
			sample.downBytes !== state.sample?.downBytes ||
			sample.upBytes !== state.sample.upBytes;
		const every = idleEvery[state.tracker?.state === 'connected' ? 'connected' : 'lost'];
		if (isBusy || ticks % every === 0) {
			const detailed = detailedId(state);
			const pieces = detailed === undefined ? undefined : core.pieces(detailed);
			store.dispatch({type: 'sampled', sample, pieces, nowMs: Date.now()});
		}
	}, sampleMs);
	return () => {
		clearInterval(timer);
	};
}
