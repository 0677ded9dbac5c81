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
import type {WireMessage} from '../protocol/wire.js';
import type {EchoState} from './echo.js';
import type {History} from './history.js';
import type {LabState} from './lab.js';
import {KeySet} from './key-set.js';
import type {PeerReading} from './peer-reading.js';
import type {ReplayState} from './replay.js';
import {RowList} from './row-list.js';

/** Panes that are always there, and those that a key opens: one of them at a time. */
export const mainPanes = ['peers', 'local', 'remote', 'transfers'] as const;
export const extraPanes = ['wire', 'log'] as const;
export const paneNames = [...mainPanes, ...extraPanes] as const;
export type ExtraPane = (typeof extraPanes)[number];
export type PaneName = (typeof paneNames)[number];

/** What the keys mean now. */
export type Mode = 'normal' | 'filter' | 'jump' | 'help' | 'details' | 'palette' | 'confirm';

/** What is done when the user says yes. */
export type Confirmed = {type: 'quit'} | {type: 'cancel'; id: number};

/** What the details are of: the row of a pane, wherever it may move to. */
export type Detailed = {pane: PaneName; key: string | number};

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

export type Notice = {
	id: number;
	level: NoticeLevel;
	text: string;
	atMs: number;
	/** It tells in words what the state of the tracker says already. */
	isOfTracker?: true;
};

/** A message of the wire, numbered as it came; or a gap of so long, in which nobody has watched. */
export type WireRow = WireMessage & {id: number; gapMs?: number};

/** How the wire pane stands. */
export type WireView = {
	/** As a list, or as a ladder between the parties. */
	kind: 'list' | 'ladder';
	/** Messages that came while it is paused; undefined while it is not. */
	held: WireRow[] | undefined;
	/** How the bytes of an open message are shown. */
	bytes: 'hex' | 'text';
	/** Since when nobody has watched, where somebody had before. */
	unwatchedSinceMs: number | undefined;
	/** The number of the next message. */
	nextId: number;
};

/** How a source does now, and how it did in the last readings, the oldest first. */
export type SourceTrend = SourceRate & {trend: number[]};

/** A running transfer between two facts about it. */
export type Progress = {
	bytes: number;
	bytesPerSecond: number;
	/** Of a download by pieces; a source keeps its place as long as it is there. */
	sources?: SourceTrend[] | undefined;
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
	/** Why it was lost, until it is back. */
	lostReason?: string | undefined;
};

/** What the user has chosen for the whole screen. */
export type Settings = {
	/** A name that `ui/theme.ts` knows. */
	theme: string;
	/** Where theme and keys can be changed for good; undefined where no file is read. */
	configFile: string | undefined;
};

export type Self = {name: string; host: string; port: number; dir: string};

/** All that the screen shows. Times ending in Ms are of the wall clock that the actions bring. */
export type State = {
	size: {columns: number; rows: number};
	nowMs: number;
	self: Self | undefined;
	settings: Settings;
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
	/** The peer whose details are open. */
	peerReading: PeerReading | undefined;
	/** When this screen first saw each peer that is here, by its key. */
	seenSince: ReadonlyMap<string, number>;
	/** What happened to each transfer, by its id. */
	histories: ReadonlyMap<number, History>;
	/** The download of each file that is not over, by name. */
	downloads: ReadonlyMap<string, number>;
	sample: Sample | undefined;
	rates: Rates;
	isSyncing: boolean;
	/** The latest notice, and all that are remembered. */
	notice: Notice | undefined;
	log: ReadonlyMap<number, Notice>;
	wire: ReadonlyMap<number, WireRow>;
	wireView: WireView;
	/** What the demo can do to its links; undefined everywhere else. */
	lab: LabState | undefined;
	/** Where this program is an echo server, and no peer. */
	echo: EchoState | undefined;
	/** While a recording is played. */
	replay: ReplayState | undefined;
	mode: Mode;
	/** In `confirm`: what is asked, and what a yes does. */
	question: {text: string; confirmed: Confirmed} | undefined;
	/** In `palette`: what was typed, and the chosen command. */
	palette: {text: string; index: number};
	/** In `details`. */
	detailed: Detailed | undefined;
	/** The first line of help, or of details, that is shown. */
	scrollTop: number;
	focus: PaneName;
	/** The pane that had the focus before an optional one was opened. */
	lastFocus: PaneName;
	/** The optional pane that is open. */
	extra: ExtraPane | undefined;
	/** The pane with the focus has all the room. */
	isZoomed: boolean;
	panes: Record<PaneName, PaneState>;
	/** Keys of remote files that the user has marked. */
	marks: KeySet;
};

const pane = (index = 0): PaneState => ({
	cursor: {key: undefined, index, top: 0},
	filter: '',
	sort: 0,
	isReversed: false,
});

/** A cursor that stays on the last row, whatever comes. */
export const followIndex = Number.MAX_SAFE_INTEGER;

export const initialState: State = {
	size: {columns: 80, rows: 24},
	nowMs: 0,
	self: undefined,
	settings: {theme: 'calm', configFile: undefined},
	joinLine: undefined,
	tracker: undefined,
	peers: RowList.empty(),
	local: RowList.empty(),
	remote: RowList.empty(),
	transfers: RowList.empty(),
	progress: new Map(),
	pieces: undefined,
	peerReading: undefined,
	seenSince: RowList.empty(),
	histories: RowList.empty(),
	downloads: RowList.empty(),
	sample: undefined,
	rates: {down: 0, up: 0, downHistory: [], upHistory: []},
	isSyncing: false,
	notice: undefined,
	log: RowList.empty(),
	wire: RowList.empty(),
	wireView: {kind: 'list', held: undefined, bytes: 'hex', unwatchedSinceMs: undefined, nextId: 1},
	lab: undefined,
	echo: undefined,
	replay: undefined,
	mode: 'normal',
	question: undefined,
	palette: {text: '', index: 0},
	detailed: undefined,
	scrollTop: 0,
	focus: 'remote',
	lastFocus: 'remote',
	extra: undefined,
	isZoomed: false,
	panes: {
		peers: pane(),
		local: pane(),
		remote: pane(),
		transfers: pane(),
		wire: pane(followIndex),
		log: pane(followIndex),
	},
	marks: KeySet.empty,
};
