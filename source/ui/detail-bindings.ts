import {selected} from '../state/selectors.js';
import type {State} from '../state/state.js';
import type {Binding, KeyContext} from './bindings.js';
import {detailOf, lastTopOf} from './details/detail-of.js';
import {detailSize} from './details/row.js';

/** Whether details are longer than what is in sight. */
export const isDetailLong = (state: State): boolean =>
	state.mode === 'details' && lastTopOf(detailOf(state), state) > 0;

/** Scroll details by so many rows, or pages. */
export function scrollDetails({state, dispatch}: KeyContext, by: {rows: number} | {pages: number}): void {
	const last = lastTopOf(detailOf(state), state);
	const rows = 'rows' in by ? by.rows : by.pages * detailSize(state).height;
	// The details may have become shorter since the last scroll.
	dispatch({type: 'scroll', top: Math.max(0, Math.min(last, Math.min(last, state.scrollTop) + rows))});
}

/** Whether there is a row under the cursor, and something to know about it. */
export function hasDetails(state: State): boolean {
	const row = selected(state, state.focus);
	// What stands for messages that nobody saw has none.
	return row !== undefined && !('gapMs' in row && row.gapMs !== undefined);
}

const isInDetails = ({mode}: State) => mode === 'details';

/** What opens details. */
export const detailBindings: readonly Binding[] = [
	{
		id: 'details',
		keys: ['i'],
		shown: 'i',
		label: 'details',
		help: 'All about the row under the cursor; again, or Esc, closes it',
		group: 'moving',
		whyNot: 'there is no row here',
		isUseful: hasDetails,
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'details'});
		},
	},
	{
		id: 'open',
		keys: ['enter'],
		shown: 'enter',
		help: 'Details of the row, like i',
		panes: ['peers', 'local', 'transfers', 'log'],
		group: 'moving',
		whyNot: 'there is no row here',
		isUseful: hasDetails,
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'details'});
		},
	},
];

/** What goes from details to others. */
export const otherDetailBindings: readonly Binding[] = [
	{
		id: 'previous-row',
		keys: ['['],
		shown: '[',
		help: 'In details: those of the row above',
		isInDetails: true,
		group: 'moving',
		whyNot: 'it is for details',
		isUseful: isInDetails,
		run({dispatch}) {
			dispatch({type: 'move', rows: -1});
		},
	},
	{
		id: 'next-row',
		keys: [']'],
		shown: '[ ]',
		label: 'others',
		help: 'In details: those of the row below',
		isInDetails: true,
		group: 'moving',
		whyNot: 'it is for details',
		isUseful: isInDetails,
		run({dispatch}) {
			dispatch({type: 'move', rows: 1});
		},
	},
];
