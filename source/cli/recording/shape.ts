import {cutText} from '../../protocol/cut-text.js';
import {ProtocolError} from '../../protocol/errors.js';
import {limits} from '../../protocol/limits.js';
import {safeText} from '../../protocol/safe-text.js';

/**
Reads one value of a recording, which may come from a stranger.

@throws {ProtocolError} When it is something else.
*/
export type Read<Value> = (value: unknown) => Value;

/** Characters of a text that anybody would look at; a name of 1,024 bytes fits, made visible character by character. */
const maxTextLength = 8192;

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Characters of a value that an error shows. */
const shownLength = 40;

function refuse(expected: string, value: unknown): never {
	throw new ProtocolError(`Expected ${expected}, got ${wordsFor(value)}`);
}

/** An object or a list may be too deep to be written as JSON again. */
function wordsFor(value: unknown): string {
	if (value === undefined) {
		return 'nothing';
	}

	if (typeof value === 'object' && value !== null) {
		return Array.isArray(value) ? 'a list' : 'an object';
	}

	return safeText(JSON.stringify(value).slice(0, shownLength).toWellFormed());
}

/** A text that is not shown. */
export const string: Read<string> = value => (typeof value === 'string' ? value : refuse('a text', value));

/** A text to be shown: fit for a terminal. */
export const text: Read<string> = value => safeText(cutText(string(value), maxTextLength).toWellFormed());

/** The key of a row: lines of text. */
export const key: Read<string> = value =>
	cutText(string(value), maxTextLength)
		.split('\n')
		.map(line => text(line))
		.join('\n');

/** What another reader takes, which gives undefined for all else. */
export const known =
	<Value>(expected: string, read: (value: unknown) => Value | undefined): Read<Value> =>
	value =>
		read(value) ?? refuse(expected, value);

/** A finite number. */
export const number =
	(least: number, most: number): Read<number> =>
	value =>
		typeof value === 'number' && value >= least && value <= most
			? value
			: refuse(`a number from ${least} to ${most}`, value);

/** A whole number from 0 on. */
export const count: Read<number> = value =>
	Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse('a whole number', value);

export const port: Read<number> = value => Math.trunc(number(0, 65_535)(value));

/** Whole seconds of a time that a calendar knows. */
export const seconds: Read<number> = value => Math.trunc(number(0, limits.maxMtimeSeconds)(value));

/** Whole milliseconds of such a time. */
export const milliseconds: Read<number> = value => Math.trunc(number(0, limits.maxMtimeSeconds * 1000)(value));

export const boolean: Read<boolean> = value => (typeof value === 'boolean' ? value : refuse('true or false', value));

export const oneOf =
	<Value extends string | number>(...values: Value[]): Read<Value> =>
	value =>
		values.find(candidate => candidate === value) ?? refuse(values.join(' or '), value);

export const optional =
	<Value>(read: Read<Value>): Read<Value | undefined> =>
	value =>
		value === undefined || value === null ? undefined : read(value);

/** @param most - Longer lists are refused. */
export const list =
	<Value>(read: Read<Value>, most = Number.MAX_SAFE_INTEGER): Read<Value[]> =>
	value =>
		Array.isArray(value) && value.length <= most
			? value.map(item => read(item))
			: refuse(`a list of at most ${most}`, value);

/** An object with at least these members; others are left out. */
export const object =
	<Value extends object>(members: {[Name in keyof Value]-?: Read<Value[Name]>}): Read<Value> =>
	value => {
		if (!isObject(value)) {
			return refuse('an object', value);
		}

		const read: Record<string, unknown> = {};
		for (const [name, readMember] of Object.entries<Read<unknown>>(members)) {
			// What is named `toString` is not a member of every object.
			const member = readMember(Object.hasOwn(value, name) ? value[name] : undefined);
			if (member !== undefined) {
				read[name] = member;
			}
		}

		return read as Value;
	};
