import type {RateLimit} from './rate-limit.js';

/** Blocks that are being sent at once, by all and by one requester: enough to fill a link while some read slowly. */
const maxSending = 16;
const maxSendingEach = 4;

/** Bytes of a block: large reads make the cost of the thread pool vanish. */
const blockBytes = 1024 * 1024;

/** Who does not read what it was sent must not keep others from their turns: so long, and it is the next one's. */
const maxTurnMs = 500;

type Requester = {
	sending: number;
	waiting: Array<() => void>;
};

/**
Whose turn it is to be sent a block. Requesters take turns block by block, so that one who asks for much does not keep one
who asks for little waiting, and all of them together stay below the limit of `--max-up`.
*/
export class UploadTurns {
	readonly #limit: RateLimit | undefined;
	readonly #signal: AbortSignal;
	/** In the order of their turns. */
	readonly #requesters = new Map<string, Requester>();
	#sending = 0;

	constructor(signal: AbortSignal, limit?: RateLimit) {
		this.#signal = signal;
		this.#limit = limit;
	}

	/** Bytes to send in a turn. */
	get blockBytes(): number {
		return Math.min(blockBytes, this.#limit?.smoothBytes ?? blockBytes);
	}

	/**
	Wait for the turn of a requester.

	@returns To be called when the block has been sent, or has failed.
	@throws What the signal was aborted with.
	*/
	async take(key: string, bytes: number): Promise<() => void> {
		const requester = this.#requesters.get(key) ?? {sending: 0, waiting: []};
		this.#requesters.set(key, requester);
		if (this.#sending >= maxSending || requester.sending >= maxSendingEach) {
			await new Promise<void>(resolve => {
				requester.waiting.push(resolve);
			});
		} else {
			this.#begin(requester);
		}

		let isOver = false;
		let timer: NodeJS.Timeout | undefined;
		const release = () => {
			clearTimeout(timer);
			if (!isOver) {
				isOver = true;
				this.#end(key, requester);
			}
		};

		try {
			this.#signal.throwIfAborted();
			await this.#limit?.pass(bytes, this.#signal);
			timer = setTimeout(release, maxTurnMs);
			return release;
		} catch (error) {
			release();
			throw error;
		}
	}

	#begin(requester: Requester): void {
		requester.sending++;
		this.#sending++;
	}

	#end(key: string, requester: Requester): void {
		requester.sending--;
		this.#sending--;
		if (requester.sending === 0 && requester.waiting.length === 0) {
			this.#requesters.delete(key);
		}

		for (const [key, next] of this.#requesters) {
			if (next.waiting.length > 0 && next.sending < maxSendingEach) {
				// Behind all others, until its next turn.
				this.#requesters.delete(key);
				this.#requesters.set(key, next);
				this.#begin(next);
				next.waiting.shift()!();
				return;
			}
		}
	}
}
