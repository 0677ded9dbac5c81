import {codeOf, TransferError} from '../protocol/errors.js';
import type {Committed} from './commit-file.js';
import type {SmallRead} from './read-small.js';

/** What goes between the main thread and the one that verifies and writes. Numbers name downloads and requests; slots are offsets in the slab. */
export type ToThread =
	| {type: 'open'; download: number; path: string; journalPath: string; size: number; layer: Uint8Array}
	/** Bytes of a request stand in the slab, to lie at `position` of the file; the slot is free again after. */
	| {type: 'bytes'; download: number; request: number; slot: number; position: number; length: number}
	/** No more of this request will come. */
	| {type: 'drop'; download: number; request: number}
	/** Say so when all that came before is verified. */
	| {type: 'settle'; download: number; request: number}
	/** All is there: set the time, and wait for the disk. */
	| {type: 'finish'; download: number; mtime: number}
	| {type: 'close'; download: number}
	/** Put finished files in their places, all of them on the disk before the first is. */
	| {type: 'commit'; root: string; versions: string; files: FinishedFile[]}
	/** Read small shared files whole. */
	| {type: 'read'; root: string; names: string[]};

/** A file that is to come to its place in the share. */
export type FinishedFile = {
	/** Where it is, on the same disk. */
	from: string;
	name: string;
	mtime: number;
	/** What is to be written to `from` first, of a small file. */
	bytes?: Uint8Array;
};

/** A piece that has come whole, and whether it is right. */
export type TakenPiece = {piece: number; isGood: boolean};

export type CommitResult = Pick<Committed, 'hasKeptVersion' | 'stamp'> | Failure;

/** An error on its way between threads. */
export type Failure = {message: string; code: string | undefined; isFinal: boolean};

export type FromThread =
	/** Pieces that are there and right. */
	| {type: 'opened'; download: number; good: number[]}
	/** The bytes are verified and written as far as they go, and their slot is free; pieces that are whole by them. */
	| {type: 'taken'; download: number; request: number; slot: number; pieces: TakenPiece[]}
	| {type: 'settled'; download: number; request: number}
	| {type: 'finished'; download: number}
	| {type: 'closed'; download: number}
	| {type: 'committed'; results: CommitResult[]}
	| {type: 'read'; files: Array<SmallRead | undefined>}
	| ({type: 'failed'; download: number} & Failure);

export const failureOf = (error: unknown): Failure => ({
	message: error instanceof Error ? error.message : String(error),
	code: codeOf(error),
	isFinal: error instanceof TransferError && error.isFinal,
});

/** Keeps the code of a system error, by which its reader knows a full disk. */
export const errorOf = ({message, code, isFinal}: Failure): Error =>
	code === undefined ? new TransferError(message, {isFinal}) : Object.assign(new Error(message), {code});
