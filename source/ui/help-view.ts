import {bodyRows, helpColumns, helpRows} from '../state/layout.js';
import type {State} from '../state/state.js';
import type {Binding} from './bindings.js';
import {helpLines} from './help-lines.js';

/** Columns between frame and text, and between two columns of text. */
const margin = 1;

/** How help stands on the screen: its lines, how wide they are, and how many are in sight at once. */
export function helpView(state: State, bindings: readonly Binding[]) {
	const {columns, rows} = state.size;
	const columnWidth = Math.floor((columns - 2) / helpColumns(columns));
	const lines = helpLines(columnWidth - 2 * margin, bindings, state);
	return {
		lines,
		columnWidth,
		perColumn: bodyRows(rows) - 2,
		/** The furthest that it can be scrolled. */
		lastTop: Math.max(0, lines.length - helpRows(columns, rows)),
	};
}
