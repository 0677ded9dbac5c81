import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import {steady} from './steady.js';

/** Text in exactly this many columns: what is too long gives way in the middle, what is short is filled up. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
	if (width <= 0) {
		return '';
	}

	const known = steady(text);
	const isLong = stringWidth(known) > width;
	const cut = isLong ? shortened(known, width) : known;
	const fill = ' '.repeat(Math.max(0, width - stringWidth(cut)));
	return align === 'left' ? cut + fill : fill + cut;
}

/** Where a wide character does not fit beside the ellipsis, cli-truncate is one column over: ask it for one less. */
function shortened(text: string, width: number, position: 'middle' | 'end' = 'middle'): string {
	for (let wanted = width; wanted > 0; wanted--) {
		const short = cliTruncate(text, wanted, {position});
		if (stringWidth(short) <= width) {
			return short;
		}
	}

	return '';
}

export const widthOf = (text: string): number => stringWidth(text);

/** Text in at most this many columns, cut at its end. */
export function cut(text: string, width: number): string {
	if (width <= 0) {
		return '';
	}

	return shortened(steady(text), width, 'end');
}

const graphemes = new Intl.Segmenter();

/** Text in rows of at most this many columns, broken between words where it can be; the last row is cut at its end. */
export function wrapped(text: string, width: number, maxRows: number): string[] {
	if (width <= 0) {
		return [];
	}

	const rows: string[] = [];
	let rest = steady(text);
	while (rest !== '' && rows.length < maxRows) {
		const head = rows.length === maxRows - 1 ? cut(rest, width) : headOf(rest, width);
		rows.push(head.trimEnd());
		rest = rest.slice(head.length).trimStart();
	}

	return rows;
}

/** The beginning that fits, up to its last space; at least one character. */
function headOf(text: string, width: number): string {
	let head = '';
	for (const {segment} of graphemes.segment(text)) {
		if (head !== '' && widthOf(head + segment) > width) {
			const end = text[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
			return end > 0 ? head.slice(0, end) : head;
		}

		head += segment;
	}

	return head;
}
