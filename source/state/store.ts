import type {Action} from './actions.js';
import {reduce} from './reducer.js';
import {initialState, type State} from './state.js';

/** Holds the state and tells, at most once a frame, that it has changed. */
export type Store = {
	getState: () => State;
	dispatch: (action: Action) => void;
	/** @returns Ends the subscription. */
	subscribe: (listener: () => void) => () => void;
	/** Tell nobody any more. */
	close: () => void;
};

/** Facts that come within this time are one render. A key is answered at once. */
const frameMs = 33;

/** @param state - Where to begin, for tests. */
export function createStore(state: State = initialState): Store {
	let current = state;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const listeners = new Set<() => void>();
	const tell = () => {
		clearTimeout(timer);
		timer = undefined;
		for (const listener of listeners) {
			listener();
		}
	};

	return {
		getState: () => current,
		dispatch(action) {
			const next = reduce(current, action);
			if (next === current) {
				return;
			}

			current = next;
			if (action.type === 'peer event' || action.type === 'sampled') {
				timer ??= setTimeout(tell, frameMs);
			} else {
				tell();
			}
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		close() {
			clearTimeout(timer);
			listeners.clear();
		},
	};
}
