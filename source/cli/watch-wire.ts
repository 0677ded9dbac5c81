import type {PeerActions} from '../peer/events.js';
import type {Store} from '../state/store.js';

export type WatchOptions = {
	/** A recording wants every message, whoever looks. */
	always?: boolean;
};

/**
Have the core tell every message while the wire pane is open, and only then: nothing is paid for what nobody sees.

@returns Ends it, and the watching.
*/
export function watchWire(
	core: Pick<PeerActions, 'watchWire'>,
	store: Store,
	{always = false}: WatchOptions = {},
): () => void {
	let isOn = false;
	const turn = (wanted: boolean) => {
		if (wanted === isOn) {
			return;
		}

		isOn = wanted;
		core.watchWire(isOn);
		store.dispatch({type: 'watch wire', isOn, nowMs: Date.now()});
	};

	const follow = () => {
		turn(always || store.getState().extra === 'wire');
	};

	follow();
	const unsubscribe = store.subscribe(follow);
	return () => {
		unsubscribe();
		if (isOn) {
			core.watchWire(false);
		}
	};
}
