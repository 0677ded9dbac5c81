import type {PeerEvent, RemoteFile, Transfer} from '../peer/events.js';
import type {WireMessage} from '../protocol/wire.js';
import {noteFact} from './history.js';
import {limits} from './limits.js';
import {RowList, type RowEdit} from './row-list.js';
import {canBeRequested, detailedId} from './selectors.js';
import type {Notice, State} from './state.js';
import {nextTracker, trackerNotice} from './tracker-notice.js';
import {withMessages} from './wire-rows.js';

/** The parts of the state that are lists, of which a batch changes some rows. */
type ListName =
	'peers' | 'local' | 'remote' | 'transfers' | 'progress' | 'downloads' | 'log' | 'seenSince' | 'histories';

type Edit<List> = List extends ReadonlyMap<infer Key, infer Row> ? RowEdit<Key, Row> : never;

/** A state that is being worked on. */
class Draft {
	readonly state: State;
	/** Of the wire, to be taken in at once. */
	readonly messages: WireMessage[] = [];
	readonly #edits = new Map<ListName, RowEdit<unknown, unknown>>();

	constructor(state: State) {
		this.state = {...state};
	}

	/** A list with all changes so far, to be read and changed. */
	list<Name extends ListName>(name: Name): Edit<State[Name]> {
		const edit = this.#edits.get(name) ?? RowList.from<unknown, unknown>(this.state[name]).edit();
		this.#edits.set(name, edit);
		return edit as Edit<State[Name]>;
	}

	done(): State {
		for (const [name, edit] of this.#edits) {
			Object.assign(this.state, {[name]: edit.done()});
		}

		return this.messages.length > 0 ? withMessages(this.state, this.messages) : this.state;
	}
}

/** Take facts of the peer core in, any number at once, at the cost of what changes. Pure. */
export function reduceEvents(state: State, events: readonly PeerEvent[], nowMs: number): State {
	const draft = new Draft({...state, nowMs});
	for (const event of events) {
		take(draft, event, nowMs);
	}

	return draft.done();
}

function take(draft: Draft, event: PeerEvent, nowMs: number): void {
	const {state} = draft;
	switch (event.type) {
		case 'listening': {
			const {name, host, port, dir} = event;
			state.self = {name, host, port, dir};
			break;
		}

		case 'tracker': {
			const {type, ...tracker} = event;
			const before = state.tracker;
			state.tracker = nextTracker(before, tracker, nowMs);
			const notice = trackerNotice(before, state.tracker);
			if (notice) {
				tell(draft, {...notice, atMs: nowMs, isOfTracker: true});
			}

			break;
		}

		case 'peers': {
			merge(draft.list('peers'), event.changed, event.removed, ({key}) => key);
			see(draft, event, nowMs);
			break;
		}

		case 'local': {
			merge(draft.list('local'), event.changed, event.removed, ({name}) => name);
			break;
		}

		case 'remote': {
			merge(draft.list('remote'), event.changed, event.removed, ({key}) => key);
			unmark(draft, event.changed, event.removed);
			break;
		}

		case 'transfer': {
			takeTransfer(draft, event.transfer);
			noteFact(draft.list('histories'), event.transfer, nowMs);
			break;
		}

		case 'cleared': {
			takeCleared(draft, event.ids);
			break;
		}

		case 'sync': {
			state.isSyncing = event.isOn;
			break;
		}

		case 'notice': {
			const {level, text} = event;
			tell(draft, {level, text, atMs: nowMs});
			break;
		}

		case 'wire': {
			draft.messages.push(event.message);
			break;
		}
	}
}

function merge<Key, Row>(rows: RowEdit<Key, Row>, changed: Row[], removed: Key[], keyOf: (row: Row) => Key): void {
	for (const row of changed) {
		rows.set(keyOf(row), row);
	}

	for (const key of removed) {
		rows.delete(key);
	}
}

/** A notice is the latest, and is remembered. */
function tell(draft: Draft, told: Omit<Notice, 'id'>): void {
	const {state} = draft;
	const log = draft.list('log');
	state.notice = {...told, id: (state.notice?.id ?? 0) + 1};
	log.set(state.notice.id, state.notice);
	log.delete(state.notice.id - limits.maxLogRows);
}

/** Since when each peer has been here. */
function see(draft: Draft, {changed, removed}: PeerEvent & {type: 'peers'}, nowMs: number): void {
	const seen = draft.list('seenSince');
	for (const {key} of changed) {
		if (!seen.has(key)) {
			seen.set(key, nowMs);
		}
	}

	for (const key of removed) {
		seen.delete(key);
	}
}

/** A mark stays while the file can be had, and is not here. */
function unmark({state}: Draft, changed: RemoteFile[], removed: string[]): void {
	if (state.marks.size > 0) {
		const over = changed.filter(file => !canBeRequested(file)).map(({key}) => key);
		state.marks = state.marks.with([], [...removed, ...over]);
	}
}

function takeTransfer(draft: Draft, transfer: Transfer): void {
	const {id, name, direction, bytes, state} = transfer;
	draft.list('transfers').set(id, transfer);
	const progress = draft.list('progress');
	if (state === 'running') {
		progress.set(id, {bytesPerSecond: 0, ...progress.get(id), bytes});
	} else if (progress.has(id)) {
		progress.delete(id);
	}

	if (direction === 'up') {
		return;
	}

	const downloads = draft.list('downloads');
	if (state !== 'done' && state !== 'cancelled') {
		downloads.set(name, id);
	} else if (downloads.get(name) === id) {
		downloads.delete(name);
	}
}

function takeCleared(draft: Draft, ids: number[]): void {
	const transfers = draft.list('transfers');
	const downloads = draft.list('downloads');
	const detailed = detailedId(draft.state);
	for (const id of ids) {
		if (id === detailed) {
			draft.state.mode = 'normal';
			draft.state.detailed = undefined;
			draft.state.pieces = undefined;
		}

		const name = transfers.get(id)?.name;
		transfers.delete(id);
		draft.list('histories').delete(id);
		if (name !== undefined && downloads.get(name) === id) {
			downloads.delete(name);
		}
	}
}
