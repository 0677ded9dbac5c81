import type {Run} from '../protocol/piece-set.js';
import type {PeerError} from '../protocol/errors.js';

/** What a source does, as the download sees it. The real ones speak HTTP (`http-link.ts`) or the class protocol (`classic-link.ts`); tests have their own. */
export type LinkEvents = {
	/** It has these pieces, too. */
	onPieces: (pieces: Iterable<number>) => void;
	/** It has asked a whole holder for these, and will soon have them. */
	onComing: (pieces: Iterable<number>) => void;
	/** Bytes have come, good or not. */
	onBytes: (bytes: number) => void;
	/** A piece that was asked for has come whole and was looked at. */
	onPiece: (piece: number, isGood: boolean) => void;
	/** It gives nothing any more; what was asked of it will not come. Called once, and not after `close`. */
	onClosed: (error: PeerError) => void;
};

/** A source that pieces can be asked of. */
export type SourceLink = {
	/** Ask for pieces, any number of times before the first have come. */
	ask: (run: Run) => void;
	/** Let it go; its events end, but for those of pieces that have come and are being verified. */
	close: () => void;
	/** Whether it is this side that reads nothing at this moment. */
	isResting?: () => boolean;
};
