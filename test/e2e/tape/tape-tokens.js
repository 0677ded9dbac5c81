import {TapeError} from './tape-error.js';

/**
@typedef {{type: 'word' | 'string' | 'regex' | 'json', text: string}} Token
A word stands without quotes; the text of a string or a regular expression is what is between its marks.
*/

/** In this order, each to be followed by white space. A regular expression has `\/` for a slash; strings have no escapes. */
const kinds = /** @type {const} */ ([
	['string', /"([^"]*)"|'([^']*)'|`([^`]*)`/y],
	['regex', /\/((?:[^/\\]|\\.)*)\//y],
	['json', /({[^}]*})/y],
	['word', /([^\s"'`/{#][^\s"'`{#]*)/y],
]);

/**
The tokens of a line. VHS takes what is not closed, and what stands too close, for something else than was meant, in silence.

@param {string} line
@param {number} number Of the line.
@returns {Token[]}
@throws {TapeError}
*/
export function tokensOf(line, number) {
	/** @type {Token[]} */
	const tokens = [];
	for (let index = skipSpace(line, 0); index < line.length && line[index] !== '#'; index = skipSpace(line, index)) {
		const found = tokenAt(line, index);
		if (!found) {
			throw new TapeError(number, `What begins with ${line[index]} does not end in this line: ${line.slice(index)}`);
		}

		index = found.end;
		if (index < line.length && !/\s/.test(/** @type {string} */ (line[index]))) {
			throw new TapeError(number, `Expected a space before ${line.slice(index)}`);
		}

		tokens.push(found.token);
	}

	return tokens;
}

/**
@param {string} line
@param {number} index
@returns {{token: Token, end: number} | undefined}
*/
function tokenAt(line, index) {
	for (const [type, pattern] of kinds) {
		pattern.lastIndex = index;
		const match = pattern.exec(line);
		if (match) {
			const text = match.slice(1).find(part => part !== undefined) ?? '';
			return {token: {type, text}, end: pattern.lastIndex};
		}
	}

	return undefined;
}

/**
@param {string} line
@param {number} index
*/
function skipSpace(line, index) {
	while (index < line.length && /\s/.test(/** @type {string} */ (line[index]))) {
		index++;
	}

	return index;
}
