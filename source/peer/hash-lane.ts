import type {HashResult} from './hash-thread.js';

/** A file that somebody wants hashed. */
export type HashJob = {
	name: string;
	size: number;
	/** Somebody waits for it: it goes first, and does not count as work to be shown. */
	isUrgent: boolean;
	resolve: (result: HashResult) => void;
	reject: (error: unknown) => void;
};

/** Files that wait for the thread, and those of them that it has. */
export class HashLane {
	/** What the thread has; nothing when this is empty. */
	running: HashJob[] = [];
	#waiting: HashJob[] = [];
	/** Where the queue begins: taking from the front of a long array is dear. */
	#head = 0;

	add(job: HashJob): void {
		if (job.isUrgent) {
			this.#waiting.splice(this.#head, 0, job);
		} else {
			this.#waiting.push(job);
		}
	}

	/** Let the first ones run: one at the least, otherwise as many as the bounds allow. */
	begin(maxFiles: number, maxBytes: number): HashJob[] {
		let end = this.#head;
		for (let bytes = 0; end < this.#waiting.length && end - this.#head < maxFiles; end++) {
			bytes += this.#waiting[end]!.size;
			if (bytes > maxBytes && end > this.#head) {
				break;
			}
		}

		this.running = this.#waiting.slice(this.#head, end);
		this.#head = end;
		if (end === this.#waiting.length) {
			this.#waiting = [];
			this.#head = 0;
		}

		return this.running;
	}

	/** @returns What ran, which is over. */
	end(): HashJob[] {
		const jobs = this.running;
		this.running = [];
		return jobs;
	}

	/** @returns All there was. */
	clear(): HashJob[] {
		const jobs = [...this.running, ...this.#waiting.slice(this.#head)];
		this.running = [];
		this.#waiting = [];
		this.#head = 0;
		return jobs;
	}
}
