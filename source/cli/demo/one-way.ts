import type {Socket} from 'node:net';
import {once} from 'node:events';
import {performance} from 'node:perf_hooks';
import {setTimeout as delay} from 'node:timers/promises';
import type {Buffer} from 'node:buffer';
import type {RateLimit} from '../../peer/rate-limit.js';

/** How a link is just now. */
export type LinkSpeed = {
	/** What each byte takes from one end to the other. */
	delayMs: number;
	/** What all connections of the link may take together, in this direction. */
	limit: RateLimit | undefined;
	/** Bytes of one connection that may be on their way, in this direction. */
	maxWaitingBytes: number;
};

/**
One direction of a connection through a link: bytes leave in the order in which they came, each as late as the link says. Of an end
that reads slowly no more is read than may be on its way.
*/
export class OneWay {
	readonly #from: Socket;
	readonly #to: Socket;
	readonly #speed: () => LinkSpeed;
	readonly #stop = new AbortController();
	readonly #waiting: Array<{chunk: Buffer; dueMs: number}> = [];
	#waitingBytes = 0;
	#hasEnded = false;
	#isMoving = false;

	constructor(from: Socket, to: Socket, speed: () => LinkSpeed) {
		this.#from = from;
		this.#to = to;
		this.#speed = speed;
		from.on('data', chunk => {
			this.#take(chunk);
		});
		from.on('end', () => {
			this.#hasEnded = true;
			void this.#move();
		});
		to.on('close', () => {
			this.#stop.abort();
		});
	}

	#take(chunk: Buffer): void {
		const {delayMs, maxWaitingBytes} = this.#speed();
		this.#waiting.push({chunk, dueMs: performance.now() + delayMs});
		this.#waitingBytes += chunk.length;
		if (this.#waitingBytes > maxWaitingBytes) {
			this.#from.pause();
		}

		void this.#move();
	}

	async #move(): Promise<void> {
		if (this.#isMoving) {
			return;
		}

		this.#isMoving = true;
		try {
			for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
				await this.#send(next.chunk, next.dueMs);
			}

			if (this.#hasEnded) {
				this.#to.end();
			}
		} catch (error) {
			// The end that it was for has gone, or is just breaking off.
			if (!this.#stop.signal.aborted && !this.#to.destroyed) {
				throw error;
			}
		} finally {
			this.#isMoving = false;
		}
	}

	async #send(chunk: Buffer, dueMs: number): Promise<void> {
		const {signal} = this.#stop;
		// Timers count whole milliseconds, and would ring too early.
		const early = Math.ceil(dueMs - performance.now());
		if (early > 0) {
			await delay(early, undefined, {signal});
		}

		for (let start = 0; start < chunk.length;) {
			signal.throwIfAborted();
			const {limit, maxWaitingBytes} = this.#speed();
			const part = chunk.subarray(start, start + (limit?.smoothBytes ?? chunk.length));
			start += part.length;
			await limit?.pass(part.length, signal);
			if (!this.#to.write(part)) {
				await once(this.#to, 'drain', {signal});
			}

			this.#waitingBytes -= part.length;
			if (this.#waitingBytes <= maxWaitingBytes) {
				this.#from.resume();
			}
		}
	}
}
