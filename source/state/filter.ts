/*
The filter of a list: all its words must occur, in any order and case. What stands in double quotes is one word, spaces included; a
word with a minus before it must not occur.
*/

export type Filter = {
	/** Folded. */
	included: string[];
	excluded: string[];
	/** Few filters need to look for one in every text. */
	hasSigma: boolean;
};

/** Text without its case, as far as a filter is concerned; a sigma is one wherever it stands. */
const fold = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');

/** A minus or a quotation mark alone is a word that has only begun, which says nothing yet. */
const words = /(?<minus>-?)(?:"(?<quoted>[^"]*)"?|(?<word>[^\s"]+))/g;

export function parseFilter(text: string): Filter {
	const filter: Filter = {included: [], excluded: [], hasSigma: false};
	for (const {groups} of text.matchAll(words)) {
		const word = fold(groups!.quoted ?? groups!.word!);
		if (word === '-' || word === '') {
			continue;
		}

		filter.hasSigma ||= word.includes('σ');
		(groups!.minus ? filter.excluded : filter.included).push(word);
	}

	return filter;
}

export function matches(text: string, {included, excluded, hasSigma}: Filter): boolean {
	const folded = hasSigma ? fold(text) : text.toLowerCase();
	for (const word of included) {
		if (!folded.includes(word)) {
			return false;
		}
	}

	for (const word of excluded) {
		if (folded.includes(word)) {
			return false;
		}
	}

	return true;
}

/** Whether whatever one filter lets through passes the other, too: where a word has only grown, the rest need not be looked at. */
export const isWithin = (narrow: Filter, wide: Filter): boolean =>
	wide.included.every(word => narrow.included.some(longer => longer.includes(word))) &&
	wide.excluded.every(word => narrow.excluded.some(shorter => word.includes(shorter)));

/** The filter parsed last, which is asked for again with every row. */
let last = {text: '', filter: parseFilter('')};

function parsed(text: string): Filter {
	if (last.text !== text) {
		last = {text, filter: parseFilter(text)};
	}

	return last.filter;
}

/**
What a filter's words match in a text, to be highlighted.

@returns Begin and end in the text itself, from left to right; what touches is one.
*/
export function matchRanges(text: string, filter: string): Array<[start: number, end: number]> {
	const {included} = parsed(filter);
	const folded = included.length === 0 ? '' : fold(text);
	const found: Array<[number, number]> = [];
	for (const word of included) {
		for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + 1)) {
			found.push([at, at + word.length]);
		}
	}

	const inText = found.length > 0 && folded.length !== text.length ? unfolded(text, found) : found;
	return merged(inText);
}

/** A few letters are longer in lower case, such as `İ`: whoever finds a part of one has found it. */
function unfolded(text: string, ranges: Array<[number, number]>): Array<[number, number]> {
	const starts: number[] = [];
	const ends: number[] = [];
	let at = 0;
	for (const letter of text) {
		for (let rest = fold(letter).length; rest > 0; rest--) {
			starts.push(at);
			ends.push(at + letter.length);
		}

		at += letter.length;
	}

	return ranges.map(([start, end]) => [starts[start]!, ends[end - 1]!]);
}

function merged(ranges: Array<[number, number]>): Array<[start: number, end: number]> {
	const result: Array<[number, number]> = [];
	for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
		const before = result.at(-1);
		if (before && start <= before[1]) {
			before[1] = Math.max(before[1], end);
		} else {
			result.push([start, end]);
		}
	}

	return result;
}
