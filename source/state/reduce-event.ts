import type {PeerEvent, Transfer} from '../peer/events.js';
import type {State} from './state.js';

/** A copy of a map with some entries put and others taken out. */
function merged<Key, Row>(
	rows: ReadonlyMap<Key, Row>,
	changed: Row[],
	removed: Key[],
	keyOf: (row: Row) => Key,
): Map<Key, Row> {
	const copy = new Map(rows);
	for (const row of changed) {
		copy.set(keyOf(row), row);
	}

	for (const key of removed) {
		copy.delete(key);
	}

	return copy;
}

/** Take a fact of the peer core in. Pure. */
export function reduceEvent(state: State, event: PeerEvent, nowMs: number): State {
	switch (event.type) {
		case 'listening': {
			const {name, host, port, dir} = event;
			return {...state, self: {name, host, port, dir}};
		}

		case 'tracker': {
			const {type, ...tracker} = event;
			return {...state, tracker: {...tracker, sinceMs: nowMs}};
		}

		case 'peers': {
			return {
				...state,
				peers: merged(state.peers, event.changed, event.removed, ({key}) => key),
			};
		}

		case 'local': {
			return {
				...state,
				local: merged(state.local, event.changed, event.removed, ({name}) => name),
			};
		}

		case 'remote': {
			const remote = merged(state.remote, event.changed, event.removed, ({name}) => name);
			// A mark stays while the file can be had.
			const isStale = [...state.marks].some(name => !isWanted(remote.get(name)));
			const marks = isStale ? new Set([...state.marks].filter(name => isWanted(remote.get(name)))) : state.marks;
			return {...state, remote, marks};
		}

		case 'transfer': {
			return withTransfer(state, event.transfer);
		}

		case 'cleared': {
			const transfers = merged(state.transfers, [], event.ids, ({id}) => id);
			const downloads = new Map([...state.downloads].filter(([, id]) => transfers.has(id)));
			return {...state, transfers, downloads};
		}

		case 'sync': {
			return {...state, isSyncing: event.isOn};
		}

		case 'notice': {
			return {
				...state,
				notice: {level: event.level, text: event.text, atMs: nowMs},
			};
		}
	}
}

const isWanted = (file: {state: string} | undefined) => file !== undefined && file.state !== 'here';

function withTransfer(state: State, transfer: Transfer): State {
	const {id, name, direction, bytes} = transfer;
	const transfers = new Map(state.transfers).set(id, transfer);
	let {progress, downloads} = state;
	if (transfer.state === 'running') {
		const bytesPerSecond = progress.get(id)?.bytesPerSecond ?? 0;
		progress = new Map(progress).set(id, {bytes, bytesPerSecond});
	} else if (progress.has(id)) {
		progress = merged(progress, [], [id], () => id);
	}

	if (direction === 'down') {
		const isOver = transfer.state === 'done' || transfer.state === 'cancelled';
		downloads = isOver ? merged(downloads, [], [name], () => '') : new Map(downloads).set(name, id);
	}

	return {...state, transfers, progress, downloads};
}
