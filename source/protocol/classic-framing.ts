import {Buffer} from 'node:buffer';
import {ProtocolError} from './errors.js';
import {limits} from './limits.js';
import {quoted} from './safe-text.js';

const newline = 0x0a;
const fieldName = 'Content-Length:';

/** The request of the framed dialect. */
export const encodeFramedRequest = (name: string): string => `${name}\n`;

/** The answer's header in the framed dialect; exactly `size` bytes follow. */
export const encodeFileHeader = (size: number): string => `Content-Length: ${size}\n`;

export type FileHeader = {
	/** Bytes that follow, or undefined for an answer of the unframed dialect: all that comes until the end. */
	size: number | undefined;
	/** What came with the header and belongs to the file. */
	rest: Uint8Array;
};

/**
Reads the beginning of an answer to a framed request. A program of the older dialect may answer it with the bare bytes of
the file: what does not begin with the header is taken for those.
*/
export class FileHeaderDecoder {
	#held = Buffer.alloc(0);

	/** All that has come so far. */
	get held(): Uint8Array {
		return this.#held;
	}

	/** @returns The header once it is complete, undefined while more bytes are needed.
	@throws {ProtocolError} On a header whose length is no number. */
	push(chunk: Uint8Array): FileHeader | undefined {
		this.#held = Buffer.concat([this.#held, chunk]);
		const start = this.#held.toString('latin1', 0, fieldName.length);
		if (!fieldName.toLowerCase().startsWith(start.toLowerCase())) {
			return {size: undefined, rest: this.#held};
		}

		const end = this.#held.indexOf(newline);
		if (end === -1 && this.#held.length <= limits.maxFileHeaderBytes) {
			return undefined;
		}

		const value = this.#held.toString('latin1', fieldName.length, end === -1 ? undefined : end).trim();
		if (end === -1 || !/^\d{1,16}$/.test(value) || !Number.isSafeInteger(Number(value))) {
			throw new ProtocolError(`Expected "${fieldName} N", got ${quoted(value)}`);
		}

		return {size: Number(value), rest: this.#held.subarray(end + 1)};
	}

	/**
	The stream has ended: what came may still be a file shorter than the header's own name.

	@throws {ProtocolError} When it ended within a header.
	*/
	end(): FileHeader {
		if (this.#held.length >= fieldName.length) {
			throw new ProtocolError('Expected a whole header, got only its beginning');
		}

		return {size: undefined, rest: this.#held};
	}
}
