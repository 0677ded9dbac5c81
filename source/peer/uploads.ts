import {reasonOf} from '../protocol/errors.js';
import type {UploadLog} from './served-file.js';
import type {TransferRow, TransferTable} from './transfer-table.js';

export type Upload = {
	name: string;
	label: string;
	size: number;
	/** The first byte that is asked for. */
	from: number;
	/** The other side, as the user knows it. */
	peer: string;
	/** Who it is, for taking turns and for counting. */
	requester?: string;
	/** One of many requests for pieces of it: they are shown as one upload. */
	isPiecewise?: boolean;
};

/** A peer that asks for no more pieces of a file for this long is done with it. */
const pauseMs = 3000;

/** An upload that is asked for piece by piece. */
type Piecewise = {
	row: TransferRow;
	bytes: number;
	answering: number;
	timer: NodeJS.Timeout | undefined;
};

/** What others fetch from us, as the user sees it: a row for each file and peer. */
export class Uploads {
	readonly #table: TransferTable;
	readonly #piecewise = new Map<string, Piecewise>();

	constructor(table: TransferTable) {
		this.#table = table;
	}

	/** Another peer fetches a file, or some of it: show it, and follow it to its end. */
	begin(upload: Upload): UploadLog {
		return upload.isPiecewise ? this.#pieces(upload) : this.#whole(upload);
	}

	/** Leave no timer behind. */
	stop(): void {
		for (const {timer} of this.#piecewise.values()) {
			clearTimeout(timer);
		}

		this.#piecewise.clear();
	}

	#add({name, label, size, peer}: Upload, bytes: number): TransferRow {
		return this.#table.add({direction: 'up', name, label, size, bytes, state: 'running', peer, error: undefined});
	}

	#whole(upload: Upload): UploadLog {
		let bytes = upload.from;
		const row = this.#add(upload, bytes);
		row.liveBytes = () => bytes;
		return {
			sent(count) {
				bytes += count;
			},
			end: error => {
				const failure = error === undefined ? undefined : reasonOf(error);
				this.#table.set(row, {state: failure === undefined ? 'done' : 'failed', error: failure, bytes});
			},
		};
	}

	/** That one request of many is cut short is no failure: its pieces may have come from elsewhere. */
	#pieces(upload: Upload): UploadLog {
		const key = `${upload.peer}\n${upload.name}\n${upload.size}`;
		const known = this.#piecewise.get(key);
		const session = known ?? {row: this.#add(upload, 0), bytes: 0, answering: 0, timer: undefined};
		if (!known) {
			session.row.liveBytes = () => session.bytes;
			this.#piecewise.set(key, session);
		}

		clearTimeout(session.timer);
		session.answering++;
		return {
			sent(count) {
				session.bytes += count;
			},
			end: () => {
				session.answering--;
				if (session.bytes >= upload.size) {
					this.#done(key, session);
				} else if (session.answering === 0 && this.#piecewise.get(key) === session) {
					session.timer = setTimeout(() => {
						this.#done(key, session);
					}, pauseMs);
				}
			},
		};
	}

	#done(key: string, session: Piecewise): void {
		if (this.#piecewise.get(key) === session) {
			clearTimeout(session.timer);
			this.#piecewise.delete(key);
			this.#table.set(session.row, {state: 'done', bytes: session.bytes});
		}
	}
}
