import {paneAt} from '../state/pane-at.js';
import {cursorIndex} from '../state/selectors.js';
import type {KeyContext} from './bindings.js';
import {press} from './keymap.js';
import type {MouseEvent} from './mouse-events.js';

/** Rows that one turn of the wheel moves. */
const wheelRows = 3;

/** Do what a mouse event means: choose the row that is clicked, and the pane; the chosen row, clicked again, is as Enter. The wheel scrolls. */
export function point({kind, column, row}: MouseEvent, context: KeyContext): void {
	const {state, dispatch} = context;
	if (kind !== 'press' && (state.mode === 'help' || state.mode === 'details')) {
		press(kind === 'wheel-up' ? 'up' : 'down', context);
		return;
	}

	const there = paneAt(state, column, row);
	if (!there || (state.mode !== 'normal' && state.mode !== 'filter')) {
		return;
	}

	const {pane} = there;
	const isFocused = state.focus === pane;
	if (!isFocused) {
		// A filter is typed into the pane that has the focus.
		if (state.mode === 'filter') {
			dispatch({type: 'mode', mode: 'normal'});
		}

		dispatch({type: 'focus', pane});
	}

	if (kind !== 'press') {
		dispatch({type: 'move', rows: kind === 'wheel-up' ? -wheelRows : wheelRows});
		return;
	}

	const chosen = cursorIndex(state, pane);
	if (there.row === undefined) {
		return;
	}

	if (isFocused && there.row === chosen) {
		press('enter', context);
	} else {
		dispatch({type: 'move', rows: there.row - chosen});
	}
}
