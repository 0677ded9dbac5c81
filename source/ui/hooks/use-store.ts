import {useSyncExternalStore} from 'react';
import type {Store} from '../../state/store.js';
import type {State} from '../../state/state.js';

/** The state, and a render whenever the store tells of a change. */
export const useStore = (store: Store): State => useSyncExternalStore(store.subscribe, store.getState);
