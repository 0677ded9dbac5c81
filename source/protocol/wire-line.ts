import {Buffer} from 'node:buffer';
import type {JsonObject} from './json-stream.js';
import {limits} from './limits.js';
import {safeText} from './safe-text.js';
import type {WireField, WireMessage} from './wire.js';

/** `14:02:11.031 → tracker init 412 B  port 8001, 12 files`, in local time. */
export function wireLine({atMs, direction, party, kind, bytes, summary}: WireMessage): string {
	const at = new Date(atMs);
	const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
	return `${time} ${direction === 'in' ? '←' : '→'} ${party} ${kind} ${sizeText(bytes)}  ${summary}`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Powers of 1,000 with one decimal, as everywhere else in the program. */
function sizeText(bytes: number): string {
	let value = bytes;
	let unit = 0;
	// 999,950 would be "1000.0".
	while (value >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}

	return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A message as JSON can have it: nothing is lost, and its bytes are base64. */
export const wireJson = ({raw, ...message}: WireMessage): JsonObject => ({
	...message,
	raw: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64'),
});

const planes = ['control', 'data', 'echo'] as const;
const directions = ['in', 'out'] as const;
const ends = ['peer', 'tracker', 'echo'] as const;

/** The longest text that a message of ours has: 1,024 bytes of the echo's, where two of them may become `<U+0085>`. */
const maxTextLength = 4096;

/** All members that are shown of a message, the parts of a first line included. */
const maxFields = limits.maxWireFields + 4;

/** The last instant that a `Date` can be (ECMAScript, "Time Values"). */
const maxDateMs = 8.64e15;

/**
Read what `wireJson` wrote, from a file that may be anybody's: texts are made fit for a terminal.

@returns undefined when it is no message.
*/
export function wireFromJson(value: unknown): WireMessage | undefined {
	if (!isObject(value)) {
		return undefined;
	}

	const {atMs, bytes, problem} = value;
	const plane = planes.find(known => known === value.plane);
	const direction = directions.find(known => known === value.direction);
	const end = ends.find(known => known === value.end);
	const texts = textsOf(value, ['remote', 'party', 'kind', 'summary']);
	const fields = fieldsFrom(value.fields);
	const raw = bytesFrom(value.raw);
	const isTime = typeof atMs === 'number' && atMs >= 0 && atMs <= maxDateMs;
	const isCount = Number.isSafeInteger(bytes) && (bytes as number) >= 0;
	if (!plane || !direction || !end || !texts || !fields || !raw || !isTime || !isCount) {
		return undefined;
	}

	if (problem !== undefined && !isText(problem)) {
		return undefined;
	}

	return {
		atMs: Math.floor(atMs),
		plane,
		direction,
		end,
		...texts,
		bytes: bytes as number,
		fields,
		raw,
		...(problem !== undefined && {problem: safeText(problem)}),
	};
}

const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= maxTextLength;

/** Members that are texts, fit for a terminal; undefined when one is none. */
function textsOf<Name extends string>(value: JsonObject, names: readonly Name[]): Record<Name, string> | undefined {
	const texts: Partial<Record<Name, string>> = {};
	for (const name of names) {
		const text = value[name];
		if (!isText(text)) {
			return undefined;
		}

		texts[name] = safeText(text);
	}

	return texts as Record<Name, string>;
}

function fieldsFrom(list: unknown): WireField[] | undefined {
	if (!Array.isArray(list) || list.length > maxFields) {
		return undefined;
	}

	const fields: WireField[] = [];
	for (const item of list) {
		const field = isObject(item) ? textsOf(item, ['name', 'value']) : undefined;
		if (!field) {
			return undefined;
		}

		fields.push(field);
	}

	return fields;
}

function bytesFrom(text: unknown): Uint8Array | undefined {
	const isBase64 =
		typeof text === 'string' && text.length <= 2 * limits.maxWireBytes && /^[A-Za-z\d+/]*={0,2}$/.test(text);
	const bytes = isBase64 ? Uint8Array.from(Buffer.from(text, 'base64')) : undefined;
	return bytes && bytes.length <= limits.maxWireBytes ? bytes : undefined;
}
