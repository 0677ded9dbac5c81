import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import {remembered} from './remember.js';
import {steady} from './steady.js';

/** What is as wide as it is long. */
const plain = /^[ -~]*$/;

const widthOfOther = remembered((text: string) => stringWidth(text));

export const widthOf = (text: string): number => (plain.test(text) ? text.length : widthOfOther(text));

/** Text in exactly this many columns: what is too long gives way in the middle, what is short is filled up. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
	if (width <= 0) {
		return '';
	}

	const known = steady(text);
	const isLong = widthOf(known) > width;
	const cut = isLong ? shortened(known, width) : known;
	const fill = ' '.repeat(Math.max(0, width - widthOf(cut)));
	return align === 'left' ? cut + fill : fill + cut;
}

function shortened(text: string, width: number, position: 'middle' | 'end' = 'middle'): string {
	if (plain.test(text) && text.length <= width) {
		return text;
	}

	return shortenedTo[position](width)(text);
}

/** For each width, as there are few. */
const shortenedTo = {
	middle: remembered((width: number) => remembered((text: string) => shorten(text, width, 'middle'))),
	end: remembered((width: number) => remembered((text: string) => shorten(text, width, 'end'))),
};

/** Where a wide character does not fit beside the ellipsis, cli-truncate is one column over: ask it for one less. */
function shorten(text: string, width: number, position: 'middle' | 'end'): string {
	for (let wanted = width; wanted > 0; wanted--) {
		const short = cliTruncate(text, wanted, {position});
		if (widthOf(short) <= width) {
			return short;
		}
	}

	return '';
}

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
	let columns = 0;
	for (const {segment} of graphemes.segment(text)) {
		columns += widthOf(segment);
		if (head !== '' && columns > width) {
			const end = text[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
			return end > 0 ? head.slice(0, end) : head;
		}

		head += segment;
	}

	return head;
}
