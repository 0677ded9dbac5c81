import type {Segment} from './theme.js';

type Look = Pick<Segment, 'accent' | 'isDim' | 'isBold'> & {
	glyph: string;
	word: string;
};

/** What a character of the map can say, in the order of the legend. */
const looks = {
	here: {glyph: '█', word: 'here', accent: 'progress'},
	part: {glyph: '▄', word: 'part', accent: 'progress'},
	asked: {glyph: '>', word: 'asked', isBold: true},
	offered: {glyph: '·', word: 'offered', isDim: true},
	nobody: {glyph: '?', word: 'nobody', accent: 'trouble'},
} satisfies Record<string, Look>;

type LookName = keyof typeof looks;

const parts = ['▁', '▂', '▃', '▄', '▅', '▆', '▇'];

/** Of a group of pieces: what keeps it from being complete comes before what is here of it. */
function cellOf(group: string): {name: LookName; glyph: string} {
	const here = group.split('#').length - 1;
	const is = (name: LookName, {glyph} = looks[name] as Look) => ({name, glyph});
	if (here === group.length) {
		return is('here');
	}

	if (group.includes('?')) {
		return is('nobody');
	}

	if (here > 0) {
		return {name: 'part', glyph: parts[Math.floor((here / group.length) * parts.length)]!};
	}

	return is(group.includes('>') ? 'asked' : 'offered');
}

/** Rows that a map of so many pieces has, where there is room for so many. */
const rowsOfMap = (count: number, width: number, maxRows: number): number =>
	Math.min(maxRows, Math.ceil(count / width));

/**
The map of a file in rows of at most `width` columns: a character for each piece, or for a group of them where they are more than
fit.

@param pieces - A character for each piece, as `PieceMap` says.
*/
export function pieceMapRows(pieces: string, width: number, maxRows: number): Segment[][] {
	const room = rowsOfMap(pieces.length, width, maxRows) * width;
	const count = Math.min(room, pieces.length);
	const startOf = (cell: number) => Math.floor((cell * pieces.length) / count);
	const rows: Segment[][] = [];
	let last: LookName | undefined;
	for (let cell = 0; cell < count; cell++) {
		const {name, glyph} = cellOf(pieces.slice(startOf(cell), startOf(cell + 1)));
		if (cell % width === 0) {
			rows.push([]);
			last = undefined;
		}

		const row = rows.at(-1)!;
		if (name === last) {
			row.at(-1)!.text += glyph;
		} else {
			row.push(segmentOf(name, glyph));
			last = name;
		}
	}

	return rows;
}

function segmentOf(name: LookName, text: string): Segment {
	const {accent, isDim = false, isBold = false}: Look = looks[name];
	return {text, accent, isDim, isBold};
}

/** `█ here  ▄ part  > asked  · offered  ? nobody`; where there is little room, without the spaces. */
export function legend(width: number): Segment[] {
	const isNarrow = width < 50;
	const names = Object.keys(looks) as LookName[];
	return names.flatMap((name, index) => [
		{...segmentOf(name, `${index === 0 ? '' : isNarrow ? ' ' : '   '}${looks[name].glyph}`)},
		{text: `${isNarrow ? '' : ' '}${looks[name].word}`, isDim: true},
	]);
}
