import {encodeFileHeader} from './classic-framing.js';
import {quoted} from './safe-text.js';
import {bytesOf, fieldsOf, plural, rawOf} from './wire-text.js';
import type {WireBytes, WireDescription} from './wire.js';

/** Describe a request of the class protocol. @param taken - The name, and its newline where it has one. */
export const describeClassicRequest = (
	{name, isFramed}: {name: string; isFramed: boolean},
	{bytes, parts}: WireBytes,
): WireDescription => {
	const dialect = isFramed ? 'framed' : 'unframed';
	return {
		kind: 'request',
		bytes,
		summary: `${quoted(name)} (classic, ${dialect})`,
		fields: fieldsOf([
			['name', name],
			['dialect', dialect],
		]),
		raw: rawOf(parts),
	};
};

/**
Describe an answer of the framed dialect: its header counts, and the file that it announces.

@param header - How long the header is, and what has come of all.
*/
export const describeFramedFile = (size: number, header = bytesOf(encodeFileHeader(size))): WireDescription => ({
	kind: 'file',
	// A length may be the largest number there is.
	bytes: Math.min(Number.MAX_SAFE_INTEGER, header.bytes + size),
	summary: `Content-Length ${size}`,
	fields: fieldsOf([
		['Content-Length', size],
		['dialect', 'framed'],
	]),
	raw: rawOf(header.parts),
});

/**
Describe an answer of the unframed dialect, of which only its end tells how long it is.

@param taken - What is known of it: all of it where we send it, the first bytes where we read it.
@param isAll - Whether no more will come.
*/
export const describeBareFile = ({bytes, parts}: WireBytes, isAll: boolean): WireDescription => ({
	kind: 'file',
	bytes,
	summary: isAll ? `${plural(bytes, 'byte')}, bare` : 'bare bytes until the connection closes',
	fields: fieldsOf([['dialect', 'unframed']]),
	raw: rawOf(parts),
});

/** Describe the answer of the class protocol for a file that is not there, and for an empty one in some programs. */
export const describeClosed = (): WireDescription => ({
	kind: 'closed',
	bytes: 0,
	summary: 'closed without an answer',
	fields: [],
	raw: new Uint8Array(0),
});
