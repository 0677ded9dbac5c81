import {Buffer} from 'node:buffer';
import {limits} from './limits.js';
import {ProtocolError} from './errors.js';
import {quoted} from './safe-text.js';

export type JsonObject = Record<string, unknown>;

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

	/** @param maxBytes - The largest object that is taken. */
	constructor(maxBytes: number = limits.maxPeerMessageBytes) {
		this.#maxBytes = maxBytes;
	}

	/** Bytes of an unfinished object held now. */
	get pendingBytes(): number {
		return this.#pendingBytes;
	}

	/**
	Take the next bytes of the stream and yield each object that they complete, in order.

	@throws {ProtocolError} On bytes that are no JSON object, invalid UTF-8, and on objects that are too large or too deep.
	The stream can not go on after that.
	*/
	*push(chunk: Uint8Array): Generator<JsonObject, void> {
		let start = 0;
		for (let index = 0; index < chunk.length; index++) {
			const byte = chunk[index]!;
			if (this.#depth === 0) {
				if (isWhitespace(byte)) {
					continue;
				}

				if (byte !== openBrace) {
					throw unexpected(chunk.subarray(index));
				}

				start = index;
			}

			this.#scan(byte);
			if (this.#depth > limits.maxMessageDepth) {
				throw new ProtocolError(`Expected at most ${limits.maxMessageDepth} levels of JSON, got more`);
			}

			if (this.#depth === 0) {
				yield this.#complete(chunk.subarray(start, index + 1));
			}
		}

		if (this.#depth > 0) {
			this.#keep(chunk.subarray(start));
		}
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
