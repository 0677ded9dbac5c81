import type {PeerEvent, RemoteFile, Transfer} from '../peer/events.js';
import type {WireMessage} from '../protocol/wire.js';
import {limits} from './limits.js';
import {canBeRequested, detailedId} from './selectors.js';
import type {State} from './state.js';
import {withMessages} from './wire-rows.js';

/** The parts of the state that are lists, of which a batch makes one copy each, and only of those it changes. */
type ListName = 'peers' | 'local' | 'remote' | 'transfers' | 'progress' | 'downloads' | 'marks' | 'log';

type Writable<List> =
	List extends ReadonlyMap<infer Key, infer Row>
		? Map<Key, Row>
		: List extends ReadonlySet<infer Item>
			? Set<Item>
			: never;

/** A state that is being worked on. */
class Draft {
	readonly state: State;
	/** Of the wire, to be taken in at once. */
	readonly messages: WireMessage[] = [];
	readonly #own = new Set<ListName>();

	constructor(state: State) {
		this.state = {...state};
	}

	/** A list to be changed: the first call copies it. */
	list<Name extends ListName>(name: Name): Writable<State[Name]> {
		if (!this.#own.has(name)) {
			this.#own.add(name);
			const before = this.state[name];
			const copy = before instanceof Map ? new Map(before) : new Set(before as ReadonlySet<string>);
			Object.assign(this.state, {[name]: copy});
		}

		return this.state[name] as Writable<State[Name]>;
	}
}

/** Take facts of the peer core in, any number at once, at the cost of one copy of each list that changes. Pure. */
export function reduceEvents(state: State, events: readonly PeerEvent[], nowMs: number): State {
	const draft = new Draft({...state, nowMs});
	for (const event of events) {
		take(draft, event, nowMs);
	}

	return draft.messages.length > 0 ? withMessages(draft.state, draft.messages) : draft.state;
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
			state.tracker = {...tracker, sinceMs: nowMs};
			break;
		}

		case 'peers': {
			merge(draft.list('peers'), event.changed, event.removed, ({key}) => key);
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
			state.notice = {id: (state.notice?.id ?? 0) + 1, level, text, atMs: nowMs};
			draft.list('log').set(state.notice.id, state.notice);
			trim(draft.list('log'), limits.maxLogRows);
			break;
		}

		case 'wire': {
			draft.messages.push(event.message);
			break;
		}
	}
}

function merge<Key, Row>(rows: Map<Key, Row>, changed: Row[], removed: Key[], keyOf: (row: Row) => Key): void {
	for (const row of changed) {
		rows.set(keyOf(row), row);
	}

	for (const key of removed) {
		rows.delete(key);
	}
}

/** Forget the oldest. */
function trim(rows: Map<number, unknown>, most: number): void {
	for (const key of rows.keys()) {
		if (rows.size <= most) {
			return;
		}

		rows.delete(key);
	}
}

/** A mark stays while the file can be had, and is not here. */
function unmark(draft: Draft, changed: RemoteFile[], removed: string[]): void {
	if (draft.state.marks.size === 0) {
		return;
	}

	for (const key of [...removed, ...changed.filter(file => !canBeRequested(file)).map(({key}) => key)]) {
		if (draft.state.marks.has(key)) {
			draft.list('marks').delete(key);
		}
	}
}

function takeTransfer(draft: Draft, transfer: Transfer): void {
	const {id, name, direction, bytes, state} = transfer;
	draft.list('transfers').set(id, transfer);
	const {progress} = draft.state;
	if (state === 'running') {
		draft.list('progress').set(id, {bytesPerSecond: 0, ...progress.get(id), bytes});
	} else if (progress.has(id)) {
		draft.list('progress').delete(id);
	}

	if (direction === 'up') {
		return;
	}

	if (state !== 'done' && state !== 'cancelled') {
		draft.list('downloads').set(name, id);
	} else if (draft.state.downloads.get(name) === id) {
		draft.list('downloads').delete(name);
	}
}

function takeCleared(draft: Draft, ids: number[]): void {
	const {transfers, downloads} = draft.state;
	const detailed = detailedId(draft.state);
	for (const id of ids) {
		if (id === detailed) {
			draft.state.mode = 'normal';
			draft.state.detailed = undefined;
			draft.state.pieces = undefined;
		}

		const name = transfers.get(id)?.name;
		draft.list('transfers').delete(id);
		if (name !== undefined && downloads.get(name) === id) {
			draft.list('downloads').delete(name);
		}
	}
}
