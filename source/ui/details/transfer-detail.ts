import type {Transfer} from '../../peer/events.js';
import type {State} from '../../state/state.js';
import {fixedRows, type Detail} from './detail.js';
import {historyRows} from './history-rows.js';
import {detailSize, titleOf} from './row.js';
import {transferRows} from './transfer-rows.js';

/** From this height on the history has a part of it; below, it is there to scroll to. */
const historyFrom = 24;

export function transferDetail(transfer: Transfer, state: State): Detail {
	const {width, height} = detailSize(state);
	const reserved = height < historyFrom ? 0 : Math.floor(height / 4);
	return {
		title: titleOf(transfer.direction === 'down' ? '↓' : '↑', transfer.label, width),
		parts: [
			fixedRows(transferRows(transfer, state, {width, height: height - reserved})),
			fixedRows(historyRows(state.histories.get(transfer.id), width)),
		],
	};
}
