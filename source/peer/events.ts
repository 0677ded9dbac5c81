/**
What the peer core tells (facts, one after the other), what can be asked of it, and the rows that both speak of. Names are the
raw file names; labels are the same names fit for a terminal. Times are whole seconds, sizes bytes.
*/

export type LocalFile = {
	name: string;
	label: string;
	size: number;
	mtime: number;
	/** The content id, once it is known. */
	root?: string;
};

/** Where a file can be fetched from. */
export type Source = {ip: string; port: number; name: string};

export type FileState = 'missing' | 'newer' | 'here';

/** The newest version of a name that others hold. A classic peer does not tell the size. */
export type RemoteFile = {
	name: string;
	label: string;
	size: number | undefined;
	mtime: number;
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

export type TransferState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export type Transfer = {
	id: number;
	direction: 'down' | 'up';
	name: string;
	label: string;
	size: number | undefined;
	/** Bytes so far, as of this fact; samples bring it up to date between facts. */
	bytes: number;
	state: TransferState;
	/** The other side, as the user knows it. */
	peer: string;
	/** Why it failed. */
	error: string | undefined;
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
	| {type: 'notice'; level: NoticeLevel; text: string};

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
	/** Bytes so far of each running transfer, by id. */
	running: Array<[id: number, bytes: number]>;
	/** While files are hashed. */
	indexing?: Indexing;
};

/** What the screen, or a script, can ask of the peer core. */
export type PeerActions = {
	/** Fetch files by name. */
	request: (names: string[]) => void;
	pause: (id: number) => void;
	resume: (id: number) => void;
	cancel: (id: number) => void;
	retry: (id: number) => void;
	clearFinished: () => void;
	setSync: (isOn: boolean) => void;
};
