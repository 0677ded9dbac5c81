import {useCallback} from 'react';
import {useInput, type Key} from 'ink';
import type {Store} from '../../state/store.js';
import type {KeyContext} from '../bindings.js';
import {keyNames} from '../key-names.js';
import {press} from '../keymap.js';

/** The one place where keys come in: each is looked up in the table of bindings, with the state as it is by then. */
export function useKeys(store: Store, context: Omit<KeyContext, 'state' | 'dispatch'>): void {
	const {actions, lab, bindings, quit} = context;
	const onInput = useCallback(
		(input: string, key: Key) => {
			for (const name of keyNames(input, key)) {
				press(name, {state: store.getState(), dispatch: store.dispatch, actions, lab, bindings, quit});
			}
		},
		[store, actions, lab, bindings, quit],
	);
	useInput(onInput);
}
