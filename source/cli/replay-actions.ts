import type {PeerActions} from '../peer/events.js';
import type {Store} from '../state/store.js';

const text = 'This is a recording: nothing can be requested';

/** What keys ask of a peer where there is none: says so, and not twice in a row. */
export function recordedPeerActions(store: Pick<Store, 'getState' | 'hear'>): PeerActions {
	const tell = () => {
		const {notice, nowMs} = store.getState();
		if (notice?.text !== text) {
			store.hear({type: 'notice', level: 'info', text}, nowMs);
		}
	};

	return {
		request: tell,
		pause: tell,
		resume: tell,
		cancel: tell,
		retry: tell,
		move: tell,
		clearFinished: tell,
		setSync: tell,
		// The recording has what it has.
		watchWire() {},
	};
}
