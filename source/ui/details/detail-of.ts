import {chosenRow} from '../../state/chosen-row.js';
import {openMessage} from '../../state/wire-rows.js';
import type {PaneName, State} from '../../state/state.js';
import {formatSpan} from '../format.js';
import {fixedRows, lengthOf, type Detail} from './detail.js';
import {localDetail} from './local-detail.js';
import {logDetail} from './log-detail.js';
import {peerDetail} from './peer-detail.js';
import {messageRows, messageTitle} from './message-rows.js';
import {remoteDetail} from './remote-detail.js';
import {detailSize, textField, titleOf} from './row.js';
import {transferDetail} from './transfer-detail.js';

type DetailMaker = (state: State) => Detail | undefined;

/** What the details of each pane's rows are. */
const makers: Record<PaneName, DetailMaker> = {
	peers(state) {
		const peer = chosenRow(state, 'peers');
		return peer && peerDetail(peer, state);
	},
	local(state) {
		const file = chosenRow(state, 'local');
		return file && localDetail(file, state);
	},
	remote(state) {
		const file = chosenRow(state, 'remote');
		return file && remoteDetail(file, state);
	},
	transfers(state) {
		const transfer = chosenRow(state, 'transfers');
		return transfer && transferDetail(transfer, state);
	},
	wire(state) {
		const row = openMessage(state);
		const self = state.self?.name ?? 'you';
		if (row?.gapMs !== undefined) {
			return gapDetail(row.gapMs, state);
		}

		return (
			row && {
				title: messageTitle(row, self),
				parts: [fixedRows(messageRows(row, self, detailSize(state).width, state.wireView.bytes))],
			}
		);
	},
	log(state) {
		const notice = chosenRow(state, 'log');
		return notice && logDetail(notice, state);
	},
};

/** Why a row may have gone while somebody looks at it. */
const goneTexts: Partial<Record<PaneName, string>> = {
	peers: 'This peer has left.',
	wire: 'This message has been cleared.',
	local: 'This file is not in the shared folder any more.',
	remote: 'Nobody who is here holds this version any more.',
};

/** All about the row that was chosen; undefined where no details are open. */
export function detailOf(state: State): Detail | undefined {
	const pane = state.detailed?.pane;
	return pane && (makers[pane](state) ?? goneDetail(pane, state));
}

/** The row between two messages where nobody looked: the keys for the next details come by it. */
function gapDetail(gapMs: number, state: State): Detail {
	const {width} = detailSize(state);
	const text = `The wire was not watched for ${formatSpan(gapMs)}: what went by meanwhile is not known.`;
	return {title: titleOf('┄', 'not watched', width), parts: [fixedRows(textField('', text, width))]};
}

function goneDetail(pane: PaneName, state: State): Detail {
	const {width} = detailSize(state);
	const text = `${goneTexts[pane] ?? 'It is not here any more.'} Esc goes back.`;
	return {title: titleOf('–', 'gone', width), parts: [fixedRows(textField('', text, width))]};
}

/** The last row that details can begin with. */
export const lastTopOf = (detail: Detail | undefined, state: State): number =>
	detail ? Math.max(0, lengthOf(detail) - detailSize(state).height) : 0;
