import type {SourceRate} from '../peer/events.js';
import {cut, widthOf} from './text.js';

const maxNameWidth = 16;

const separator = ' · ';

/**
The part of a rate as a figure of three columns, in the unit that `formatRate` gives the whole: of 40.1 MB/s, ` 22` are 22 MB/s and
`6.3` are 6.3.
*/
export function figureOf(part: number, whole: number): string {
	const thousands = Math.max(0, Math.floor(Math.log10(Math.max(1, Math.round(whole))) / 3));
	const value = Math.max(0, part / 1000 ** thousands);
	const isSmall = thousands > 0 && value < 9.95;
	return (isSmall ? value.toFixed(1) : String(Math.min(999, Math.round(value)))).padStart(3);
}

/**
`bob  22 · carol  12 · dave 6.3`: sources with their parts of the rate, in its unit. As many as fit, and how many more there are;
where not even two fit, how many there are. It changes its width only when sources come or go.
*/
export function sourceRates(sources: readonly SourceRate[], rate: number, width: number): string {
	const texts = sources.map(({name, bytesPerSecond}) => `${cut(name, maxNameWidth)} ${figureOf(bytesPerSecond, rate)}`);
	for (let shown = texts.length; shown > 1; shown--) {
		const more = texts.length - shown;
		const text = texts.slice(0, shown).join(separator) + (more > 0 ? ` +${more}` : '');
		if (widthOf(text) <= width) {
			return text;
		}
	}

	return sources.length === 1 ? cut(sources[0]!.name, width) : cut(`${sources.length} sources`, width);
}
