import {TapeError} from './tape-error.js';

/** @import {Token} from './tape-tokens.js' */

const unitMs = {ms: 1, s: 1000, m: 60_000};

/**
A time: `500ms`, `1.5s`, `2m`, or a bare number of seconds.

@param {string | undefined} text
@param {number} line
@returns {number} Milliseconds.
@throws {TapeError}
*/
export function timeOf(text, line) {
	const [, number, unit] = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m)?$/.exec(text ?? '') ?? [];
	if (number === undefined) {
		throw new TapeError(line, `Expected a time such as 500ms, 2s or 1m, got ${text ?? 'nothing'}`);
	}

	return Number(number) * unitMs[/** @type {keyof typeof unitMs} */ (unit ?? 's')];
}

/** Whatever RE2 and JavaScript both have after a backslash, and mean the same by; `\-` is one in a class only. */
const sharedEscape = /^(?:[\\/.*+?()[\]{}|^$\-dDwWsSbBnrtfv]|x[\da-fA-F]{2}|[pP](?:[LMNPSZC]|{[A-Z][a-z]?}))/;

/** RE2 counts no further. */
const maxCount = 1000;

/**
A regular expression that means the same to VHS, which uses RE2, and here. White space as `\s` finds is not quite the same; a screen has
only spaces.

@param {string} source
@param {number} line
@returns {RegExp}
@throws {TapeError}
*/
export function regexOf(source, line) {
	const refuse = (/** @type {string} */ what) => {
		throw new TapeError(line, `${what} in /${source}/: VHS would not understand it as it is meant`);
	};

	if (source === '') {
		refuse('Nothing');
	}

	for (const {index} of source.matchAll(/\\[\s\S]?/g)) {
		if (!sharedEscape.test(source.slice(index + 1))) {
			refuse(`${source.slice(index, index + 2)} is`);
		}
	}

	const bare = source.replaceAll(/\\[\s\S]/g, '__');
	const group = /\(\?(?!:)[<=!P]*/.exec(bare);
	if (group) {
		refuse(`${group[0]} is`);
	}

	if (/\[\^?]/.test(bare) || /\[[^\]]*\[/.test(bare)) {
		refuse('A class like that is');
	}

	for (const [, from, to] of bare.matchAll(/{(\d+)(?:,(\d*))?}/g)) {
		if (Number(from) > maxCount || Number(to ?? 0) > maxCount) {
			refuse(`A count above ${maxCount} is`);
		}
	}

	try {
		// With `u`, what has no meaning is an error instead of a letter.
		return new RegExp(source, 'u');
	} catch (error) {
		throw new TapeError(line, `${/** @type {Error} */ (error).message}`);
	}
}

/** What is a string without quotes: no path that begins with `/`, no number, and no word that VHS takes for a unit or a truth. */
const bareWord = /^(?!(?:em|px|ms|s|m|true|false)$)[A-Za-z.][\w.%/-]*$/;

/**
@param {Token | undefined} token
@param {number} line
@param {string} what
@returns {string}
@throws {TapeError}
*/
export function textOf(token, line, what) {
	const isText = token?.type === 'string' || (token?.type === 'word' && bareWord.test(token.text));
	if (!isText) {
		throw new TapeError(line, `Expected ${what}, in quotes perhaps, got ${token?.text ?? 'nothing'}`);
	}

	return token.text;
}
