import stringWidth from 'string-width';

/** Our glyphs, and one ASCII character for each of those beside them. */
const table: Array<[glyphs: string, ascii: string]> = [
	['┏┓┗┛╭╮╰╯├┤┬┴┼┌┐└┘', '+'],
	['━─', '-'],
	['┃│‖▏▎', '|'],
	['█▉▊▋', '#'],
	['▓▒', '%'],
	['▌▍', '>'],
	['░·', '.'],
	['▁▂', '_'],
	['▃▄▅', '='],
	['▆▇', '#'],
	['●◐', '*'],
	['○◌', 'o'],
	['↓▼', 'v'],
	['↑▲', '^'],
	['→▶', '>'],
	['←◀', '<'],
	['✓', '+'],
	['✗×', 'x'],
	['…', '~'],
	['–—', '-'],
	['‘’', "'"],
	['“”', '"'],
];

const asciiOf = new Map(table.flatMap(([glyphs, ascii]) => Array.from(glyphs, glyph => [glyph, ascii] as const)));

// Control characters in names are shown by their pictures.
for (let picture = 0x24_00; picture <= 0x24_21; picture++) {
	asciiOf.set(String.fromCodePoint(picture), '^');
}

/** ECMA-48: control sequences, strings such as titles and links, and the short ones. */
const escapeSequences = /(\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]*[0-~]))/; // eslint-disable-line no-control-regex

const isAscii = /^[\0-\u007F]*$/;

const graphemes = new Intl.Segmenter();

/**
Text for a terminal that shows nothing but ASCII, column for column as wide as it was: our own glyphs become characters that look
like them, anything else a question mark for each of its columns. Escape sequences stay.
*/
export function toAscii(text: string): string {
	if (isAscii.test(text)) {
		return text;
	}

	// Every second part is a sequence.
	return text
		.split(escapeSequences)
		.map((part, index) => (index % 2 === 1 || isAscii.test(part) ? part : plain(part)))
		.join('');
}

function plain(text: string): string {
	let ascii = '';
	for (const {segment} of graphemes.segment(text)) {
		ascii += isAscii.test(segment) ? segment : (asciiOf.get(segment) ?? questions(segment));
	}

	return ascii;
}

/** A letter with a mark of its own character keeps the letter. */
function questions(grapheme: string): string {
	const width = stringWidth(grapheme);
	const first = grapheme[0]!;
	return width === 1 && isAscii.test(first) ? first : '?'.repeat(width);
}
