import type {PeerEvent} from '../peer/events.js';
import type {Action} from './actions.js';
import {reduce} from './reducer.js';
import {initialState, type State} from './state.js';

/** Holds the state and tells, at most once a frame, that it has changed. */
export type Store = {
	getState: () => State;
	/** Take an action and tell at once: a key is answered without delay. */
	dispatch: (action: Action) => void;
	/** Take a fact of the peer core; facts of one frame are reduced together and told once. */
	hear: (event: PeerEvent, nowMs: number) => void;
	/** @returns Ends the subscription. */
	subscribe: (listener: () => void) => () => void;
	/** Tell nobody any more. */
	close: () => void;
};

const frameMs = 33;

/** How much longer than a frame took the next one waits: what streams in must leave time for keys and transfers. */
const restFactor = 4;

/** @param state - Where to begin, for tests. */
export function createStore(state: State = initialState): Store {
	let current = state;
	let heard: PeerEvent[] = [];
	let heardAtMs = 0;
	let costMs = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const listeners = new Set<() => void>();

	/** Bring the state up to what was heard. */
	const settle = () => {
		clearTimeout(timer);
		timer = undefined;
		if (heard.length > 0) {
			const events = heard;
			heard = [];
			current = reduce(current, {type: 'peer events', events, nowMs: heardAtMs});
		}
	};

	const tell = (before: State) => {
		if (current !== before) {
			for (const listener of listeners) {
				listener();
			}
		}
	};

	return {
		getState: () => current,
		dispatch(action) {
			const before = current;
			settle();
			current = reduce(current, action);
			tell(before);
		},
		hear(event, nowMs) {
			heard.push(event);
			heardAtMs = nowMs;
			timer ??= setTimeout(
				() => {
					const before = current;
					const startMs = performance.now();
					settle();
					tell(before);
					costMs = performance.now() - startMs;
				},
				Math.max(frameMs, costMs * restFactor),
			);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		close() {
			clearTimeout(timer);
			heard = [];
			listeners.clear();
		},
	};
}
