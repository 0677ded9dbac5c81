import type {PeerEvent, RunningSample, SourceRate, Transfer, TransferState} from './events.js';

/** A transfer as it is now. Each fact is a new `transfer`; its bytes are counted in between. */
export type TransferRow = {
	transfer: Transfer;
	/** Bytes so far. */
	liveBytes: () => number;
	/** How its sources do, of a download by pieces. */
	sources?: (() => SourceRate[]) | undefined;
};

/** Rows that are over and kept to be looked at; older ones go. */
const maxOver = 200;

const isOver = (state: TransferState) => state === 'done' || state === 'failed' || state === 'cancelled';

/** All transfers of both directions that the user can see. Tells of each change; costs what changes, not what is there. */
export class TransferTable {
	readonly #rows = new Map<number, TransferRow>();
	readonly #running = new Set<TransferRow>();
	/** In the order in which they ended. */
	readonly #over = new Set<TransferRow>();
	readonly #emit: (event: PeerEvent) => void;
	readonly #onRemoved: (row: TransferRow) => void;
	#lastId = 0;

	/** @param onRemoved - A row was cleared, or was the oldest of too many. */
	constructor(emit: (event: PeerEvent) => void, onRemoved: (row: TransferRow) => void) {
		this.#emit = emit;
		this.#onRemoved = onRemoved;
	}

	add(values: Omit<Transfer, 'id' | 'place'>): TransferRow {
		const id = ++this.#lastId;
		const transfer = {...values, id, place: id};
		const row: TransferRow = {transfer, liveBytes: () => row.transfer.bytes};
		this.#rows.set(transfer.id, row);
		this.set(row, {});
		return row;
	}

	/** Something has happened to a transfer. */
	set(row: TransferRow, values: Partial<Transfer>): void {
		const transfer = {...row.transfer, ...values};
		row.transfer = transfer;
		if (!this.#rows.has(transfer.id)) {
			// Cleared while it was ending: nobody is to hear of it again.
			return;
		}

		this.#keep(this.#running, row, transfer.state === 'running');
		this.#keep(this.#over, row, isOver(transfer.state));
		this.#emit({type: 'transfer', transfer});
		for (const oldest of this.#over) {
			if (this.#over.size <= maxOver) {
				return;
			}

			this.remove([oldest]);
		}
	}

	/** Take rows away. */
	remove(rows: TransferRow[]): void {
		for (const row of rows) {
			this.#rows.delete(row.transfer.id);
			this.#running.delete(row);
			this.#over.delete(row);
			this.#onRemoved(row);
		}

		if (rows.length > 0) {
			this.#emit({type: 'cleared', ids: rows.map(({transfer}) => transfer.id)});
		}
	}

	/** Take the rows away that are over. */
	clearFinished(): void {
		this.remove([...this.#over]);
	}

	/** How each running transfer does. */
	sample(): RunningSample[] {
		return Array.from(this.#running, ({transfer, liveBytes, sources}) => ({
			id: transfer.id,
			bytes: liveBytes(),
			...(sources && {sources: sources()}),
		}));
	}

	#keep(rows: Set<TransferRow>, row: TransferRow, isIn: boolean): void {
		if (isIn) {
			rows.add(row);
		} else {
			rows.delete(row);
		}
	}
}
