import {Buffer} from 'node:buffer';
import {closeSync, constants, fsyncSync, ftruncateSync, futimesSync, openSync, readSync, writeSync} from 'node:fs';
import {parentPort, workerData} from 'node:worker_threads';
import {
	blockBytes,
	blockHashesOf,
	hashBytes,
	pieceBytesOf,
	pieceCountOf,
	pieceHashOf,
	pieceSpan,
} from '../protocol/merkle.js';
import {commitAll} from './commit-all.js';
import {Inside} from './inside.js';
import {readSmall} from './read-small.js';
import {writeAll} from './write-all.js';
import {failureOf, type FromThread, type TakenPiece, type ToThread} from './piece-messages.js';

/*
The thread that verifies and writes: bytes of all downloads come here through one block of shared memory, are hashed while they are in the
cache, written to their place, and believed once the hash of their piece is right. Hashing and writing on the main
thread would halve the speed (test/bench/transfer.js).
*/

/** A piece that is coming in. */
type Coming = {
	/** The hashes of its blocks so far, in order. */
	hashes: Buffer;
	/** Bytes so far. */
	bytes: number;
	/**
	Of two who send the same piece, one writes to the file; the other's bytes wait here until they are verified, or what it
	sends could spoil what the first has sent.
	*/
	apart: Buffer | undefined;
};

type Download = {
	fd: number;
	journal: number;
	size: number;
	/** The right hash of each piece. */
	layer: Buffer;
	good: Uint8Array;
	/** Who writes a piece to the file, by piece. */
	writers: Map<number, number>;
	/** The disk has failed: what was to be written is not there, so nothing that comes after can be believed. */
	hasFailed: boolean;
	/** By request, then by piece. */
	coming: Map<number, Map<number, Coming>>;
};

const port = parentPort!;
const {slab} = workerData as {slab: SharedArrayBuffer};
const downloads = new Map<number, Download>();

/** How many bytes are checked at a time when a download is opened: others write in between. */
const checkBytes = 4 * 1024 * 1024;

const tell = (message: FromThread) => {
	port.postMessage(message);
};

port.on('message', (message: ToThread) => {
	if (message.type === 'commit') {
		tell({type: 'committed', results: commitAll(message)});
		return;
	}

	if (message.type === 'read') {
		const inside = new Inside(message.root);
		tell({type: 'read', files: message.names.map(name => readSmall(inside, name))});
		return;
	}

	try {
		handle(message);
	} catch (error) {
		tell({type: 'failed', download: message.download, ...failureOf(error)});
	}
});

function handle(message: Exclude<ToThread, {type: 'commit' | 'read'}>): void {
	switch (message.type) {
		case 'open': {
			void open(message).catch((error: unknown) => {
				tell({type: 'failed', download: message.download, ...failureOf(error)});
			});
			break;
		}

		case 'bytes': {
			const {download: id, request, slot} = message;
			const download = downloads.get(id);
			let pieces: TakenPiece[] = [];
			try {
				if (download && !download.hasFailed) {
					pieces = take(download, message);
				}
			} catch (error) {
				download!.hasFailed = true;
				throw error;
			} finally {
				tell({type: 'taken', download: id, request, slot, pieces});
			}

			break;
		}

		case 'drop': {
			const download = downloads.get(message.download);
			if (download) {
				dropRequest(download, message.request);
			}

			break;
		}

		case 'settle': {
			tell({type: 'settled', download: message.download, request: message.request});
			break;
		}

		case 'finish': {
			const {fd} = downloads.get(message.download)!;
			futimesSync(fd, message.mtime, message.mtime);
			fsyncSync(fd);
			tell({type: 'finished', download: message.download});
			break;
		}

		case 'close': {
			const download = downloads.get(message.download);
			if (download) {
				downloads.delete(message.download);
				for (const fd of [download.fd, download.journal]) {
					try {
						closeSync(fd);
					} catch {
						// What has not reached the disk will be found missing when the file is opened again.
					}
				}
			}

			tell({type: 'closed', download: message.download});
		}
	}
}

/** Open the files of a download, and believe of what is there what its hashes prove. */
async function open({download: id, path, journalPath, size, layer}: Extract<ToThread, {type: 'open'}>): Promise<void> {
	const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
	const journal = openSync(journalPath, flags, 0o666);
	let fd: number;
	try {
		fd = openSync(path, flags, 0o666);
	} catch (error) {
		closeSync(journal);
		throw error;
	}

	const download: Download = {
		fd,
		journal,
		size,
		layer: Buffer.from(layer),
		good: new Uint8Array(pieceCountOf(size)),
		writers: new Map(),
		hasFailed: false,
		coming: new Map(),
	};
	downloads.set(id, download);
	const good = await checked(download, claimsOf(journal, download.good.length), () => downloads.has(id));
	if (!downloads.has(id)) {
		return;
	}

	// What a crash has torn, or somebody made up, is not to be claimed again.
	ftruncateSync(journal, 0);
	// Without a position, so that what comes later is added behind it.
	writeSync(journal, journalOf(good));
	ftruncateSync(fd, size);
	tell({type: 'opened', download: id, good});
}

