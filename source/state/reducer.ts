import type {Action} from './actions.js';
import {nextByLetter} from './jump.js';
import {KeySet} from './key-set.js';
import {layoutOf, listRows} from './layout.js';
import {lists, type ListKind, type Rows} from './lists.js';
import {reduceEvents} from './reduce-event.js';
import {reduceSample} from './reduce-sample.js';
import {canBeRequested, cursorIndex, keyOf, rowsOf, selected, topFor} from './selectors.js';
import {sorts} from './sorts.js';
import {paneNames, type Mode, type PaneName, type PaneState, type State} from './state.js';

/** What comes of an action. Pure; an action that changes nothing returns the state itself. */
export function reduce(state: State, action: Action): State {
	switch (action.type) {
		case 'peer events': {
			return reduceEvents(state, action.events, action.nowMs);
		}

		case 'sampled': {
			return reduceSample(state, action);
		}

		case 'resized': {
			const {columns, rows} = action;
			return {...state, size: {columns, rows}};
		}

		case 'join line': {
			return {...state, joinLine: action.line};
		}

		case 'focus': {
			return {...state, focus: action.pane};
		}

		case 'focus by': {
			const index = paneNames.indexOf(state.focus) + action.steps + paneNames.length;
			return {...state, focus: paneNames[index % paneNames.length]!};
		}

		case 'move': {
			return moved(state, action.rows);
		}

		case 'page': {
			const {columns, rows} = state.size;
			return moved(state, action.pages * listRows(layoutOf(columns, rows), state.focus));
		}

		case 'mark': {
			return marked(state);
		}

		case 'mark all': {
			return {...state, marks: allMarked(state)};
		}

		case 'unmark all': {
			return {...state, marks: KeySet.empty};
		}

		case 'sort': {
			const {sort} = state.panes[state.focus];
			return withPane(state, {sort: (sort + 1) % sorts[state.focus].length, isReversed: false});
		}

		case 'reverse sort': {
			return withPane(state, {isReversed: !state.panes[state.focus].isReversed});
		}

		case 'jump': {
			return jumped(state, state.focus, action.letter);
		}

		case 'mode': {
			return inMode(state, action.mode);
		}

		case 'scroll help': {
			return {...state, helpTop: action.top};
		}

		case 'filter': {
			return withPane(state, {
				filter: action.text,
				cursor: {key: undefined, index: 0, top: 0},
			});
		}
	}
}

function inMode(before: State, mode: Mode): State {
	const state = {...before, mode, helpTop: 0, pieces: undefined};
	if (mode !== 'details') {
		return state;
	}

	// They are of that transfer, wherever its row may move to.
	return selected(state, 'transfers') ? moved({...state, focus: 'transfers'}, 0) : before;
}

function withPane(state: State, values: Partial<PaneState>): State {
	const {focus, panes} = state;
	return {...state, panes: {...panes, [focus]: {...panes[focus], ...values}}};
}

function moved(state: State, by: number): State {
	const {focus, size} = state;
	const rows = rowsOf(state, focus);
	const from = cursorIndex(state, focus);
	const index = Math.max(0, Math.min(rows.length - 1, from + by));
	const row = rows[index];
	if (!row) {
		return state;
	}

	const height = listRows(layoutOf(size.columns, size.rows), focus);
	const top = topFor(state.panes[focus].cursor.top, index, height, rows.length);
	return withPane(state, {cursor: {key: keyOf(focus, row), index, top}});
}

/** Mark the remote file under the cursor, or take its mark away, and go on to the next. */
function marked(state: State): State {
	const file = rowsOf(state, 'remote')[cursorIndex(state, 'remote')];
	if (state.focus !== 'remote' || !file) {
		return state;
	}

	const marks =
		state.marks.has(file.key) || !canBeRequested(file)
			? state.marks.with([], [file.key])
			: state.marks.with([file.key]);
	return moved({...state, marks}, 1);
}

/** Marks of what the filter does not show stay as they are. */
function allMarked(state: State): KeySet {
	const keys = rowsOf(state, 'remote')
		.filter(file => canBeRequested(file))
		.map(({key}) => key);
	return keys.every(key => state.marks.has(key)) ? state.marks.with([], keys) : state.marks.with(keys);
}

function jumped<Pane extends PaneName>(state: State, pane: Pane, letter: string): State {
	const from = cursorIndex(state, pane);
	const kind = lists[pane] as unknown as ListKind<Rows[Pane]>;
	const index = nextByLetter(rowsOf(state, pane), from, letter, kind.labelOf);
	return index === undefined ? state : moved(state, index - from);
}
