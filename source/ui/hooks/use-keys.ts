import {useCallback} from 'react';
import {useInput, type Key} from 'ink';
import type {PeerActions} from '../../peer/events.js';
import type {Store} from '../../state/store.js';
import {keyNames} from '../key-names.js';
import {press} from '../keymap.js';

/** The one place where keys come in: each is looked up in the table of bindings, with the state as it is by then. */
export function useKeys(store: Store, actions: PeerActions, quit: () => void): void {
	const onInput = useCallback(
		(input: string, key: Key) => {
			for (const name of keyNames(input, key)) {
				press(name, {
					state: store.getState(),
					dispatch: store.dispatch,
					actions,
					quit,
				});
			}
		},
		[store, actions, quit],
	);
	useInput(onInput);
}
