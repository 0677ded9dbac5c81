import {TapeError} from './tape-error.js';
import {controlOf, keys, shiftTab} from './tape-keys.js';
import {regexOf, textOf, timeOf} from './tape-values.js';

/** @import {Token} from './tape-tokens.js' */

/**
@typedef {(
	| {type: 'keys', text: string[], speedMs: number | undefined}
	| {type: 'sleep', ms: number}
	| {type: 'wait', scope: 'Line' | 'Screen', timeoutMs: number | undefined, pattern: RegExp | undefined}
	| {type: 'screenshot', path: string}
	| {type: 'hide'}
	| {type: 'show'}
)} TapeAction
Something that happens while a tape plays. Keys are typed one after the other, each a string of what the terminal sends.

@typedef {object} Call A command as it stands in its line: `Name+added@time rest`.
@property {string} name
@property {string | undefined} added
@property {number | undefined} timeMs
@property {Token[]} rest
@property {number} line
*/

/** What VHS knows and this player does not. */
const unknownHere = new Set(['Source', 'Copy', 'Paste', 'Alt', 'ScrollUp', 'ScrollDown']);

/** Names that look like keys, and are none in VHS. */
const noKey = /^(?:Home|End|F\d+)$/;

/**
@typedef {object} Reader
@property {(call: Call) => TapeAction} read
@property {boolean} [takesTime]
@property {boolean} [takesAdded]
*/

/** @type {Reader} */
const keyReader = {
	takesTime: true,
	read: ({name, rest, line, timeMs}) => ({
		type: 'keys',
		text: Array.from({length: countOf(rest, line)}, () => keys.get(name) ?? ''),
		speedMs: timeMs,
	}),
};

/** @type {Map<string, Reader>} */
const readers = new Map([
	...Array.from(keys.keys(), name => /** @type {const} */ ([name, keyReader])),
	['Ctrl', {takesAdded: true, read: call => chordOf(call, controlOf(call.added ?? ''))}],
	['Shift', {takesAdded: true, read: call => chordOf(call, call.added === 'Tab' ? shiftTab : undefined)}],
	['Wait', {takesAdded: true, takesTime: true, read: waitOf}],
	['Type', {takesTime: true, read: typeOf}],
	['Sleep', {read: ({name, rest, line}) => ({type: 'sleep', ms: timeOf(onlyOne(rest, line, name).text, line)})}],
	['Screenshot', {read: screenshotOf}],
	['Hide', {read: call => nothingMore(call, {type: 'hide'})}],
	['Show', {read: call => nothingMore(call, {type: 'show'})}],
]);

/**
@param {string} command The first word of a line.
@param {Token[]} rest What follows it.
@param {number} line
@returns {TapeAction}
@throws {TapeError}
*/
export function actionOf(command, rest, line) {
	const [, name = '', added, time] = /^([A-Za-z\d]+)(?:\+([^@]*))?(?:@(.*))?$/.exec(command) ?? [];
	const reader = readers.get(name);
	if (!reader) {
		throw new TapeError(line, whyUnknown(name || command));
	}

	if ((added !== undefined && !reader.takesAdded) || (time !== undefined && !reader.takesTime)) {
		throw new TapeError(line, `${name} takes nothing like that: ${command}`);
	}

	return reader.read({name, added, timeMs: time === undefined ? undefined : timeOf(time, line), rest, line});
}

/** @param {string} name */
function whyUnknown(name) {
	if (unknownHere.has(name)) {
		return `This player does not know ${name}`;
	}

	return noKey.test(name) ? `${name} is no key that VHS knows` : `${name} is no command`;
}

/**
@param {Token[]} rest
@param {number} line
@param {string} command
@returns {Token}
@throws {TapeError} Unless there is exactly one.
*/
export function onlyOne(rest, line, command) {
	const [first] = rest;
	if (!first || rest.length > 1) {
		throw new TapeError(line, `Expected one word after ${command}, got ${rest.length}`);
	}

	return first;
}

/**
@param {Call} call
@param {string | undefined} sent
@returns {TapeAction}
*/
function chordOf(call, sent) {
	if (sent === undefined) {
		throw new TapeError(call.line, `VHS, or this player, does not take ${call.name} with ${call.added || 'nothing'}`);
	}

	return nothingMore(call, {type: 'keys', text: [sent], speedMs: undefined});
}

/**
@param {Call} call
@returns {TapeAction}
*/
function typeOf({rest, line, timeMs}) {
	if (rest.length === 0 || rest.some(({type}) => type !== 'string')) {
		throw new TapeError(line, 'Expected Type "text"');
	}

	return {type: 'keys', text: [...rest.map(({text}) => text).join(' ')], speedMs: timeMs};
}

/**
@param {Call} call
@returns {TapeAction}
*/
function screenshotOf({name, rest, line}) {
	const path = textOf(onlyOne(rest, line, name), line, 'a file to write');
	if (!path.endsWith('.png')) {
		throw new TapeError(line, `Expected a Screenshot that ends in .png, got ${path}`);
	}

	return {type: 'screenshot', path};
}

/**
@param {Call} call
@returns {TapeAction}
*/
function waitOf({added: scope = 'Line', timeMs, rest, line}) {
	if (scope !== 'Line' && scope !== 'Screen') {
		throw new TapeError(line, `Expected Wait+Line or Wait+Screen, got Wait+${scope}`);
	}

	if (timeMs === 0) {
		throw new TapeError(line, 'Expected a time to wait that is not 0');
	}

	const [regex] = rest;
	if (rest.length > 1 || (regex && regex.type !== 'regex')) {
		throw new TapeError(line, `Expected one /regular expression/, got ${rest.map(({text}) => text).join(' ')}`);
	}

	return {type: 'wait', scope, timeoutMs: timeMs, pattern: regex && regexOf(regex.text, line)};
}

/**
@param {Token[]} rest
@param {number} line
*/
function countOf(rest, line) {
	const [count] = rest;
	if (!count) {
		return 1;
	}

	if (rest.length > 1 || count.type !== 'word' || !/^[1-9]\d*$/.test(count.text)) {
		throw new TapeError(line, `Expected how many times, got ${rest.map(({text}) => text).join(' ')}`);
	}

	return Number(count.text);
}

/**
@template {TapeAction} Action
@param {Call} call
@param {Action} action
@returns {Action}
*/
function nothingMore({rest, line, name}, action) {
	if (rest.length > 0) {
		throw new TapeError(line, `Expected nothing after ${name}, got ${rest.map(({text}) => text).join(' ')}`);
	}

	return action;
}
