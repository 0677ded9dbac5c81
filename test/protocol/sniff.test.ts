import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {sniff} from '../../source/protocol/sniff.js';

const sniffText = (text: string) => sniff(Buffer.from(text));

describe('sniff', () => {
	it.each([
		'GET / HTTP/1.1\r\n',
		'HEAD /files/a.txt HTTP/1.1\r\n',
		'GET http://host/files/a HTTP/1.1\r\n',
		'OPTIONS * HTTP/1.1\r\n',
		'PROPFIND / HTTP/1.1\r\n',
		'GET /',
	])('knows %j for HTTP', text => {
		expect(sniffText(text)).toEqual({kind: 'http'});
	});

	it.each([
		['a.txt\n', 'a.txt'],
		['a.txt\r\n', 'a.txt'],
		['with space.txt\n', 'with space.txt'],
		['ü文.txt\n', 'ü文.txt'],
		['GET\n', 'GET'],
		['GET a.txt\n', 'GET a.txt'],
		['NOTES *.txt\n', 'NOTES *.txt'],
		['ABOUT https: and TLS.txt\n', 'ABOUT https: and TLS.txt'],
		['\n', ''],
	])('knows %j for a framed request', (text, name) => {
		expect(sniffText(text)).toEqual({kind: 'framed', name});
	});

	it.each(['', 'a', 'a.txt', 'GET', 'GET ', 'GET a.txt'])('leaves %j undecided', text => {
		expect(sniffText(text)).toEqual({kind: 'undecided', name: text});
	});

	it('decides in the same way wherever the request is split', () => {
		for (const text of ['GET /files/a HTTP/1.1\r\n', 'ü GET /a.txt\n']) {
			const bytes = Buffer.from(text);
			const last = sniff(bytes).kind;
			for (let length = 0; length <= bytes.length; length++) {
				expect([last, 'undecided']).toContain(sniff(bytes.subarray(0, length)).kind);
			}
		}
	});

	it.each([limits.maxNameBytes, limits.maxNameBytes + 1])(
		'lets the longest name pass, %i bytes with what ends it',
		length => {
			expect(sniffText('x'.repeat(limits.maxNameBytes)).kind).toBe('undecided');
			expect(sniffText('x'.repeat(length) + '\n').kind).toBe('framed');
		},
	);

	it.each(['', '\n'])('takes an endless name, ended by %j, for garbage', end => {
		expect(sniffText('x'.repeat(2 * limits.maxRequestBytes) + end)).toEqual({kind: 'garbage'});
	});

	it('says something of any bytes and throws at none', () => {
		fc.assert(
			fc.property(fc.uint8Array({maxLength: 3000}), bytes => {
				expect(['http', 'framed', 'undecided', 'garbage']).toContain(sniff(bytes).kind);
			}),
		);
	});

	it('reads only the bytes it was given, not the buffer they lie in', () => {
		expect(sniff(Buffer.from('x\na.txt\nb').subarray(2, 8))).toEqual({kind: 'framed', name: 'a.txt'});
	});
});
