import {Buffer} from 'node:buffer';
import {limits} from './limits.js';
import {ProtocolError} from './errors.js';
import {quoted} from './safe-text.js';
import type {WireBytes} from './wire.js';

export type JsonObject = Record<string, unknown>;

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const isWhitespace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/**
Reads a stream of JSON objects, with or without newlines between them, split anywhere by TCP: both dialects of the class
protocol, and version 2. Push bytes in, get objects out.
*/
export class JsonStream {
	readonly #decoder = new TextDecoder('utf-8', {fatal: true});
	readonly #maxBytes: number;
	/** The beginning of the value that is not complete yet; grows by doubling, so that tiny chunks cost no more than large ones. */
	#held = Buffer.alloc(0);
	#pendingBytes = 0;
	#depth = 0;
	#isInString = false;
	#isEscaped = false;
	/** Blanks between objects that came with earlier chunks. */
	#blankBytes = 0;
	#taken: WireBytes | undefined;

	/** @param maxBytes - The largest object that is taken. */
	constructor(maxBytes: number = limits.maxPeerMessageBytes) {
		this.#maxBytes = maxBytes;
	}

	/** Bytes of an unfinished object held now. */
	get pendingBytes(): number {
		return this.#pendingBytes;
	}

	/**
	The bytes of the object that is being yielded, or of what was no object when `push` has thrown, or else of what has come of
	one that is not complete: how many with the blanks before it and its newline, and where they stand. Not to be kept.
	*/
	get taken(): WireBytes {
		return (
			this.#taken ?? {
				bytes: this.#blankBytes + this.#pendingBytes,
				parts: [this.#held.subarray(0, this.#pendingBytes)],
			}
		);
	}

	/**
	Take the next bytes of the stream and yield each object that they complete, in order.

	@throws {ProtocolError} On bytes that are no JSON object, invalid UTF-8, and on objects that are too large or too deep.
	The stream can not go on after that.
	*/
	*push(chunk: Uint8Array): Generator<JsonObject, void> {
		// Where the object begins, and where what belongs to no object before it.
		let start = 0;
		let from = 0;
		for (let index = 0; index < chunk.length; index++) {
			const byte = chunk[index]!;
			if (this.#depth === 0) {
				if (isWhitespace(byte)) {
					continue;
				}

				if (byte !== openBrace) {
					this.#take(chunk.subarray(from));
					throw unexpected(chunk.subarray(index));
				}

				start = index;
			}

			this.#scan(byte);
			if (this.#depth > limits.maxMessageDepth) {
				this.#take(chunk.subarray(from));
				throw new ProtocolError(`Expected at most ${limits.maxMessageDepth} levels of JSON, got more`);
			}

			if (this.#depth === 0) {
				const end = chunk[index + 1] === newline ? index + 2 : index + 1;
				this.#take(chunk.subarray(from, end));
				const value = this.#complete(chunk.subarray(start, index + 1));
				yield value;
				this.#taken = undefined;
				from = end;
				index = end - 1;
			}
		}

		if (this.#depth === 0) {
			this.#blankBytes += chunk.length - from;
			return;
		}

		this.#blankBytes += start - from;
		this.#keep(chunk.subarray(start));
	}

	/** What has come of an object, with its last bytes. */
	#take(last: Uint8Array): void {
		this.#taken = {
			bytes: this.#blankBytes + this.#pendingBytes + last.length,
			parts: [this.#held.subarray(0, this.#pendingBytes), last],
		};
		this.#blankBytes = 0;
	}

	#scan(byte: number): void {
		if (this.#isInString) {
			if (this.#isEscaped) {
				this.#isEscaped = false;
			} else if (byte === backslash) {
				this.#isEscaped = true;
			} else if (byte === quote) {
				this.#isInString = false;
			}

			return;
		}

		switch (byte) {
			case quote: {
				this.#isInString = true;

				break;
			}

			case openBrace:
			case openBracket: {
				this.#depth++;

				break;
			}

			case closeBrace:
			case closeBracket: {
				this.#depth--;

				break;
			}
			// No default
		}
	}

	#keep(part: Uint8Array): void {
		const length = this.#pendingBytes + part.length;
		this.#check(length);
		if (length > this.#held.length) {
			const larger = Buffer.allocUnsafe(Math.max(length, Math.min(this.#maxBytes, 2 * this.#held.length)));
			this.#held.copy(larger, 0, 0, this.#pendingBytes);
			this.#held = larger;
		}

		this.#held.set(part, this.#pendingBytes);
		this.#pendingBytes = length;
	}

	#check(length: number): void {
		if (length > this.#maxBytes) {
			throw new ProtocolError(`Expected a message of at most ${this.#maxBytes} bytes, got more`);
		}
	}

	#complete(last: Uint8Array): JsonObject {
		let bytes = last;
		this.#check(last.length);
		if (this.#pendingBytes > 0) {
			this.#keep(last);
			bytes = this.#held.subarray(0, this.#pendingBytes);
			this.#held = Buffer.alloc(0);
			this.#pendingBytes = 0;
		}

		try {
			return JSON.parse(this.#decoder.decode(bytes)) as JsonObject;
		} catch {
			throw unexpected(bytes);
		}
	}
}

function unexpected(bytes: Uint8Array): ProtocolError {
	const shown = 12;
	const text = Buffer.from(bytes.subarray(0, shown)).toString('latin1');
	return new ProtocolError(`Expected a JSON object, got ${quoted(bytes.length > shown ? `${text}…` : text)}`);
}
