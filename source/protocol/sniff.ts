import {Buffer} from 'node:buffer';
import {limits} from './limits.js';

export type Sniffed =
	| {kind: 'http'}
	/** A complete classic request, ended by a newline. */
	| {kind: 'framed'; name: string}
	/** No newline yet: a classic request of the older dialect if nothing follows. */
	| {kind: 'undecided'; name: string}
	| {kind: 'garbage'};

/** A method, a space and the start of a target (RFC 9112 section 3). No plain file name has the slash. */
const httpStart = /^[A-Z]{3,10} (?:\/|\* HTTP\/|https?:\/\/)/;

/**
Tell from the first bytes of a connection who it is that asks.

@param bytes - All bytes so far.
*/
export function sniff(bytes: Uint8Array): Sniffed {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (httpStart.test(text.toString('latin1', 0, 20))) {
		return {kind: 'http'};
	}

	const end = text.indexOf('\n');
	if (end === -1) {
		return bytes.length > limits.maxRequestBytes ? {kind: 'garbage'} : {kind: 'undecided', name: text.toString('utf8')};
	}

	return end > limits.maxRequestBytes
		? {kind: 'garbage'}
		: {kind: 'framed', name: text.toString('utf8', 0, end).replace(/\r$/, '')};
}
