import {Buffer} from 'node:buffer';
import type {BodySink} from './peer-connection.js';

/** Takes a short body in whole. */
export class BytesSink implements BodySink {
	readonly bytes: Buffer;
	#filled = 0;

	constructor(length: number) {
		// Not from the pool: it may go to another thread with all that is around it.
		this.bytes = Buffer.allocUnsafeSlow(length);
	}

	space(): Uint8Array {
		return this.bytes.subarray(this.#filled);
	}

	filled(bytes: number): void {
		this.#filled += bytes;
	}

	/** There always is. */
	onSpace(callback: () => void): void {
		callback();
	}
}
