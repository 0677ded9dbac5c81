import {type Rows, detailedKey, selected} from './selectors.js';
import type {PaneName, State} from './state.js';

/** The row that keys are about: the one whose details are open, or else the one under the cursor. */
export function chosenRow<Pane extends PaneName>(state: State, pane: Pane): Rows[Pane] | undefined {
	const key = detailedKey(state, pane);
	const rows = state[pane] as ReadonlyMap<string | number, unknown>;
	return key === undefined ? selected(state, pane) : (rows.get(key) as Rows[Pane] | undefined);
}
