import {TapeError} from './tape-error.js';
import {regexOf, timeOf} from './tape-values.js';

/** @import {Token} from './tape-tokens.js' */

/**
@typedef {object} TapeSettings
@property {string} fontFamily Empty where the tape names none.
@property {number} fontSize
@property {number} width Pixels of the whole picture.
@property {number} height
@property {number} padding
@property {number} margin
@property {number} windowBarSize Where there is a bar.
@property {boolean} hasWindowBar
@property {number} typingSpeedMs
@property {number} waitTimeoutMs
@property {RegExp} waitPattern
*/

/** As VHS has them. */
export const defaultSettings = () => ({
	fontFamily: '',
	fontSize: 22,
	width: 1200,
	height: 600,
	padding: 60,
	margin: 0,
	windowBarSize: 30,
	hasWindowBar: false,
	typingSpeedMs: 50,
	waitTimeoutMs: 15_000,
	waitPattern: />$/,
});

/** The one font whose cells were measured: at 18 points, 1200x600 without padding are 106 columns and 28 rows. */
export const measuredFont = 'DejaVu Sans Mono';
const measured = {fontSize: 18, width: 1200, height: 600, columns: 106, rows: 28};

/** In the middle of what gives as many. */
const cellWidth = measured.width / (measured.columns + 0.5) / measured.fontSize;
const cellHeight = measured.height / (measured.rows + 0.5) / measured.fontSize;

/**
@param {TapeSettings} settings
@returns {{columns: number, rows: number}} Of the terminal that VHS would open, as far as was measured.
*/
export function sizeOf({fontSize, width, height, padding, margin, windowBarSize, hasWindowBar}) {
	const around = 2 * padding + 2 * margin;
	const bar = hasWindowBar ? windowBarSize : 0;
	return {
		columns: Math.floor((width - around) / (cellWidth * fontSize)),
		rows: Math.floor((height - around - bar) / (cellHeight * fontSize)),
	};
}

const windowBars = ['Colorful', 'ColorfulRight', 'Rings', 'RingsRight'];

/** @typedef {(token: Token, line: number) => unknown} Reader */

/** @type {Reader} */
const number = ({type, text}, line) => {
	if (type !== 'word' || !/^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text)) {
		throw new TapeError(line, `Expected a number, got ${text}`);
	}

	return Number(text);
};

/** @type {Reader} */
const whole = (token, line) => {
	const value = Number(number(token, line));
	if (!Number.isInteger(value)) {
		throw new TapeError(line, `Expected a whole number, got ${token.text}`);
	}

	return value;
};

/**
@param {string[]} choices
@returns {Reader}
*/
const oneOf =
	choices =>
	({text}, line) => {
		if (!choices.includes(text)) {
			throw new TapeError(line, `Expected ${choices.join(' or ')}, got ${text}`);
		}

		return text;
	};

/** @type {Reader} */
const time = ({text}, line) => timeOf(text, line);

/**
What may be set: as what it is kept, if it matters here, and how it is read.

@type {Record<string, {key?: keyof TapeSettings, read: Reader}>}
*/
const settings = {
	Shell: {read: oneOf(['bash'])},
	FontFamily: {key: 'fontFamily', read: oneOf([measuredFont])},
	FontSize: {key: 'fontSize', read: number},
	Width: {key: 'width', read: whole},
	Height: {key: 'height', read: whole},
	Padding: {key: 'padding', read: whole},
	Margin: {key: 'margin', read: whole},
	MarginFill: {read: ({text}) => text},
	WindowBar: {key: 'hasWindowBar', read: (token, line) => Boolean(oneOf(windowBars)(token, line))},
	WindowBarSize: {key: 'windowBarSize', read: whole},
	BorderRadius: {read: whole},
	Framerate: {read: number},
	PlaybackSpeed: {read: number},
	LoopOffset: {read: number},
	CursorBlink: {read: oneOf(['true', 'false'])},
	Theme: {read: ({text}) => text},
	TypingSpeed: {
		key: 'typingSpeedMs',
		read({text}, line) {
			// It knows no minutes.
			if (text.endsWith('m')) {
				throw new TapeError(line, `Expected a time such as 50ms, got ${text}`);
			}

			return timeOf(text, line);
		},
	},
	WaitTimeout: {key: 'waitTimeoutMs', read: time},
	WaitPattern: {key: 'waitPattern', read: ({text}, line) => regexOf(text, line)},
};

/**
Read `Set NAME VALUE`. Spacing of letters and lines is refused: how large a cell would be then has not been measured.

@param {TapeSettings} target Where it is written.
@param {Token[]} tokens What follows `Set`.
@param {number} line
@throws {TapeError}
*/
export function applySetting(target, tokens, line) {
	const [name, value] = tokens;
	if (name?.type !== 'word' || !Object.hasOwn(settings, name.text)) {
		throw new TapeError(
			line,
			`Expected a setting (${Object.keys(settings).join(', ')}), got ${name?.text ?? 'nothing'}`,
		);
	}

	if (!value || tokens.length > 2) {
		throw new TapeError(line, `Expected one value for ${name.text}, got ${tokens.length - 1}`);
	}

	const {key, read} = /** @type {(typeof settings)[string]} */ (settings[name.text]);
	const read_ = read(value, line);
	if (key) {
		Object.assign(target, {[key]: read_});
	}
}
