import type {PeerDetails} from '../peer/events.js';
import type {PeerCore} from '../peer/peer-core.js';
import type {PeerReading} from '../state/peer-reading.js';
import {detailedId, detailedKey} from '../state/selectors.js';
import type {State} from '../state/state.js';
import type {Store} from '../state/store.js';

const sampleMs = 250;

/** Ages and countdowns go on while nothing happens: a reading every so many anyway. */
const idleEvery = {lost: 4, connected: 40};

/** What is read. */
export type SampledCore = Pick<PeerCore, 'sample' | 'pieces'> & Partial<Pick<PeerCore, 'peer' | 'probe'>>;

const isNews = (now: PeerDetails, {key, rttMs}: Partial<PeerReading> = {}) => now.key !== key || now.rttMs !== rttMs;

/** What is counted of the peer whose details are open, and its round trip measured. */
function readPeer(core: SampledCore, state: State) {
	const key = detailedKey(state, 'peers');
	if (key === undefined) {
		return undefined;
	}

	core.probe?.(String(key));
	return core.peer?.(String(key));
}

/**
Read the core's counters into the store a few times a second, as long as there is anything to see; and the pieces of a transfer,
or what is counted of a peer, while its details are open.

@returns Ends it.
*/
export function startSampler(core: SampledCore, store: Store): () => void {
	let ticks = 0;
	const timer = setInterval(() => {
		ticks++;
		const state = store.getState();
		const sample = core.sample();
		const peer = readPeer(core, state);
		const isBusy =
			sample.running.length > 0 ||
			// Details that were opened just now show something at once.
			(peer !== undefined && isNews(peer, state.peerReading)) ||
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
			store.dispatch({type: 'sampled', sample, pieces, peer, nowMs: Date.now()});
		}
	}, sampleMs);
	return () => {
		clearInterval(timer);
	};
}
