import {safeText} from '../protocol/safe-text.js';
import {steady} from './steady.js';
import {widthOf} from './text.js';
import type {Segment} from './theme.js';

const graphemes = new Intl.Segmenter();

/** The bytes as text, line by line, fit for a terminal; a line that is too long goes on below. What is no UTF-8 is a `·`. */
export function textRows(bytes: Uint8Array, width: number): Segment[][] {
	const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes).replaceAll('\uFFFD', '·');
	// A line that ends in CR LF shows its CR; the last LF begins no line.
	const lines = text.replace(/\n$/, '').split('\n');
	return lines.flatMap(line => broken(steady(safeText(line)), width).map(row => [{text: row}]));
}

/** In rows of at most so many columns, broken anywhere: nothing of it is left out. */
function broken(text: string, width: number): string[] {
	const rows: string[] = [];
	let row = '';
	let used = 0;
	for (const {segment} of graphemes.segment(text)) {
		const columns = widthOf(segment);
		if (used + columns > width && row !== '') {
			rows.push(row);
			row = '';
			used = 0;
		}

		row += segment;
		used += columns;
	}

	return [...rows, row];
}
