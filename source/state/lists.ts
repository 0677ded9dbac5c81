import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../peer/events.js';
import type {Notice, PaneName, WireRow} from './state.js';
import {wireText} from './wire-text.js';

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
		textOf: row => wireText(row),
	},
	log: {keyOf: ({id}) => id, labelOf: ({text}) => text, textOf: ({level, text}) => `${level} ${text}`},
};
