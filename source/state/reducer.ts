import type {Action} from './actions.js';
import {nextByLetter} from './jump.js';
import {KeySet} from './key-set.js';
import {listRows, openPanes} from './layout.js';
import {lists, type ListKind, type Rows} from './lists.js';
import {nextNarrowing} from './narrow.js';
import {reduceEvents} from './reduce-event.js';
import {reduceSample} from './reduce-sample.js';
import {canBeRequested, cursorIndex, isGrowing, keyOf, rowsOf, selected, topFor, topOf} from './selectors.js';
import {sorts} from './sorts.js';
import {
	followIndex,
	initialState,
	type ExtraPane,
	type Mode,
	type PaneName,
	type PaneState,
	type State,
} from './state.js';
import {withoutMessages, withPause, withWatch} from './wire-rows.js';

function focused(state: State, pane: PaneName): State {
	// An echo server has the wire pane alone.
	return pane === state.focus || state.echo
		? state
		: {
				...state,
				focus: pane,
				lastFocus: state.focus === state.extra ? state.lastFocus : state.focus,
				extra: pane === 'wire' || pane === 'log' ? pane : state.extra,
			};
}

function toggled(state: State, pane: ExtraPane): State {
	if (state.focus !== pane) {
		return focused(state, pane);
	}

	return state.echo ? state : {...state, focus: state.lastFocus, extra: undefined, isZoomed: false};
}

function inMode(before: State, mode: Mode): State {
	const state: State = {
		...before,
		mode,
		scrollTop: 0,
		pieces: undefined,
		peerReading: undefined,
		question: undefined,
		detailed: undefined,
		palette: {text: '', index: 0},
	};
	if (mode !== 'details') {
		return state;
	}

	const row = selected(state, state.focus);
	// They are of that row, wherever it may move to.
	return row ? moved({...state, detailed: {pane: state.focus, key: keyOf(state.focus, row)}}, 0) : before;
}

function withPane(state: State, values: Partial<PaneState>): State {
	const {focus, panes} = state;
	return {...state, panes: {...panes, [focus]: {...panes[focus], ...values}}};
}

function moved(state: State, by: number): State {
	const {focus} = state;
	const rows = rowsOf(state, focus);
	const from = cursorIndex(state, focus);
	const index = Math.max(0, Math.min(rows.length - 1, from + by));
	const row = rows[index];
	if (!row) {
		return state;
	}

	const height = listRows(state, focus);
	const top = topFor(topOf(state, focus), index, height, rows.length);
	const key = keyOf(focus, row);
	// Whoever stands on the latest row goes along, unless its details are being read.
	const isAtEnd = isGrowing(focus) && index === rows.length - 1 && !state.detailed;
	const cursor = isAtEnd ? {key: undefined, index: followIndex, top} : {key, index, top};
	const next = withPane(state, {cursor});
	// Details go along with the cursor, and begin at their top.
	return state.detailed?.pane === focus && state.detailed.key !== key
		? {...next, detailed: {pane: focus, key}, scrollTop: 0}
		: next;
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

/** What comes of each action. */
const handlers: {[Type in Action['type']]: (state: State, action: Extract<Action, {type: Type}>) => State} = {
	'peer events': (state, action) => reduceEvents(state, action.events, action.nowMs),
	sampled: (state, action) => reduceSample(state, action),
	resized(state, action) {
		const {columns, rows} = action;
		return {...state, size: {columns, rows}};
	},
	'join line': (state, action) => ({...state, joinLine: action.line}),
	lab: (state, action) => ({...state, lab: action.lab}),
	echo: (state, action) => ({...focused(state, 'wire'), echo: action.echo}),
	replay(state, action) {
		const {replay, nowMs} = action;
		return {...state, replay, nowMs};
	},
	'begin again'(state) {
		const {size, settings, focus, lastFocus, extra, isZoomed, panes, replay, wireView} = state;
		const {kind} = wireView;
		return {
			...initialState,
			size,
			settings,
			focus,
			lastFocus,
			extra,
			isZoomed,
			panes,
			replay,
			wireView: {...initialState.wireView, kind},
		};
	},
	many(state, action) {
		let after = state;
		for (const next of action.actions) {
			after = reduce(after, next);
		}

		return after;
	},
	focus: (state, action) => focused(state, action.pane),
	'focus by'(state, action) {
		const open = openPanes(state);
		const index = open.indexOf(state.focus) + action.steps + open.length;
		return focused(state, open[index % open.length]!);
	},
	'toggle pane': (state, action) => toggled(state, action.pane),
	zoom: state => ({...state, isZoomed: !state.isZoomed}),
	move: (state, action) => moved(state, action.rows),
	page: (state, action) => moved(state, action.pages * listRows(state, state.focus)),
	mark: state => marked(state),
	'mark all': state => ({...state, marks: allMarked(state)}),
	'unmark all': state => ({...state, marks: KeySet.empty}),
	sort(state) {
		const {sort} = state.panes[state.focus];
		return withPane(state, {sort: (sort + 1) % sorts[state.focus].length, isReversed: false});
	},
	'sort by': (state, action) => withPane(state, {sort: action.index, isReversed: false}),
	'reverse sort': state => withPane(state, {isReversed: !state.panes[state.focus].isReversed}),
	jump: (state, action) => jumped(state, state.focus, action.letter),
	mode: (state, action) => inMode(state, action.mode),
	ask(state, action) {
		const {text, confirmed} = action;
		return {...state, mode: 'confirm', question: {text, confirmed}};
	},
	answered: state => ({...state, mode: state.detailed ? 'details' : 'normal', question: undefined}),
	scroll: (state, action) => ({...state, scrollTop: action.top}),
	palette(state, action) {
		const {text, index} = action;
		return {...state, palette: {text, index}};
	},
	'wire view': (state, action) => ({...state, wireView: {...state.wireView, kind: action.kind}}),
	'pause wire': state => withPause(state),
	'clear wire': state => withoutMessages(state),
	'watch wire': (state, action) => withWatch(state, action.isOn, action.nowMs),
	'narrow wire'(state) {
		const {filter = state.panes.wire.filter} = nextNarrowing(state) ?? {};
		return {...state, panes: {...state.panes, wire: {...state.panes.wire, filter}}};
	},
	'wire bytes': (state, action) => ({...state, wireView: {...state.wireView, bytes: action.bytes}}),
	settings: (state, action) => ({...state, settings: {...state.settings, ...action.settings}}),
	filter(state, action) {
		const index = isGrowing(state.focus) ? followIndex : 0;
		return withPane(state, {filter: action.text, cursor: {key: undefined, index, top: 0}});
	},
};

/** What comes of an action. Pure; an action that changes nothing returns the state itself. */
export const reduce = (state: State, action: Action): State => handlers[action.type](state, action as never);
