import {Buffer} from 'node:buffer';
import {cutText} from './cut-text.js';
import type {JsonObject} from './json-stream.js';
import {limits} from './limits.js';
import {safeText} from './safe-text.js';
import type {WireBytes, WireDescription, WireField} from './wire.js';

/** Members of an object, and items of a list, that a value shows. */
const maxShown = 8;

/** Text from the wire, fit for a terminal and short: it may be a megabyte. */
export function shortText(text: string): string {
	const {maxWireValueLength: max} = limits;
	const clean = safeText(cutText(text, max));
	return text.length > max || clean.length > max ? `${cutText(clean, max - 1)}…` : clean;
}

/** The bytes of a text, and the text itself where few. */
export function bytesOf(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): WireBytes {
	return {
		bytes: Buffer.byteLength(text, encoding),
		parts: [Buffer.from(text.slice(0, limits.maxWireBytes), encoding)],
	};
}

/** A copy of the first bytes: what they were read into is needed for other things. */
export function rawOf(parts: readonly Uint8Array[]): Uint8Array {
	const {maxWireBytes} = limits;
	let length = 0;
	for (const part of parts) {
		length = Math.min(maxWireBytes, length + part.length);
	}

	const raw = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		const some = part.subarray(0, length - at);
		raw.set(some, at);
		at += some.length;
	}

	return raw;
}

/** Names and values, each by itself. */
export const fieldsOf = (members: Iterable<readonly [name: string, value: unknown]>): WireField[] =>
	Array.from(members, ([name, value]) => ({name: shortText(name), value: valueText(value)}));

/** Members of an object, each by itself as far as there are not too many. */
export function memberFields(value: JsonObject): WireField[] {
	const names = namesOf(value);
	const {maxWireFields} = limits;
	const fields = fieldsOf(names.slice(0, maxWireFields).map(name => [name, value[name]]));
	return names.length > maxWireFields
		? [...fields, {name: '…', value: `${names.length - maxWireFields} more`}]
		: fields;
}

/** A value of JSON in a few words, however large it is. */
export const valueText = (value: unknown): string => shortText(wordsOf(value, 0));

function wordsOf(value: unknown, depth: number): string {
	if (typeof value === 'string') {
		return value.slice(0, limits.maxWireValueLength + 1);
	}

	if (typeof value !== 'object' || value === null) {
		return String(value);
	}

	if (depth > 2) {
		return '…';
	}

	if (Array.isArray(value)) {
		const items = value.slice(0, maxShown).map(item => labelOf(item, depth + 1));
		return [value.length, items.length > 0 ? `: ${listed(items, value.length)}` : ''].join('');
	}

	const members = value as JsonObject;
	const names = namesOf(members);
	const words = names
		.slice(0, maxShown)
		.map(name => `${name.slice(0, limits.maxWireValueLength)} ${wordsOf(members[name], depth + 1)}`);
	return names.length === 0 ? 'none' : listed(words, names.length);
}

/** Names of the members that go over the wire, in their order: one that is undefined does not. */
export const namesOf = (value: JsonObject): string[] => Object.keys(value).filter(name => value[name] !== undefined);

const listed = (items: string[], count: number) => `${items.join(', ')}${count > items.length ? ', …' : ''}`;

/** What an item of a list is called: a file by its name, a peer by its name or its address. */
function labelOf(item: unknown, depth: number): string {
	const {name, ip, port} = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
	if (typeof name === 'string' && name !== '') {
		return name.slice(0, limits.maxWireValueLength);
	}

	return typeof ip === 'string' && typeof port === 'number' ? `${ip}:${port}` : wordsOf(item, depth);
}

/** What nobody can read, kept as it came. @param problem - What was expected: the error's own text. */
export const describeMalformed = ({bytes, parts}: WireBytes, problem: string): WireDescription => ({
	kind: 'malformed',
	bytes,
	summary: problem,
	fields: [],
	raw: rawOf(parts),
	problem,
});

/** `1 file`, `2 files` */
export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
