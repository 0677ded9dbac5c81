import type {JsonObject} from './json-stream.js';
import {limits} from './limits.js';
import {piecesType} from './piece-set.js';
import {bytesOf, describeMalformed, fieldsOf, memberFields, plural, rawOf, shortText} from './wire-text.js';
import type {WireBytes, WireDescription} from './wire.js';

/** Header fields of RFC 9112 section 5, in their order and as they are written. */
type Headers = Array<[name: string, value: string]>;

const requestLine = /^(?<method>\S+) (?<target>\S+) (?<version>HTTP\/\d\.\d)$/;
const longId = /([\da-f]{8})[\da-f]{56}/;
const statusLine = /^(?<version>HTTP\/\d\.\d) (?<status>\d{3})(?: (?<reason>[^\r\n]*))?$/;

/**
Describe a request by its head.

@param head - From the method up to the empty line, with or without it.
*/
export function describeRequest(head: string): WireDescription {
	const {first, headers, taken} = readHead(head);
	const groups = requestLine.exec(first)?.groups;
	if (!groups) {
		return describeMalformed(taken, `Expected an HTTP request, got "${shortText(first)}"`);
	}

	const {method = '', target = '', version = ''} = groups;
	const range = valueOf(headers, 'range');
	// A content is known by the beginning of its id; the whole one stands among the fields.
	const shown = target.replace(longId, '$1…');
	return {
		kind: shortText(method),
		bytes: taken.bytes + (lengthIn(headers) ?? 0),
		summary: shortText(range === undefined ? shown : `${shown} ${range}`),
		fields: fieldsOf([['method', method], ['target', target], ['version', version], ...headers]),
		raw: rawOf(taken.parts),
	};
}

/**
Describe an answer by its head. A body that is told by its length counts, but not one of lines that are described by themselves.

@param head - From the version up to the empty line, with or without it.
@param hasBody - False for the answer to HEAD, which tells the length of a body that does not follow.
*/
export function describeResponse(head: string, hasBody = true): WireDescription {
	const {first, headers, taken} = readHead(head);
	const groups = statusLine.exec(first)?.groups;
	if (!groups) {
		return describeMalformed(taken, `Expected an HTTP answer, got "${shortText(first)}"`);
	}

	const {version = '', status = '', reason = ''} = groups;
	const length = lengthIn(headers);
	// RFC 9112 section 6.3: these have no body, whatever they tell.
	const isBare = !hasBody || status.startsWith('1') || status === '204' || status === '304';
	// Each line about pieces counts by itself, also where all of them come as one body.
	const isLines = valueOf(headers, 'content-type') === piecesType;
	return {
		kind: status,
		bytes: taken.bytes + (isBare || isLines ? 0 : (length ?? 0)),
		summary: shortText([`${status} ${reason}`.trim(), bodyOf(headers, length)].filter(Boolean).join(', ')),
		fields: fieldsOf([['version', version], ['status', status], ['reason', reason], ...headers]),
		raw: rawOf(taken.parts),
	};
}

/** Describe a line that tells which pieces of a content a peer has; an empty one is a sign of life. */
export function describePieces(line: string): WireDescription {
	const {bytes, parts} = bytesOf(`${line}\n`);
	const told = {kind: 'pieces', bytes, raw: rawOf(parts)};
	if (line === '') {
		return {...told, summary: 'a sign of life', fields: []};
	}

	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {}

	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return describeMalformed({bytes, parts}, 'Expected a line that tells pieces');
	}

	const fields = memberFields(value as JsonObject);
	return {...told, summary: shortText(fields.map(field => `${field.name} ${field.value}`).join(', ')), fields};
}

/** What an answer says of its body, in a few words. */
function bodyOf(headers: Headers, length: number | undefined): string | undefined {
	const range = valueOf(headers, 'content-range');
	if (range !== undefined) {
		return range;
	}

	return length === undefined ? valueOf(headers, 'transfer-encoding') : plural(length, 'byte');
}

function readHead(head: string): {first: string; headers: Headers; taken: WireBytes} {
	const text = head.endsWith('\r\n\r\n') ? head : `${head}\r\n\r\n`;
	const [first = '', ...lines] = text.slice(0, -4).split('\r\n');
	const headers = lines.slice(0, limits.maxWireFields).map((line): [string, string] => {
		const colon = line.indexOf(':');
		return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
	});
	return {first, headers, taken: bytesOf(text, 'latin1')};
}

const valueOf = (headers: Headers, wanted: string): string | undefined =>
	headers.find(([name]) => name.toLowerCase() === wanted)?.[1];

function lengthIn(headers: Headers): number | undefined {
	const text = valueOf(headers, 'content-length') ?? '';
	return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
