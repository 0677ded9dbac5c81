import {useCallback} from 'react';
import {useInput, type Key} from 'ink';
import type {Store} from '../../state/store.js';
import type {KeyContext} from '../bindings.js';
import {keyNames} from '../key-names.js';
import {press} from '../keymap.js';

/** The one place where keys come in: each is looked up in the table of bindings, with the state as it is by then. */
export function useKeys(store: Store, reach: Pick<KeyContext, 'actions' | 'quit' | 'suspend'>): void {
	const {actions, quit, suspend} = reach;
	const onInput = useCallback(
		(input: string, key: Key) => {
			for (const name of keyNames(input, key)) {
				press(name, {
					state: store.getState(),
					dispatch: store.dispatch,
					actions,
					quit,
					suspend,
				});
			}
		},
		[store, actions, quit, suspend],
	);
	useInput(onInput);
}
