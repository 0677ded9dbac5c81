import {Buffer} from 'node:buffer';
import {connect, type Socket} from 'node:net';
import {performance} from 'node:perf_hooks';
import {formatAddress} from '../protocol/address.js';
import {PeerError, ProtocolError, reasonOf, TransferError} from '../protocol/errors.js';
import {parseResponseHead, type ResponseHead} from '../protocol/http-head.js';
import {encodePeerName, peerNameHeader} from '../protocol/http-path.js';
import type {ByteRange} from '../protocol/http-range.js';
import {limits} from '../protocol/limits.js';
import {describeRequest, describeResponse} from '../protocol/wire-http.js';
import {describeMalformed} from '../protocol/wire-text.js';
import type {Wire} from '../protocol/wire.js';
import {BytesSink} from './bytes-sink.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';
import type {RateLimit} from './rate-limit.js';
import {sourceTap, type Tap} from './wire-tap.js';

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
	wire?: Wire | undefined;
	onBytes: (bytes: number) => void;
	/** It is there, after so long: one round trip. */
	onConnected?: ((rttMs: number) => void) | undefined;
	/** It has closed, and what was asked and has not come will not. Called once. */
	onClosed: (error: PeerError) => void;
};

const headEnd = '\r\n\r\n';

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

/** It took the question, or not even the connection, and sent nothing. */
export class StalledError extends TransferError {
	override name = 'StalledError';
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
	readonly #tap: Tap;
	/** Questions that are asked before the connection is there, for whoever watches the wire. */
	readonly #unsent: string[] = [];
	/** Heads are read to here, and what comes with them; twice as long as a head, so that there is always room to read on. */
	readonly #headBuffer = Buffer.allocUnsafe(2 * limits.maxResponseHeadBytes);
	readonly #gets: Get[] = [];
	#headLength = 0;
	/** Bytes of the body that have not come; undefined while a head is read. */
	#left: number | undefined;
	/** Where in a body's sink the next read shall go; undefined: to the head's buffer. */
	#space: Uint8Array | undefined;
	/**
	Node asks for the place of the next read right after the last one, also when it is to rest in between: where in the head's
	buffer the place is that it was given, undefined when that is in a sink.
	*/
	#givenHeadAt: number | undefined;
	#isClosed = false;
	#isPaused = false;
	#isConnected = false;
	/** How long it may send nothing. */
	#stallMs = limits.transferIdleTimeoutMs as number;
	/** Ends a rest that the limit has made. */
	#restTimer: NodeJS.Timeout | undefined;

