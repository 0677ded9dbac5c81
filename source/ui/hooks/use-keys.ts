import {useCallback, useEffect, useRef} from 'react';
import {useInput, type Key} from 'ink';
import type {Store} from '../../state/store.js';
import type {KeyContext} from '../bindings.js';
import {keyNames} from '../key-names.js';
import {press} from '../keymap.js';
import {mouseEvents} from '../mouse-events.js';
import {point} from '../mouse.js';

/** What keys can reach beside the state. */
export type Reach = Omit<KeyContext, 'state' | 'dispatch'>;

/** The one place where keys come in, and what the mouse does: each is looked up with the state as it is by then. */
export function useKeys(store: Store, reach: Reach): void {
	const latest = useRef(reach);
	useEffect(() => {
		latest.current = reach;
	});
	const onInput = useCallback(
		(input: string, key: Key) => {
			const contextNow = (): KeyContext => ({
				...latest.current,
				state: store.getState(),
				dispatch: store.dispatch,
			});
			const events = mouseEvents(input);
			if (events) {
				for (const event of events) {
					point(event, contextNow());
				}

				return;
			}

			for (const name of keyNames(input, key)) {
				press(name, contextNow());
			}
		},
		[store],
	);
	useInput(onInput);
}