/** The journal is only a hint where to look: four bytes a piece, in the order in which they came. */
function claimsOf(journal: number, count: number): Set<number> {
	const claims = new Set<number>();
	const bytes = Buffer.alloc(count * 4);
	const length = readSync(journal, bytes, 0, bytes.length, 0);
	for (let offset = 0; offset + 4 <= length; offset += 4) {
		const piece = bytes.readUInt32LE(offset);
		if (piece < count) {
			claims.add(piece);
		}
	}

	return claims;
}

function journalOf(pieces: number[]): Buffer {
	const bytes = Buffer.alloc(pieces.length * 4);
	for (const [index, piece] of pieces.entries()) {
		bytes.writeUInt32LE(piece, index * 4);
	}

	return bytes;
}

async function checked(download: Download, claims: Set<number>, isWanted: () => boolean): Promise<number[]> {
	const good: number[] = [];
	const buffer = Buffer.allocUnsafeSlow(Math.min(pieceSpan(download.size, 0).length, download.size));
	let since = 0;
	for (const piece of claims) {
		const {start, length} = pieceSpan(download.size, piece);
		const bytes = buffer.subarray(0, length);
		if (readSync(download.fd, bytes, 0, length, start) === length && isRight(download, piece, blockHashesOf(bytes))) {
			download.good[piece] = 1;
			good.push(piece);
		}

		since += length;
		if (since >= checkBytes) {
			since = 0;
			await new Promise(resolve => {
				setImmediate(resolve);
			});
			if (!isWanted()) {
				break;
			}
		}
	}

	return good;
}

const isRight = ({layer, size}: Download, piece: number, blockHashes: Buffer): boolean =>
	pieceHashOf(blockHashes, size).equals(layer.subarray(piece * hashBytes, (piece + 1) * hashBytes));

/** Bytes of a request have come, which may end one piece and begin the next. */
function take(download: Download, {request, slot, position, length}: Extract<ToThread, {type: 'bytes'}>): TakenPiece[] {
	const pieces: TakenPiece[] = [];
	const end = position + length;
	for (let at = position; at < end;) {
		const piece = Math.floor(at / pieceBytesOf(download.size));
		const span = pieceSpan(download.size, piece);
		const count = Math.min(end, span.start + span.length) - at;
		const within = at - span.start;
		const bytes = new Uint8Array(slab, slot + at - position, count);
		const isGood = takeOf(download, {request, piece, within, bytes});
		if (isGood !== undefined) {
			pieces.push({piece, isGood});
		}

		at += count;
	}

	return pieces;
}

/** @returns Whether the piece is right, once it is whole. */
function takeOf(
	download: Download,
	{request, piece, within, bytes}: {request: number; piece: number; within: number; bytes: Uint8Array},
): boolean | undefined {
	if (download.good[piece] === 1) {
		// Another has been faster.
		dropPiece(download, request, piece);
		return undefined;
	}

	const span = pieceSpan(download.size, piece);
	const coming = comingOf(download, request, piece);
	const isOn = coming.bytes === within && within % blockBytes === 0;
	if (!isOn) {
		throw new Error(`Expected byte ${coming.bytes} of piece ${piece}, got ${within}`);
	}

	blockHashesOf(bytes).copy(coming.hashes, (within / blockBytes) * hashBytes);
	coming.bytes += bytes.length;
	if (coming.apart) {
		coming.apart.set(bytes, within);
	} else {
		writeAll(download.fd, bytes, span.start + within);
	}

	if (coming.bytes < span.length) {
		return undefined;
	}

	const isGood = isRight(download, piece, coming.hashes);
	if (isGood) {
		if (coming.apart) {
			writeAll(download.fd, coming.apart, span.start);
		}

		download.good[piece] = 1;
		writeSync(download.journal, journalOf([piece]));
	}

	dropPiece(download, request, piece);
	return isGood;
}

function comingOf(download: Download, request: number, piece: number): Coming {
	let pieces = download.coming.get(request);
	if (!pieces) {
		pieces = new Map();
		download.coming.set(request, pieces);
	}

	const known = pieces.get(piece);
	if (known) {
		return known;
	}

	const {length} = pieceSpan(download.size, piece);
	const isWriter = !download.writers.has(piece);
	if (isWriter) {
		download.writers.set(piece, request);
	}

	const coming = {
		hashes: Buffer.allocUnsafe(Math.max(1, Math.ceil(length / blockBytes)) * hashBytes),
		bytes: 0,
		apart: isWriter ? undefined : Buffer.allocUnsafeSlow(length),
	};
	pieces.set(piece, coming);
	return coming;
}

function dropPiece(download: Download, request: number, piece: number): void {
	const pieces = download.coming.get(request);
	pieces?.delete(piece);
	if (pieces?.size === 0) {
		download.coming.delete(request);
	}

	if (download.writers.get(piece) === request) {
		download.writers.delete(piece);
	}
}

function dropRequest(download: Download, request: number): void {
	for (const piece of download.coming.get(request)?.keys() ?? []) {
		dropPiece(download, request, piece);
	}
}
