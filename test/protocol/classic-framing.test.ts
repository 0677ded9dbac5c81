import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	encodeFileHeader,
	encodeFramedRequest,
	type FileHeader,
	FileHeaderDecoder,
} from '../../source/protocol/classic-framing.js';
import {ProtocolError} from '../../source/protocol/errors.js';
import {limits} from '../../source/protocol/limits.js';
import {safeText} from '../../source/protocol/safe-text.js';
import {sniff} from '../../source/protocol/sniff.js';
import {chunksOf, splits} from './split.js';

/** The answer as a downloader sees it: the size from the header and all bytes of the body. */
function read(chunks: Uint8Array[]): {size: number | undefined; body: string} {
	const decoder = new FileHeaderDecoder();
	let header: FileHeader | undefined;
	const body: Uint8Array[] = [];
	for (const chunk of chunks) {
		if (header) {
			body.push(chunk);
		} else {
			header = decoder.push(chunk);
		}
	}

	header ??= decoder.end();
	return {
		size: header.size,
		body: Buffer.concat([header.rest, ...body]).toString('latin1'),
	};
}

const readText = (text: string) => read([Buffer.from(text, 'latin1')]);

describe('encodeFramedRequest', () => {
	it('writes the name and one newline', () => {
		expect(encodeFramedRequest('ü 1.txt')).toBe('ü 1.txt\n');
	});

	it('writes what a peer reads as a framed request for the same name', () => {
		expect(sniff(Buffer.from(encodeFramedRequest('ü 1.txt')))).toEqual({kind: 'framed', name: 'ü 1.txt'});
	});
});

describe('encodeFileHeader', () => {
	it.each([
		[0, 'Content-Length: 0\n'],
		[4_294_967_296, 'Content-Length: 4294967296\n'],
		[Number.MAX_SAFE_INTEGER, 'Content-Length: 9007199254740991\n'],
	])('writes the header of a file of %i bytes', (size, expected) => {
		expect(encodeFileHeader(size)).toBe(expected);
	});
});

describe('FileHeaderDecoder', () => {
	it.each([
		['a header and its body', 'Content-Length: 3\nabc', {size: 3, body: 'abc'}],
		['an empty file', 'Content-Length: 0\n', {size: 0, body: ''}],
		['a body with newlines of its own', 'Content-Length: 4\n\na\nb', {size: 4, body: '\na\nb'}],
		['a header that ends in CRLF', 'Content-Length: 3\r\nabc', {size: 3, body: 'abc'}],
		['a header without a space', 'Content-Length:3\nabc', {size: 3, body: 'abc'}],
		['a header in small letters', 'content-length: 3\nabc', {size: 3, body: 'abc'}],
		['bare bytes', 'hello\nworld', {size: undefined, body: 'hello\nworld'}],
		['bare bytes that begin as the header does', 'Content of the file', {size: undefined, body: 'Content of the file'}],
		['a bare file shorter than the header', 'Con', {size: undefined, body: 'Con'}],
		['no bytes at all', '', {size: undefined, body: ''}],
	])('reads %s wherever it is split', (_, text, expected) => {
		for (const chunks of splits(Buffer.from(text, 'latin1'))) {
			expect(read(chunks)).toEqual(expected);
		}
	});

	it('reads back any size and any body in any chunks', () => {
		fc.assert(
			fc.property(fc.maxSafeNat(), fc.uint8Array(), fc.array(fc.nat(12)), (size, body, lengths) => {
				const wire = Buffer.concat([Buffer.from(encodeFileHeader(size)), body]);
				expect(read(chunksOf(wire, lengths))).toEqual({
					size,
					body: Buffer.from(body).toString('latin1'),
				});
			}),
		);
	});

	it.each([
		['a negative size', 'Content-Length: -1\n'],
		['a fraction', 'Content-Length: 1.5\n'],
		['a size in hexadecimal', 'Content-Length: 0x10\n'],
		['a size with an exponent', 'Content-Length: 1e3\n'],
		['two sizes', 'Content-Length: 1 2\n'],
		['no size', 'Content-Length: \n'],
		['2^53', 'Content-Length: 9007199254740992\n'],
		['2^63', 'Content-Length: 9223372036854775808\n'],
		['a word', 'Content-Length: many\n'],
		['a size that never ends', 'Content-Length: ' + '1'.repeat(100)],
		['spaces that never end', 'Content-Length: 5' + ' '.repeat(100)],
	])('refuses a header with %s', (_, text) => {
		expect(() => readText(text)).toThrow(ProtocolError);
	});

	it('waits for no more than the longest header', () => {
		const decoder = new FileHeaderDecoder();
		decoder.push(Buffer.from('Content-Length:'));
		let held = 15;
		expect(() => {
			for (; held <= 2 * limits.maxFileHeaderBytes; held++) {
				decoder.push(Buffer.from('1'));
			}
		}).toThrow(ProtocolError);
		expect(held).toBeLessThanOrEqual(limits.maxFileHeaderBytes);
	});

	it('never takes a header that the end cut off for a file', () => {
		// Otherwise a peer that dies there leaves a file with the text of its header.
		expect(() => readText('Content-Length: 12')).toThrow(ProtocolError);
	});

	it('names what it got without controls', () => {
		let message = '';
		try {
			readText('Content-Length: \u009B2J\u001B[2J\n');
		} catch (error) {
			({message} = error as Error);
		}

		expect(message).toContain('Content-Length');
		expect(message).toBe(safeText(message));
	});
});
