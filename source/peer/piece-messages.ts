/** What goes between the main thread and the one that verifies and writes. Numbers name downloads and requests; slots are offsets in the slab. */
export type ToThread =
	| {type: 'open'; download: number; path: string; journalPath: string; size: number; layer: Uint8Array}
	/** Bytes of a request stand in the slab, to lie at `position` of the file; the slot is free again after. */
	| {type: 'bytes'; download: number; request: number; slot: number; position: number; length: number}
	/** No more of this request will come. */
	| {type: 'drop'; download: number; request: number}
	/** All is there: set the time, and wait for the disk. */
	| {type: 'finish'; download: number; mtime: number}
	| {type: 'close'; download: number};

export type FromThread =
	/** Pieces that are there and right. */
	| {type: 'opened'; download: number; good: number[]}
	| {type: 'free'; slot: number}
	| {type: 'piece'; download: number; request: number; piece: number; isGood: boolean}
	| {type: 'finished'; download: number}
	| {type: 'closed'; download: number}
	| {type: 'failed'; download: number; code: string | undefined; message: string};
