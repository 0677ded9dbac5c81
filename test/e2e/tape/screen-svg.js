/** @typedef {import('@xterm/headless').Terminal} Terminal */
/** @typedef {import('@xterm/headless').IBufferCell} Cell */

/** The palette of the picture: calm colours on a dark ground. Indexes are those of the terminal's first sixteen. */
const ground = '#16181d';
const ink = '#d4d7dd';
const sixteen = [
	'#2a2e37', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d4d7dd',
	'#6b7280', '#f0868e', '#b1d996', '#f0d399', '#84c4f9', '#d79be8', '#7fd1db', '#ffffff',
]; // prettier-ignore

const fonts = "'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,'Liberation Mono',monospace";
const fontSize = 14;
const cell = {width: 8.43, height: 17};
const margin = 12;

/** Where letters stand on, from the top of their cell. */
const baseline = 13;

/**
A picture of what a terminal shows: a text for each run of cells that look alike, stretched to the width of its cells, so that every
font keeps the columns.

@param {Terminal} screen
@param {string} title For those who can not see it.
@returns {string} An SVG document.
*/
export function svgOf(screen, title) {
	const width = round(screen.cols * cell.width + 2 * margin);
	const height = round(screen.rows * cell.height + 2 * margin);
	const runs = Array.from({length: screen.rows}, (_, row) => runsOf(screen, row)).flat();
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="${width}" height="${height}" rx="8" fill="${ground}"/>`,
		`<g font-family="${fonts}" font-size="${fontSize}" fill="${ink}" style="white-space:pre" xml:space="preserve">`,
		...runs.map(run => backgroundOf(run)),
		...runs.map(run => letters(run)),
		'</g>',
		'</svg>',
		'',
	]
		.filter((line, index, all) => line !== '' || index === all.length - 1)
		.join('\n');
}

/**
@typedef {object} Look
@property {string} color
@property {string} background
@property {boolean} isBold
@property {boolean} isDim
@property {boolean} isItalic
@property {boolean} isUnderlined

@typedef {{look: Look, row: number, column: number, width: number, text: string}} Run
*/

/**
@param {Terminal} screen
@param {number} row
@returns {Run[]}
*/
function runsOf(screen, row) {
	const line = screen.buffer.active.getLine(screen.buffer.active.viewportY + row);
	/** @type {Run[]} */
	const runs = [];
	let before = '';
	for (let column = 0; column < screen.cols; column++) {
		const at = line?.getCell(column);
		const width = at?.getWidth() ?? 0;
		// The second half of a wide character is in the first.
		if (!at || width === 0) {
			continue;
		}

		const look = lookOf(at);
		const text = at.getChars() || ' ';
		const key = JSON.stringify(look);
		const last = runs.at(-1);
		if (last && key === before) {
			last.text += text;
			last.width += width;
		} else {
			runs.push({look, row, column, width, text});
			before = key;
		}
	}

	return runs;
}

/**
@param {Cell} at
@returns {Look}
*/
function lookOf(at) {
	const front = at.isFgDefault() ? ink : colorOf(at.getFgColor(), Boolean(at.isFgRGB()));
	const back = at.isBgDefault() ? ground : colorOf(at.getBgColor(), Boolean(at.isBgRGB()));
	const isInverse = Boolean(at.isInverse());
	return {
		color: isInverse ? back : front,
		background: isInverse ? front : back,
		isBold: Boolean(at.isBold()),
		isDim: Boolean(at.isDim()),
		isItalic: Boolean(at.isItalic()),
		isUnderlined: Boolean(at.isUnderline()),
	};
}

/** @param {Run} run */
function backgroundOf({look, row, column, width}) {
	return look.background === ground
		? ''
		: `<rect x="${x(column)}" y="${y(row)}" width="${round(width * cell.width)}" height="${cell.height}" fill="${look.background}"/>`;
}

/** @param {Run} run */
function letters({look, row, column, width, text}) {
	// Blanks at the ends would be stretched like letters, and are not to be seen.
	const start = text.length - text.trimStart().length;
	const shown = text.trim();
	if (shown === '') {
		return '';
	}

	const cells = width - start - (text.length - text.trimEnd().length);
	const attributes = [
		`x="${x(column + start)}" y="${round(y(row) + baseline)}" textLength="${round(cells * cell.width)}" lengthAdjust="spacingAndGlyphs"`,
		...(look.color === ink ? [] : [`fill="${look.color}"`]),
		...(look.isBold ? ['font-weight="bold"'] : []),
		...(look.isDim ? ['opacity="0.6"'] : []),
		...(look.isItalic ? ['font-style="italic"'] : []),
		...(look.isUnderlined ? ['text-decoration="underline"'] : []),
	];
	return `<text ${attributes.join(' ')}>${escaped(shown)}</text>`;
}

/**
@param {number} color
@param {boolean} isRgb
*/
function colorOf(color, isRgb) {
	if (isRgb) {
		return `#${color.toString(16).padStart(6, '0')}`;
	}

	if (color < 16) {
		return sixteen[color] ?? ink;
	}

	if (color >= 232) {
		return hexOf([0, 0, 0].map(() => 8 + (color - 232) * 10));
	}

	// The cube of 6x6x6 (xterm's 256colres.pl).
	const place = color - 16;
	return hexOf(
		[Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map(step => (step === 0 ? 0 : 55 + step * 40)),
	);
}

/** @param {number[]} parts */
const hexOf = parts => `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;

/** @param {number} column */
const x = column => round(margin + column * cell.width);

/** @param {number} row */
const y = row => round(margin + row * cell.height);

/** @param {number} value */
const round = value => Math.round(value * 100) / 100;

/** @param {string} text */
const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
