import {Buffer} from 'node:buffer';
import {connect, type Socket} from 'node:net';
import {formatAddress} from '../protocol/address.js';
import {PeerError, ProtocolError, reasonOf, TransferError} from '../protocol/errors.js';
import {parseResponseHead} from '../protocol/http-head.js';
import {encodePeerName, peerNameHeader} from '../protocol/http-path.js';
import type {ByteRange} from '../protocol/http-range.js';
import {limits} from '../protocol/limits.js';
import {BytesSink} from './bytes-sink.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';
import type {RateLimit} from './rate-limit.js';

/** Where the bytes of a body go: the socket reads straight into it. */
export type BodySink = {
	/** The place for the next bytes; undefined when there is none at this moment. */
	space: () => Uint8Array | undefined;
	/** So many bytes have been put there. */
	filled: (bytes: number) => void;
	/** Call back once when there may be space again. */
	onSpace: (callback: () => void) => void;
};

export type Get = {
	path: string;
	range?: ByteRange;
	/** Bytes that are expected, neither more nor less. */
	length: number;
	sink: BodySink;
	/** All bytes have come. */
	onDone: () => void;
	/** The answer was no; where nobody asks for this, it ends the connection. */
	onRefused?: (error: RefusedError) => void;
};

export type PeerConnectionOptions = {
	source: Source;
	ownName: string;
	/** Slows the reading down. */
	limit: RateLimit | undefined;
	onBytes: (bytes: number) => void;
	/** It has closed, and what was asked and has not come will not. Called once. */
	onClosed: (error: PeerError) => void;
};

/** What a peer says when it does not send a content. */
const refusals: Record<number, string> = {
	404: 'no longer has it',
	412: 'has another version by now',
	416: 'does not have this part of it',
	503: 'is busy',
};

/** The answer was no: nothing is wrong with the connection, but this peer does not give what was asked. */
export class RefusedError extends TransferError {
	override name = 'RefusedError';

	constructor(
		who: string,
		readonly status: number,
	) {
		super(`${who} ${refusals[status] ?? `answered with status ${status}`}`);
	}
}

/**
One connection to a peer for HTTP/1.1 GETs, one after the other without waiting for answers (pipelining, RFC 9112 section 9.3.2).
The bytes of a body are read by the system straight to where they are needed: through node:http's client the same download
is a third slower (test/bench/transfer.js), which is why this is not that. It talks to peers of ours alone, and trusts nothing:
an answer that is not exactly what was asked ends it.
*/
export class PeerConnection {
	readonly #options: PeerConnectionOptions;
	readonly #socket: Socket;
	readonly #headBuffer = Buffer.allocUnsafe(limits.maxResponseHeadBytes);
	readonly #gets: Get[] = [];
	#headLength = 0;
	/** Bytes of the body that have not come; undefined while a head is read. */
	#left: number | undefined;
	/** Where the socket reads to now. */
	#space: Uint8Array;
	#isClosed = false;
	#isPaused = false;

