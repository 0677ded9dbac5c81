type Waiting<Item, Result> = {
	item: Item;
	resolve: (result: Result) => void;
	reject: (error: unknown) => void;
};

/**
Work for a thread that comes in small pieces: what comes while the thread is at work goes together, in one message, when it is
done. So a thousand pieces that come at once cost some dozen messages, and a single one goes at once.
*/
export class ThreadBatch<Item, Result> {
	readonly #send: (items: Item[]) => void;
	readonly #maxItems: number;
	readonly #waiting: Array<Waiting<Item, Result>> = [];
	#working: Array<Waiting<Item, Result>> = [];

	/** @param send - Gives items to the thread; it answers by a call of `done` or `failed`. */
	constructor(maxItems: number, send: (items: Item[]) => void) {
		this.#maxItems = maxItems;
		this.#send = send;
	}

	async add(item: Item): Promise<Result> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({item, resolve, reject});
			// What else has come with the same read of a socket goes along.
			setImmediate(() => {
				this.#next();
			});
		});
	}

	/** The thread is done with what it was given. @param results - One for each, in order; an error for one that failed. */
	done(results: ReadonlyArray<Result | Error>): void {
		const working = this.#working;
		this.#working = [];
		for (const [index, {resolve, reject}] of working.entries()) {
			const result = results[index]!;
			if (result instanceof Error) {
				reject(result);
			} else {
				resolve(result);
			}
		}

		this.#next();
	}

	/** The thread is no more. */
	failed(error: Error): void {
		this.done(this.#working.map(() => error));
	}

	#next(): void {
		if (this.#working.length === 0 && this.#waiting.length > 0) {
			this.#working = this.#waiting.splice(0, this.#maxItems);
			this.#send(this.#working.map(({item}) => item));
		}
	}
}
