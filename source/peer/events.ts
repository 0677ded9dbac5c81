import type {WireMessage} from '../protocol/wire.js';

/**
What the peer core tells (facts, one after the other), what can be asked of it, and the rows that both speak of. Names are the
raw file names; labels are the same names fit for a terminal. Times are whole seconds, sizes bytes.
*/

export type LocalFile = {
	name: string;
	label: string;
	size: number;
	mtime: number;
	/** The content id (`pieces root` of BEP 52), once the file is hashed. */
	root?: string;
};

/** Where a file can be fetched from. */
export type Source = {
	/** The key of the peer. */
	key: string;
	ip: string;
	port: number;
	name: string;
	/** Speaks only the class protocol. */
	isClassic: boolean;
	/** Has only pieces of the file. */
	isPartial: boolean;
};

/**
How it stands with a version that others hold: nothing of that name is here; what is here is older; exactly that content is here,
or as far as is known; what is here is another content, and no older.
*/
export type FileState = 'missing' | 'newer' | 'here' | 'older';

/**
A version of a name: one content that others hold under it. Two contents under one name are two of them, told the newest first.
*/
export type RemoteFile = {
	/** The name itself for the newest version of a name; the name, a newline and the content for the others. */
	key: string;
	name: string;
	label: string;
	/** A classic peer does not tell the size. */
	size: number | undefined;
	/** The latest among those who hold this content under this name. */
	mtime: number;
	/** The content id, once any of its holders has told it. */
	root: string | undefined;
	/** Who holds all of exactly this content, under this name or another. */
	sources: Source[];
	state: FileState;
};

export type RemotePeer = {
	key: string;
	name: string;
	ip: string;
	port: number;
	files: number;
	/** Speaks only the class protocol. */
	isClassic: boolean;
};

/** What we have had to do with a peer in this run, for its details. */
export type PeerDetails = {
	key: string;
	/** Bytes of files that came from it, and that went to it. Nameless programs at one address are told apart by nothing. */
	downBytes: number;
	upBytes: number;
	/** The last round trip: of a connection to it, or of a question that asks for nothing. */
	rttMs?: number;
	/** The version of HTTP that it answered with. */
	httpVersion?: string;
};

export type TransferState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export type Transfer = {
	id: number;
	direction: 'down' | 'up';
	/** Where a download is not of the newest version of its name: the key of the one it is of. */
	key?: string;
	name: string;
	label: string;
	size: number | undefined;
	/** The content id of a download, where it is known. */
	root?: string;
	/** Bytes so far, as of this fact; samples bring it up to date between facts. */
	bytes: number;
	state: TransferState;
	/** The other side, as the user knows it; of a download from several, all of them. */
	peer: string;
	/** Why it failed, or what it waits for. */
	error: string | undefined;
	/** Its turn among the downloads: lower goes first. */
	place: number;
};

/** How a source of a running download does. */
export type SourceRate = {
	/** The source, as the user knows it. */
	name: string;
	/** Verified bytes that came from it in this run. */
	bytes: number;
	bytesPerSecond: number;
};

/** A running transfer between two facts about it. */
export type RunningSample = {
	id: number;
	/** Bytes so far: verified, where the content is known. */
	bytes: number;
	/** Of a download by pieces. */
	sources?: SourceRate[];
};

/** The pieces of a download, for a map of them. */
export type PieceMap = {
	id: number;
	/** A character for each: `#` verified and here, `>` asked for, `.` offered by somebody, `?` offered by nobody now. */
	pieces: string;
	pieceBytes: number;
};

export type TrackerStatus =
	{state: 'connecting'} | {state: 'connected'; version: 1 | 2} | {state: 'lost'; retryInMs: number; reason: string};

export type NoticeLevel = 'info' | 'warning' | 'error';

/** What has changed in the shared folder. */
export type LocalChange = {
	changed: LocalFile[];
	removed: string[];
	/** The files are as they were told before; their content ids have become known. */
	isOnlyRoots?: true;
};

export type PeerEvent =
	| {type: 'listening'; host: string; port: number; name: string; dir: string}
	| ({type: 'tracker'; address: string} & TrackerStatus)
	| {type: 'peers'; changed: RemotePeer[]; removed: string[]}
	| ({type: 'local'} & LocalChange)
	| {type: 'remote'; changed: RemoteFile[]; removed: string[]}
	| {type: 'transfer'; transfer: Transfer}
	| {type: 'cleared'; ids: number[]}
	| {type: 'sync'; isOn: boolean}
	| {type: 'notice'; level: NoticeLevel; text: string}
	/** While the wire is watched. */
	| {type: 'wire'; message: WireMessage};

/** How far the content ids of the shared files are being worked out. */
export type Indexing = {
	/** The file that is being read, how far, and its size. */
	name: string;
	label: string;
	bytes: number;
	size: number;
	/** This one included. */
	filesLeft: number;
	bytesLeft: number;
};

/** Counters, read a few times a second. */
export type Sample = {
	/** Milliseconds of a monotonic clock. */
	atMs: number;
	downBytes: number;
	upBytes: number;
	/** The time the tracker took for the last keep-alive. */
	trackerRttMs: number | undefined;
	running: RunningSample[];
	/** While files are hashed. */
	indexing?: Indexing;
};

/** What the screen, or a script, can ask of the peer core. */
export type PeerActions = {
	/** Fetch versions by the keys of their rows; a bare name is the newest version of that name. */
	request: (keys: string[]) => void;
	pause: (id: number) => void;
	resume: (id: number) => void;
	cancel: (id: number) => void;
	retry: (id: number) => void;
	/** Let a download have its turn so many places later, or earlier where it is negative. */
	move: (id: number, places: number) => void;
	clearFinished: () => void;
	setSync: (isOn: boolean) => void;
	/** Tell every message on the wire, or no longer. */
	watchWire: (isOn: boolean) => void;
};
