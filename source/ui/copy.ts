import {chosenRow} from '../state/chosen-row.js';
import type {PaneName, State} from '../state/state.js';
import {formatAddress, formatSeconds} from './format.js';

/** What would be copied now. */
export type Copy = {
	/** Two words for the footer. */
	label: string;
	text: string;
	/** What it is, as a notice tells it. */
	what: string;
};

/** As much of a content id as tells it from others. */
const shortId = (root: string) => `${root.slice(0, 8)}…`;

const contentOf = (row: {root?: string | undefined; label: string} | undefined): Copy | undefined =>
	row?.root === undefined
		? undefined
		: {label: 'copy id', text: row.root, what: `the content id ${shortId(row.root)} of ${row.label}`};

/** What tells the row from all others, for each pane. */
const makers: Partial<Record<PaneName, (state: State) => Copy | undefined>> = {
	peers(state) {
		const peer = chosenRow(state, 'peers');
		const address = peer && formatAddress(peer.ip, peer.port);
		return address === undefined
			? undefined
			: {label: 'copy address', text: address, what: `the address ${address}${peer?.name ? ` of ${peer.name}` : ''}`};
	},
	local: state => contentOf(chosenRow(state, 'local')),
	remote: state => contentOf(chosenRow(state, 'remote')),
	transfers: state => contentOf(chosenRow(state, 'transfers')),
	log(state) {
		const notice = chosenRow(state, 'log');
		return notice && {label: 'copy text', text: notice.text, what: `the notice of ${formatSeconds(notice.atMs)}`};
	},
};

/** The content id, address or text of the row that keys are about; where a list is empty, the line that others join by. */
export function idToCopy(state: State): Copy | undefined {
	const {focus, joinLine} = state;
	if (state[focus].size === 0) {
		return joinLine === undefined ? undefined : {label: 'copy line', text: joinLine, what: `the line ${joinLine}`};
	}

	return makers[focus]?.(state);
}

/** Where a file of the shared folder is, or what a file of others is called. */
export function pathToCopy(state: State): Copy | undefined {
	if (state.focus === 'local') {
		const file = chosenRow(state, 'local');
		return (
			file &&
			state.self && {label: 'copy path', text: `${state.self.dir}/${file.name}`, what: `the path of ${file.label}`}
		);
	}

	const row = state.focus === 'remote' || state.focus === 'transfers' ? chosenRow(state, state.focus) : undefined;
	return row && {label: 'copy name', text: row.name, what: `the name of ${row.label}`};
}
