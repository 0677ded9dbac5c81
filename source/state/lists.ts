import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../peer/events.js';
import type {Notice, PaneName, WireRow} from './state.js';

/** The row type of each pane. */
export type Rows = {
	peers: RemotePeer;
	local: LocalFile;
	remote: RemoteFile;
	transfers: Transfer;
	wire: WireRow;
	log: Notice;
};

export type RowKey = string | number;

export type ListKind<Row> = {
	/** What stays the same about a row while it moves through its list. */
	keyOf: (row: Row) => RowKey;
	/** What the user calls it. */
	labelOf: (row: Row) => string;
	/** What the filter looks at. */
	textOf: (row: Row) => string;
};

/** What the rows of each pane are, as lists see them. */
export const lists: {[Pane in PaneName]: ListKind<Rows[Pane]>} = {
	peers: {
		keyOf: ({key}) => key,
		labelOf: ({name}) => name,
		textOf: ({name, ip, port}) => `${name} ${ip}:${port}`,
	},
	local: {keyOf: ({name}) => name, labelOf: ({label}) => label, textOf: ({label}) => label},
	remote: {keyOf: ({key}) => key, labelOf: ({label}) => label, textOf: ({label}) => label},
	transfers: {keyOf: ({id}) => id, labelOf: ({label}) => label, textOf: ({label, peer}) => `${label} ${peer}`},
	wire: {
		keyOf: ({id}) => id,
		labelOf: ({kind}) => kind,
		// `kind:get peer:bob plane:data` narrow it down by a member, and single words by any.
		textOf: ({party, remote, kind, plane, direction, summary}) =>
			`peer:${party} ${remote} kind:${kind} plane:${plane} dir:${direction} ${summary}`,
	},
	log: {keyOf: ({id}) => id, labelOf: ({text}) => text, textOf: ({level, text}) => `${level} ${text}`},
};
