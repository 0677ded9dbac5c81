import type {WireMessage} from '../protocol/wire.js';
import {limits} from './limits.js';
import {RowList} from './row-list.js';
import type {State, WireRow} from './state.js';

const openKeyOf = ({detailed}: State) => (detailed?.pane === 'wire' ? detailed.key : undefined);

/** The message whose details are open. */
export const openMessage = (state: State): WireRow | undefined => state.wire.get(openKeyOf(state) as number);

/** Take messages in, any number at once, at the cost of what is new; while the pane is paused, they are held. */
export function withMessages(state: State, messages: ReadonlyArray<WireMessage & {gapMs?: number}>): State {
	const {nextId, held} = state.wireView;
	const rows = messages.map((message, index): WireRow => ({...message, id: nextId + index}));
	const wireView = {...state.wireView, nextId: nextId + rows.length};
	if (held) {
		return {...state, wireView: {...wireView, held: [...held, ...rows].slice(-limits.maxWireRows)}};
	}

	return {...state, wireView, wire: withRows(state, rows)};
}

/** The oldest are forgotten; the message that is open stays until it is closed. */
function withRows(state: State, rows: readonly WireRow[]): State['wire'] {
	const {maxWireRows} = limits;
	const added = rows.slice(-maxWireRows);
	const over = state.wire.size + added.length - maxWireRows;
	const openKey = openKeyOf(state);
	const oldest = over > 0 ? [...state.wire.keys()].filter(key => key !== openKey).slice(0, over) : [];
	return RowList.from(state.wire).with(new Map(added.map(row => [row.id, row])), new Set(oldest));
}

/** Hold what comes; when it goes on, what was held comes in. */
export function withPause(state: State): State {
	const {wireView} = state;
	return wireView.held
		? {...state, wire: withRows(state, wireView.held), wireView: {...wireView, held: undefined}}
		: {...state, wireView: {...wireView, held: []}};
}

export function withoutMessages(state: State): State {
	const {held} = state.wireView;
	return {...state, wire: RowList.empty(), wireView: {...state.wireView, held: held && []}};
}

/** The wire is watched from now on, or no more. What went by meanwhile is not known, and a row says so. */
export function withWatch(state: State, isOn: boolean, nowMs: number): State {
	const {unwatchedSinceMs} = state.wireView;
	if (!isOn) {
		return {...state, wireView: {...state.wireView, unwatchedSinceMs: nowMs}};
	}

	const watched = {...state, wireView: {...state.wireView, unwatchedSinceMs: undefined}};
	const hasRows = state.wire.size > 0 || (state.wireView.held ?? []).length > 0;
	return unwatchedSinceMs !== undefined && hasRows
		? withMessages(watched, [gapOf(nowMs, Math.max(0, nowMs - unwatchedSinceMs))])
		: watched;
}

const gapOf = (atMs: number, gapMs: number): WireMessage & {gapMs: number} => ({
	atMs,
	gapMs,
	plane: 'control',
	direction: 'in',
	end: 'peer',
	remote: '',
	party: '',
	kind: 'gap',
	bytes: 0,
	summary: 'not watched',
	fields: [],
	raw: new Uint8Array(),
});
