import {bodyRows, type PaneSize} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import {fit, wrapped} from '../text.js';
import type {Segment} from '../theme.js';

/** A row of details. */
export type Row = Segment[];

/** Columns of the fields' names. */
export const labelWidth = 10;

/** Rows that a text may take which is of use as a whole only. */
const wholeRows = 400;

/** What of the terminal's width is not for rows: frame and space. */
export const frameWidth = 4;

/** Columns of the title that are not the name: corners, spaces and the glyph. */
const titleChrome = 7;

/** Below this width the rows of a list have no name beside them. */
const narrowBelow = 50;

/** Rows and columns that there are for details. */
export const detailSize = ({size: {columns, rows}}: Pick<State, 'size'>): PaneSize => ({
	width: columns - frameWidth,
	height: bodyRows(rows) - 2,
});

/** A glyph and a name, as long as fits into the frame. */
export const titleOf = (glyph: string, label: string, width: number): string =>
	`${glyph} ${fit(label, titleWidth(width)).trimEnd()}`;

/** Columns of a name in the title, where rows have so many. */
export const titleWidth = (width: number): number => width + frameWidth - titleChrome;

/** A name and a value in a row; what is longer goes on below. */
export const field = (label: string, values: readonly string[], look: Omit<Segment, 'text'> = {}): Row[] =>
	values.map((text, index) => [labelOf(index === 0 ? label : ''), {text, ...look}]);

/** A text of any length, all of it. */
export const textField = (label: string, text: string, width: number, look: Omit<Segment, 'text'> = {}): Row[] =>
	field(label, wrapped(text, width - labelWidth, wholeRows), look);

/** The name of a field. */
export const labelOf = (label: string): Segment => ({text: fit(label, labelWidth), isDim: true});

/** Columns of the rows of a list, which has its name beside it or, where that takes too much, above it. */
export const listWidth = (width: number): number => (width < narrowBelow ? width : width - labelWidth);

/** A list with its name. */
export function listRows(label: string, rows: readonly Row[], width: number): Row[] {
	if (rows.length === 0) {
		return [];
	}

	return width < narrowBelow
		? [[], [{text: label, isDim: true}], ...rows]
		: [[], ...rows.map((row, index) => [labelOf(index === 0 ? label : ''), ...row])];
}
