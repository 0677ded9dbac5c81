import type {PeerActions} from '../peer/events.js';
import type {Store} from '../state/store.js';

export type WatchOptions = {
	/** A recording wants every message, whoever looks. */
	always?: boolean;
};

/** What can tell of every message: a peer core, or a tracker in this program. */
export type Watchable = Pick<PeerActions, 'watchWire'>;

/**
Have them tell every message while the wire pane is open, and only then: nothing is paid for what nobody sees.

@returns Ends it, and the watching.
*/
export function watchWire(
	watched: readonly Watchable[],
	store: Store,
	{always = false}: WatchOptions = {},
): () => void {
	let isOn = false;
	const turn = (wanted: boolean) => {
		if (wanted === isOn) {
			return;
		}

		isOn = wanted;
		for (const one of watched) {
			one.watchWire(isOn);
		}

		store.dispatch({type: 'watch wire', isOn, nowMs: Date.now()});
	};

	const follow = () => {
		turn(always || store.getState().extra === 'wire');
	};

	follow();
	const unsubscribe = store.subscribe(follow);
	return () => {
		unsubscribe();
		for (const one of isOn ? watched : []) {
			one.watchWire(false);
		}
	};
}
