import type {Transfer, TransferState} from '../peer/events.js';
import {RowList} from './row-list.js';

export type TransferCounts = Readonly<Record<TransferState, number>>;

const none: TransferCounts = {running: 0, waiting: 0, paused: 0, failed: 0, done: 0, cancelled: 0};

let last = {version: -1, counts: none};

/** How many transfers there are in each state: counted once, and then kept up with what changes. */
export function countTransfers(transfers: ReadonlyMap<number, Transfer>): TransferCounts {
	const list = RowList.from(transfers);
	if (list.version !== last.version) {
		const counts = changed(list) ?? counted(list);
		last = {version: list.version, counts};
	}

	return last.counts;
}

function changed(list: RowList<number, Transfer>): TransferCounts | undefined {
	const changes = list.changesSince(last.version);
	if (!changes) {
		return undefined;
	}

	const counts = {...last.counts};
	for (const [id, before] of changes) {
		const after = list.get(id);
		if (before) {
			counts[before.state]--;
		}

		if (after) {
			counts[after.state]++;
		}
	}

	return counts;
}

function counted(list: RowList<number, Transfer>): TransferCounts {
	const counts = {...none};
	for (const {state} of list.values()) {
		counts[state]++;
	}

	return counts;
}
