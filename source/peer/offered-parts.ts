import {open, type FileHandle} from 'node:fs/promises';
import {PieceSet, type Run} from '../protocol/piece-set.js';

/** Hears what becomes of a content on its way in. */
export type Follower = {
	/** A piece is here. */
	onPiece: (piece: number) => void;
	/** Pieces have been asked of a whole holder. */
	onComing: (run: Run) => void;
	/** No more will come. */
	onEnd: () => void;
};

/** A content that is on its way in. */
export type OfferedPart = {
	root: string;
	/** The name it will have here. */
	name: string;
	size: number;
	layer: Uint8Array;
	handle: FileHandle;
	/** Pieces that are here and verified. */
	have: PieceSet;
	/** Those who hear of each new piece. */
	followers: Set<Follower>;
	/** How many answers read from it now: it is closed after the last. */
	readers: number;
	isOver: boolean;
};

export type OfferOptions = Pick<OfferedPart, 'root' | 'name' | 'size' | 'layer'> & {
	/** Where the bytes are. */
	path: string;
	have: Iterable<number>;
	count: number;
};

/** The contents on their way in whose verified pieces others can have already. */
export class OfferedParts {
	readonly #parts = new Map<string, OfferedPart>();
	readonly #onChange: (root: string, isOffered: boolean) => void;

	/** @param onChange - The tracker is to be told. */
	constructor(onChange: (root: string, isOffered: boolean) => void) {
		this.#onChange = onChange;
	}

	get roots(): Iterable<string> {
		return this.#parts.keys();
	}

	get(root: string): OfferedPart | undefined {
		return this.#parts.get(root);
	}

	/**
	Offer what there is of a content, and what will come.

	@returns Whether it is offered from there now; not where the same content is on its way in under another name.
	*/
	async offer({path, have, count, ...rest}: OfferOptions): Promise<boolean> {
		const {root} = rest;
		const handle = await open(path);
		if (this.#parts.has(root)) {
			await handle.close();
			return false;
		}

		const part: OfferedPart = {
			...rest,
			handle,
			have: new PieceSet(count),
			followers: new Set(),
			readers: 0,
			isOver: false,
		};
		for (const piece of have) {
			part.have.add(piece);
		}

		this.#parts.set(root, part);
		this.#onChange(root, true);
		return true;
	}

	/** A piece is here and verified. */
	add(root: string, piece: number): void {
		const part = this.#parts.get(root);
		if (part?.have.add(piece)) {
			for (const follower of part.followers) {
				follower.onPiece(piece);
			}
		}
	}

	/** Pieces have been asked of a whole holder. */
	coming(root: string, run: Run): void {
		for (const follower of this.#parts.get(root)?.followers ?? []) {
			follower.onComing(run);
		}
	}

	/** It is a file of the share by now, or is not fetched any more. */
	async withdraw(root: string): Promise<void> {
		const part = this.#parts.get(root);
		if (!part) {
			return;
		}

		this.#parts.delete(root);
		this.#onChange(root, false);
		part.isOver = true;
		for (const follower of part.followers) {
			follower.onEnd();
		}

		await closeIfUnused(part);
	}
}

/** Read from a part: it stays open meanwhile. */
export async function reading<Result>(part: OfferedPart, read: () => Promise<Result>): Promise<Result> {
	part.readers++;
	try {
		return await read();
	} finally {
		part.readers--;
		await closeIfUnused(part);
	}
}

async function closeIfUnused(part: OfferedPart): Promise<void> {
	if (part.isOver && part.readers === 0) {
		await part.handle.close();
	}
}