	constructor(options: PeerConnectionOptions) {
		this.#options = options;
		const {source} = options;
		this.#tap = sourceTap(options.wire, source);
		const sinceMs = performance.now();
		this.#socket = connect({
			host: source.ip,
			port: source.port,
			noDelay: true,
			onread: {
				buffer: () => this.#giveSpace(),
				callback: bytes => {
					this.#take(bytes);
					return true;
				},
			},
		});
		this.#socket.setTimeout(limits.connectTimeoutMs, () => {
			this.#fail(new StalledError(`${sourceLabel(source)} did not answer`));
		});
		this.#socket.on('connect', () => {
			this.#isConnected = true;
			options.onConnected?.(performance.now() - sinceMs);
			for (const head of this.#unsent.splice(0)) {
				this.#tap('out', () => describeRequest(head));
			}

			this.#expectBytes();
		});
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

	/** Give it up when it sends nothing for so long: sooner where others have the same. */
	expectWithin(stallMs: number): void {
		this.#stallMs = stallMs;
		if (!this.#isPaused) {
			this.#expectBytes();
		}
	}

	/** Whether nothing is read at this moment, for our own sake. */
	get isResting(): boolean {
		return this.#isPaused;
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
		const head = `${lines.join('\r\n')}${headEnd}`;
		this.#socket.write(head);
		if (this.#isConnected) {
			this.#tap('out', () => describeRequest(head));
		} else if (this.#options.wire?.isWatched) {
			this.#unsent.push(head);
		}
	}

	/** Close it; what is asked is not waited for. */
	close(): void {
		this.#isClosed = true;
		clearTimeout(this.#restTimer);
		this.#socket.destroy();
	}

	#take(bytes: number): void {
		this.#guarded(() => {
			if (this.#givenHeadAt === undefined) {
				this.#filled(bytes);
			} else {
				this.#headBuffer.copyWithin(this.#headLength, this.#givenHeadAt, this.#givenHeadAt + bytes);
				this.#headLength += bytes;
				this.#takeHeads();
			}

			this.#next();
		});
	}

	/** What the other side does wrong ends the connection. */
	#guarded(work: () => void): void {
		if (this.#isClosed) {
			return;
		}

		try {
			work();
		} catch (error) {
			this.#fail(error instanceof PeerError ? error : new PeerError(String(error), {cause: error}));
		}
	}

	#giveSpace(): Uint8Array {
		if (this.#space) {
			this.#givenHeadAt = undefined;
			return this.#space;
		}

		this.#givenHeadAt = this.#headLength;
		return this.#headBuffer.subarray(this.#headLength, this.#headLength + limits.maxResponseHeadBytes);
	}

	/** Heads, and what came with them: the beginning of a body, or all of it and the next head. */
	#takeHeads(): void {
		let at = this.#copyBody(0);
		while (this.#left === undefined && !this.#isClosed) {
			const seen = this.#headBuffer.subarray(at, this.#headLength);
			const end = seen.indexOf(headEnd);
			if (end === -1) {
				if (seen.length >= limits.maxResponseHeadBytes) {
					throw this.#malformed(
						seen,
						new ProtocolError(`Expected an HTTP answer, got a head of over ${seen.length} bytes`),
					);
				}

				break;
			}

			this.#begin(seen.subarray(0, end + headEnd.length));
			at = this.#copyBody(at + end + headEnd.length);
		}

		// What is left is the beginning of a head, or bytes of a body for which there is no space now.
		this.#headBuffer.copyWithin(0, at, this.#headLength);
		this.#headLength -= at;
	}

	#begin(bytes: Uint8Array): void {
		const get = this.#gets[0];
		const who = sourceLabel(this.#options.source);
		if (!get) {
			throw this.#malformed(bytes, new ProtocolError(`${who} answered what was not asked`));
		}

		const {status, length, start} = this.#readHead(bytes);
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

	#readHead(bytes: Uint8Array): ResponseHead {
		const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
		try {
			const head = parseResponseHead(text.slice(0, -headEnd.length));
			this.#tap('in', () => describeResponse(text));
			return head;
		} catch (error) {
			throw this.#malformed(bytes, error as Error);
		}
	}

	/** @returns The error, for it to be thrown. */
	#malformed(bytes: Uint8Array, error: Error): Error {
		this.#tap('in', () => describeMalformed({bytes: bytes.length, parts: [bytes]}, error.message));
		return error;
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

	/** @returns Where what is left begins. */
	#copyBody(from: number): number {
		let at = from;
		while (this.#left !== undefined && at < this.#headLength && !this.#isClosed) {
			const space = this.#gets[0]!.sink.space();
			if (!space) {
				break;
			}

			const some = this.#headBuffer.subarray(at, Math.min(this.#headLength, at + space.length, at + this.#left));
			space.set(some);
			at += some.length;
			this.#filled(some.length);
		}

		return at;
	}

	#filled(bytes: number): void {
		const {sink} = this.#gets[0]!;
		this.#left! -= bytes;
		sink.filled(bytes);
		this.#options.onBytes(bytes);
		if (this.#left === 0 && !this.#isClosed) {
			this.#end();
		}

		const waitMs = this.#options.limit?.waitMs(bytes) ?? 0;
		if (waitMs > 0) {
			this.#rest(resume => {
				this.#restTimer = setTimeout(resume, waitMs);
			});
		}
	}

	#end(): void {
		this.#left = undefined;
		const get = this.#gets.shift()!;
		get.onDone();
	}

	/** Make the place ready that the next bytes are read to. */
	#next(): void {
		this.#space = undefined;
		if (this.#isClosed || this.#left === undefined) {
			return;
		}

		const {sink} = this.#gets[0]!;
		const space = this.#headLength === 0 ? sink.space() : undefined;
		if (space) {
			this.#space = space.subarray(0, this.#left);
			return;
		}

		this.#rest(resume => {
			sink.onSpace(resume);
		});
	}

	/** Read nothing until told. */
	#rest(until: (resume: () => void) => void): void {
		if (this.#isPaused || this.#isClosed) {
			return;
		}

		this.#isPaused = true;
		this.#socket.pause();
		// What is not read can not come: that is not the other side's fault.
		this.#socket.setTimeout(0);
		until(() => {
			this.#guarded(() => {
				this.#isPaused = false;
				this.#takeHeads();
				this.#next();
				// There may be no space again.
				if (!(this.#isPaused as boolean)) {
					this.#expectBytes();
					this.#socket.resume();
				}
			});
		});
	}

	#expectBytes(): void {
		if (this.#isConnected) {
			this.#socket.setTimeout(this.#stallMs);
		}
	}

	#fail(error: PeerError): void {
		if (this.#isClosed) {
			return;
		}

		this.close();
		this.#options.onClosed(error);
	}
}