	constructor(options: PeerConnectionOptions) {
		this.#options = options;
		const {source} = options;
		this.#space = this.#headBuffer;
		this.#socket = connect({
			host: source.ip,
			port: source.port,
			noDelay: true,
			onread: {
				buffer: () => this.#space,
				callback: bytes => {
					this.#take(bytes);
					return true;
				},
			},
		});
		this.#socket.setTimeout(limits.connectTimeoutMs, () => {
			this.#fail(new TransferError(`${sourceLabel(source)} did not answer`));
		});
		this.#socket.on('connect', () => this.#socket.setTimeout(limits.transferIdleTimeoutMs));
		this.#socket.on('error', error => {
			this.#fail(new TransferError(`${sourceLabel(source)} ${reasonOf(error)}`, {cause: error}));
		});
		this.#socket.on('close', () => {
			this.#fail(new TransferError(`${sourceLabel(source)} closed the connection`));
		});
	}

	/** Questions that are not answered whole. */
	get pending(): number {
		return this.#gets.length;
	}

	get isClosed(): boolean {
		return this.#isClosed;
	}

	/** Ask; answers come in the order of the questions. */
	get(get: Get): void {
		const {source, ownName} = this.#options;
		const lines = [
			`GET ${get.path} HTTP/1.1`,
			`Host: ${formatAddress({host: source.ip, port: source.port})}`,
			`${peerNameHeader}: ${encodePeerName(ownName)}`,
		];
		if (get.range) {
			lines.push(`Range: bytes=${get.range.start}-${get.range.end}`);
		}

		this.#gets.push(get);
		this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
	}

	/** Close it; what is asked is not waited for. */
	close(): void {
		this.#isClosed = true;
		this.#socket.destroy();
	}

	#take(bytes: number): void {
		if (this.#isClosed) {
			return;
		}

		try {
			if (this.#left === undefined) {
				this.#takeHead(bytes);
			} else {
				this.#takeBody(bytes);
			}
		} catch (error) {
			this.#fail(error instanceof PeerError ? error : new PeerError(String(error), {cause: error}));
		}
	}

	/** A head, and what may follow it in the same read: the beginning of the body, or all of it and the next head. */
	#takeHead(bytes: number): void {
		this.#headLength += bytes;
		let at = 0;
		while (this.#left === undefined) {
			const seen = this.#headBuffer.subarray(at, this.#headLength);
			const end = seen.indexOf('\r\n\r\n');
			if (end === -1) {
				if (seen.length === this.#headBuffer.length) {
					throw new ProtocolError(`Expected an HTTP answer, got a head of over ${seen.length} bytes`);
				}

				break;
			}

			this.#begin(seen.toString('latin1', 0, end));
			at += end + 4;
			at += this.#copyBody(this.#headBuffer.subarray(at, this.#headLength));
			if (this.#isClosed) {
				return;
			}
		}

		// What is left is the beginning of a head, or bytes of a body for which there was no space.
		this.#headBuffer.copyWithin(0, at, this.#headLength);
		this.#headLength -= at;
		this.#next();
	}

	#begin(head: string): void {
		const get = this.#gets[0];
		const who = sourceLabel(this.#options.source);
		if (!get) {
			throw new ProtocolError(`${who} answered what was not asked`);
		}

		const {status, length, start} = parseResponseHead(head);
		if (status !== (get.range ? 206 : 200)) {
			this.#refused(get, new RefusedError(who, status), length);
			return;
		}

		if (length !== get.length || start !== get.range?.start) {
			throw new TransferError(`${who} sends other bytes than it was asked for`, {isFinal: true});
		}

		this.#left = length;
		if (length === 0) {
			this.#end();
		}
	}

	/** What the other side says of its reasons is passed over. */
	#refused(get: Get, error: RefusedError, length: number): void {
		if (!get.onRefused || length > limits.maxResponseHeadBytes) {
			throw error;
		}

		this.#gets[0] = {
			...get,
			sink: new BytesSink(length),
			onDone() {
				get.onRefused!(error);
			},
		};
		this.#left = length;
		if (length === 0) {
			this.#end();
		}
	}

	/** @returns How many bytes found their place. */
	#copyBody(bytes: Uint8Array): number {
		let copied = 0;
		while (this.#left !== undefined && copied < bytes.length) {
			const space = this.#gets[0]!.sink.space();
			if (!space) {
				break;
			}

			const some = bytes.subarray(copied, copied + Math.min(space.length, this.#left));
			space.set(some);
			copied += some.length;
			this.#filled(some.length);
		}

		return copied;
	}

	#takeBody(bytes: number): void {
		this.#filled(bytes);
		this.#next();
	}

	#filled(bytes: number): void {
		const {sink} = this.#gets[0]!;
		this.#left! -= bytes;
		sink.filled(bytes);
		this.#options.onBytes(bytes);
		if (this.#left === 0) {
			this.#end();
		}

		const waitMs = this.#options.limit?.waitMs(bytes) ?? 0;
		if (waitMs > 0) {
			this.#rest(resume => setTimeout(resume, waitMs));
		}
	}

	#end(): void {
		this.#left = undefined;
		const get = this.#gets.shift()!;
		get.onDone();
	}

	/** Make the place ready that the next bytes are read to. */
	#next(): void {
		if (this.#isClosed) {
			return;
		}

		if (this.#left === undefined) {
			this.#space = this.#headBuffer.subarray(this.#headLength);
			return;
		}

		if (this.#headLength > 0) {
			// Bytes of the body that came with its head are waiting: they go first.
			const copied = this.#copyBody(this.#headBuffer.subarray(0, this.#headLength));
			this.#headBuffer.copyWithin(0, copied, this.#headLength);
			this.#headLength -= copied;
			if (this.#left === undefined) {
				this.#takeHead(0);
				return;
			}
		}

		const {sink} = this.#gets[0]!;
		const space = this.#headLength > 0 ? undefined : sink.space();
		if (space) {
			this.#space = space.length > this.#left ? space.subarray(0, this.#left) : space;
			return;
		}

		this.#rest(resume => {
			sink.onSpace(resume);
		});
	}

	/** Read nothing until told. */
	#rest(until: (resume: () => void) => void): void {
		if (this.#isPaused) {
			return;
		}

		this.#isPaused = true;
		this.#socket.pause();
		until(() => {
			if (this.#isClosed) {
				return;
			}

			this.#isPaused = false;
			this.#next();
			// There may be none again.
			if (!this.#isPaused as boolean) {
				this.#socket.resume();
			}
		});
	}

	#fail(error: PeerError): void {
		if (this.#isClosed) {
			return;
		}

		this.close();
		this.#options.onClosed(error);
	}
}
