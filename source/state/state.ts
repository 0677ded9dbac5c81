import type {
	LocalFile,
	NoticeLevel,
	PieceMap,
	RemoteFile,
	RemotePeer,
	Sample,
	SourceRate,
	TrackerStatus,
	Transfer,
} from '../peer/events.js';
import {KeySet} from './key-set.js';
import {RowList} from './row-list.js';

export const paneNames = ['peers', 'local', 'remote', 'transfers'] as const;
export type PaneName = (typeof paneNames)[number];

/** What the keys mean now. */
export type Mode = 'normal' | 'filter' | 'help' | 'details' | 'quit';

/** Where the user stands in a list: on a row, wherever it may move to; the index serves when the row is gone. */
export type Cursor = {
	key: string | number | undefined;
	index: number;
	/** The first row that is shown. */
	top: number;
};

export type PaneState = {
	cursor: Cursor;
	filter: string;
	sort: number;
	/** The other way round than the order is by nature. */
	isReversed: boolean;
};

export type Notice = {level: NoticeLevel; text: string; atMs: number};

/** A running transfer between two facts about it. */
export type Progress = {
	bytes: number;
	bytesPerSecond: number;
	/** Of a download by pieces; a source keeps its place as long as it is there. */
	sources?: SourceRate[] | undefined;
};

export type Rates = {
	down: number;
	up: number;
	/** The last rates, oldest first, for the sparklines. */
	downHistory: number[];
	upHistory: number[];
};

export type Tracker = TrackerStatus & {
	address: string;
	/** When this became so, wall clock. */
	sinceMs: number;
};

export type Self = {name: string; host: string; port: number; dir: string};

/** All that the screen shows. Times ending in Ms are of the wall clock that the actions bring. */
export type State = {
	size: {columns: number; rows: number};
	nowMs: number;
	self: Self | undefined;
	/** What others type to join, where that is known. */
	joinLine: string | undefined;
	tracker: Tracker | undefined;
	peers: ReadonlyMap<string, RemotePeer>;
	local: ReadonlyMap<string, LocalFile>;
	/** Versions of files that others hold, by the key of the row. */
	remote: ReadonlyMap<string, RemoteFile>;
	transfers: ReadonlyMap<number, Transfer>;
	/** By transfer id; only of those that run. */
	progress: ReadonlyMap<number, Progress>;
	/** Of the transfer whose details are open, as of when it last ran. */
	pieces: PieceMap | undefined;
	/** The download of each file that is not over, by name. */
	downloads: ReadonlyMap<string, number>;
	sample: Sample | undefined;
	rates: Rates;
	isSyncing: boolean;
	notice: Notice | undefined;
	mode: Mode;
	/** The first line of help that is shown. */
	helpTop: number;
	focus: PaneName;
	panes: Record<PaneName, PaneState>;
	/** Keys of remote files that the user has marked. */
	marks: KeySet;
};

const pane = (sort = 0): PaneState => ({
	cursor: {key: undefined, index: 0, top: 0},
	filter: '',
	sort,
	isReversed: false,
});

export const initialState: State = {
	size: {columns: 80, rows: 24},
	nowMs: 0,
	self: undefined,
	joinLine: undefined,
	tracker: undefined,
	peers: RowList.empty(),
	local: RowList.empty(),
	remote: RowList.empty(),
	transfers: RowList.empty(),
	progress: new Map(),
	pieces: undefined,
	downloads: RowList.empty(),
	sample: undefined,
	rates: {down: 0, up: 0, downHistory: [], upHistory: []},
	isSyncing: false,
	notice: undefined,
	mode: 'normal',
	helpTop: 0,
	focus: 'remote',
	panes: {peers: pane(), local: pane(), remote: pane(), transfers: pane()},
	marks: KeySet.empty,
};
