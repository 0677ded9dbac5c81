import {actionOf, onlyOne} from './tape-actions.js';
import {TapeError} from './tape-error.js';
import {applySetting, defaultSettings, measuredFont} from './tape-settings.js';
import {tokensOf} from './tape-tokens.js';
import {textOf} from './tape-values.js';

/** @import {Token} from './tape-tokens.js' */
/** @import {TapeAction} from './tape-actions.js' */
/** @import {TapeSettings} from './tape-settings.js' */

/**
@typedef {{action: TapeAction, line: number, source: string}} TapeStep

@typedef {object} Tape
@property {TapeSettings} settings
@property {string[]} outputs
@property {Array<{program: string, line: number}>} requires
@property {Record<string, string>} env
@property {TapeStep[]} steps
*/

/** Endings that VHS writes. With any other, it writes nothing and says nothing. */
const outputEndings = ['.gif', '.mp4', '.webm', '.ascii', '.txt', '.png', '/'];

/**
Read a tape of VHS 0.11, one command a line. What VHS would refuse, and what it would ignore in silence, is an error; so is what the
player does not know.

@param {string} text
@returns {Tape}
@throws {TapeError}
*/
export function parseTape(text) {
	/** @type {Tape} */
	const tape = {settings: defaultSettings(), outputs: [], requires: [], env: {}, steps: []};
	for (const [index, source] of text.split(/\r?\n/).entries()) {
		const tokens = tokensOf(source, index + 1);
		if (tokens.length > 0) {
			readCommand(tape, tokens, index + 1, source.trim());
		}
	}

	if (tape.outputs.length === 0) {
		throw new TapeError(0, 'Without an Output, VHS would write nothing');
	}

	if (!tape.settings.fontFamily) {
		throw new TapeError(0, `Without Set FontFamily "${measuredFont}", nobody knows how many columns there will be`);
	}

	const hiding = tape.steps.findLast(({action}) => action.type === 'hide' || action.type === 'show');
	if (hiding?.action.type === 'hide') {
		throw new TapeError(hiding.line, 'What is hidden here is never shown again');
	}

	return tape;
}

/**
@param {Tape} tape
@param {Token[]} tokens
@param {number} line
@param {string} source
*/
function readCommand(tape, tokens, line, source) {
	const [command, ...rest] = tokens;
	if (command?.type !== 'word') {
		throw new TapeError(line, `Expected a command, got ${source}`);
	}

	if (readHead(tape, command.text, rest, line)) {
		return;
	}

	const action = actionOf(command.text, rest, line);
	if (action.type === 'hide' || action.type === 'show') {
		const isHidden = tape.steps.findLast(step => step.action.type === 'hide' || step.action.type === 'show');
		if ((isHidden?.action.type ?? 'show') === action.type) {
			throw new TapeError(line, action.type === 'hide' ? 'It is hidden already' : 'Nothing is hidden');
		}
	}

	tape.steps.push({action, line, source});
}

/**
Read what stands before all that happens.

@param {Tape} tape
@param {string} command
@param {Token[]} rest
@param {number} line
@returns {boolean} Whether it was of that kind.
*/
function readHead(tape, command, rest, line) {
	if (!['Set', 'Output', 'Require', 'Env'].includes(command)) {
		return false;
	}

	const hasEnv = Object.keys(tape.env).length > 0;
	if (tape.steps.length > 0 || (hasEnv && command !== 'Env')) {
		const where = command === 'Env' ? 'anything happens' : 'Env, and before anything happens';
		throw new TapeError(
			line,
			`${command} must stand before ${where}: VHS would ignore it here, or take it as set from the start`,
		);
	}

	switch (command) {
		case 'Set': {
			applySetting(tape.settings, rest, line);
			break;
		}

		case 'Output': {
			const path = textOf(onlyOne(rest, line, 'Output'), line, 'a file to write');
			if (!outputEndings.some(ending => path.endsWith(ending))) {
				throw new TapeError(line, `Expected an Output that ends in ${outputEndings.join(' ')}, got ${path}`);
			}

			tape.outputs.push(path);
			break;
		}

		case 'Require': {
			tape.requires.push({program: textOf(onlyOne(rest, line, 'Require'), line, 'a program'), line});
			break;
		}

		default: {
			if (rest.length !== 2) {
				throw new TapeError(line, `Expected Env NAME "value", got ${rest.length} words`);
			}

			tape.env[textOf(rest[0], line, 'a name')] = textOf(rest[1], line, 'a value');
		}
	}

	return true;
}
