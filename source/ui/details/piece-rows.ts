import prettyBytes from 'pretty-bytes';
import {legend, pieceMapRows} from '../piece-map.js';
import {cut} from '../text.js';
import {field, labelWidth, type Row} from './row.js';

type Pieces = {pieces: string; pieceBytes: number};

const countOf = (pieces: string, kind: string) => pieces.split(kind).length - 1;

/** `96 of 183 · 256 KiB each · 2 that nobody offers now` */
function pieceText({pieces, pieceBytes}: Pieces): string {
	const missing = countOf(pieces, '?');
	return [
		`${countOf(pieces, '#')} of ${pieces.length}`,
		`${formatPiece(pieceBytes)} each`,
		missing > 0 ? `${missing} that nobody offers now` : '',
	]
		.filter(Boolean)
		.join(' · ');
}

/** Pieces are powers of two. */
const formatPiece = (bytes: number) => prettyBytes(bytes, {binary: true});

/** `96 of 183 × 256 KiB` */
export const shortPieceText = ({pieces, pieceBytes}: Pieces): string =>
	`${countOf(pieces, '#')} of ${pieces.length} × ${formatPiece(pieceBytes)}`;

/** How many there are, a map of them in at most so many rows, and what it says. */
export const pieceRows = (map: Pieces, width: number, maxRows: number): Row[] => [
	...field('Pieces', [cut(pieceText(map), width - labelWidth)]),
	...pieceMapRows(map.pieces, width, maxRows),
	legend(width),
];
