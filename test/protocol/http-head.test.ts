import {performance} from 'node:perf_hooks';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ProtocolError} from '../../source/protocol/errors.js';
import {parseResponseHead} from '../../source/protocol/http-head.js';

/** A head of these lines, without the empty one. */
const head = (...lines: string[]) => lines.join('\r\n');

const ok = 'HTTP/1.1 200 OK';

describe('the head of an answer', () => {
	it.each([
		['with a reason', head(ok, 'Content-Length: 5'), {status: 200, length: 5}],
		['without a reason', head('HTTP/1.1 200', 'Content-Length: 5'), {status: 200, length: 5}],
		['with an empty reason', head('HTTP/1.1 200 ', 'Content-Length: 5'), {status: 200, length: 5}],
		['of no bytes', head(ok, 'Content-Length: 0'), {status: 200, length: 0}],
		['in any case', head(ok, 'cOnTeNt-LeNgTh: 5'), {status: 200, length: 5}],
		['with room around a value', head(ok, 'Content-Length:\t 5 \t'), {status: 200, length: 5}],
		['without room before a value', head(ok, 'Content-Length:5'), {status: 200, length: 5}],
		[
			'of a part',
			head('HTTP/1.1 206 Partial Content', 'Content-Length: 5', 'Content-Range: bytes 10-14/100'),
			{status: 206, length: 5, start: 10},
		],
		[
			'of a part of a file of unknown size',
			head('HTTP/1.1 206 Partial Content', 'Content-Length: 5', 'Content-Range: bytes 10-14/*'),
			{status: 206, length: 5, start: 10},
		],
		[
			'with a range that is none',
			head('HTTP/1.1 416 No', 'Content-Length: 0', 'Content-Range: bytes */100'),
			{status: 416, length: 0},
		],
		['of a refusal', head('HTTP/1.1 503 Busy', 'Content-Length: 3'), {status: 503, length: 3}],
		['of a connection that ends', head(ok, 'Content-Length: 5', 'Connection: Close'), {status: 200, length: 5}],
		['with an empty value', head(ok, 'X-Empty:', 'Content-Length: 5'), {status: 200, length: 5}],
		['with a name from beyond ASCII', head(ok, 'X-Name: f\u00FCr', 'Content-Length: 5'), {status: 200, length: 5}],
		[
			'of the longest length',
			head(ok, `Content-Length: ${'9'.repeat(15)}`),
			{status: 200, length: 999_999_999_999_999},
		],
	])('%s is read', (_, text, expected) => {
		expect(parseResponseHead(text)).toEqual({start: undefined, ...expected});
	});

	it.each([
		['nothing', ''],
		['no length', head(ok, 'Content-Type: text/plain')],
		['no field at all', ok],
		['two lengths that differ', head(ok, 'Content-Length: 5', 'Content-Length: 6')],
		['two lengths that are the same', head(ok, 'Content-Length: 5', 'content-length: 5')],
		['a list of lengths', head(ok, 'Content-Length: 5, 5')],
		['an empty length', head(ok, 'Content-Length:')],
		['a negative length', head(ok, 'Content-Length: -5')],
		['a length with a sign', head(ok, 'Content-Length: +5')],
		['a hexadecimal length', head(ok, 'Content-Length: 0x5')],
		['a fraction of a byte', head(ok, 'Content-Length: 5.5')],
		['a power for a length', head(ok, 'Content-Length: 1e3')],
		['a length of 2^63', head(ok, `Content-Length: ${2n ** 63n}`)],
		['a length of 2^64 + 5', head(ok, `Content-Length: ${2n ** 64n + 5n}`)],
		['chunks', head(ok, 'Transfer-Encoding: chunked')],
		['chunks and a length', head(ok, 'Transfer-Encoding: chunked', 'Content-Length: 5')],
		['a length and chunks', head(ok, 'Content-Length: 5', 'transfer-encoding: identity')],
		['a folded line', head(ok, 'Content-Length:', ' 5')],
		['a folded line of another field', head(ok, 'X-Long: a', '\tb', 'Content-Length: 5')],
		['room before a colon', head(ok, 'Content-Length : 5')],
		['room before a name', head(ok, ' Content-Length: 5')],
		['a line without a colon', head(ok, 'Content-Length 5', 'Content-Length: 5')],
		['a field without a name', head(ok, ': 5', 'Content-Length: 5')],
		['a NUL in a name', head(ok, 'Content-\0Length: 5')],
		['a NUL in a value', head(ok, 'Content-Length: 5\0')],
		['a NUL in another value', head(ok, 'X: \0', 'Content-Length: 5')],
		['a bare newline between fields', head(`${ok}\nContent-Length: 5`)],
		['a bare newline in a value', head(ok, 'X: 1\nContent-Length: 5', 'Content-Length: 6')],
		['a bare carriage return', head(ok, 'X: 1\rContent-Length: 5', 'Content-Length: 6')],
		['an escape sequence', head(ok, 'X: \u001B[31m', 'Content-Length: 5')],
		['an empty line', head(ok, '', 'Content-Length: 5')],
		['an older HTTP', head('HTTP/1.0 200 OK', 'Content-Length: 5')],
		['a newer HTTP', head('HTTP/2 200', 'Content-Length: 5')],
		['another protocol', head('ICY 200 OK', 'Content-Length: 5')],
		['a class header', 'Content-Length: 5\n'],
		['a status that is not the last one', head('HTTP/1.1 100 Continue', 'Content-Length: 5')],
		['a change of protocol', head('HTTP/1.1 101 Switching Protocols', 'Content-Length: 5')],
		['a status of two digits', head('HTTP/1.1 99 OK', 'Content-Length: 5')],
		['a status of four digits', head('HTTP/1.1 2000 OK', 'Content-Length: 5')],
		['a status that is no number', head('HTTP/1.1 abc OK', 'Content-Length: 5')],
		['two rooms before the status', head('HTTP/1.1  200 OK', 'Content-Length: 5')],
	])('with %s is refused', (_, text) => {
		expect(() => parseResponseHead(text)).toThrow(ProtocolError);
	});

	it.each([
		['another unit', 'pages 10-14/100'],
		['two ranges', 'bytes 10-14/100, 20-24/100'],
		['no beginning', 'bytes -14/100'],
		['a negative beginning', 'bytes --1-14/100'],
		['a beginning of 2^63', `bytes ${2n ** 63n}-${2n ** 63n + 5n}/*`],
		['nonsense', 'x'],
	])('with %s for a range begins nowhere', (_, range) => {
		const text = head('HTTP/1.1 206 Partial', 'Content-Length: 5', `Content-Range: ${range}`);
		expect(parseResponseHead(text).start).toBeUndefined();
	});

	it('is quoted short in what is said of it', () => {
		const lines = [
			head('x'.repeat(100_000)),
			head(ok, 'y'.repeat(100_000)),
			head(ok, `Z: ${'z'.repeat(100_000)}`),
			head(ok, `Content-Length: ${'9'.repeat(100_000)}`),
		];
		for (const text of lines) {
			let message = '';
			try {
				parseResponseHead(text);
			} catch (error) {
				({message} = error as Error);
			}

			expect(message).toMatch(/^Expected/);
			expect(message.length).toBeLessThan(300);
		}
	});

	it.each([
		['spaces and a newline', `A:${' '.repeat(100_000)}\n`],
		['spaces between two letters', `A:x${' '.repeat(100_000)}x`],
		['tabs and a NUL', `A:${'\t '.repeat(50_000)}\0`],
		['a name without an end', 'a'.repeat(100_000)],
		['digits', `Content-Length: ${'1'.repeat(100_000)}x`],
		['a range', `Content-Range: bytes ${'1'.repeat(100_000)}`],
		['100,000 lines', 'a:\r\n'.repeat(100_000)],
	])('of 100 kB of %s takes no time', (_, text) => {
		const sinceMs = performance.now();
		expect(() => parseResponseHead(head(ok, text))).toThrow(ProtocolError);
		// It takes a few milliseconds; what backtracks takes hours.
		expect(performance.now() - sinceMs).toBeLessThan(2000);
	});

	it('is read or refused, whatever is sent', () => {
		const line = fc.oneof(
			fc.string({unit: 'binary'}),
			fc.constantFrom(ok, 'Content-Length: 5', 'Content-Length', ':', ' ', 'Transfer-Encoding: chunked', 'a: b'),
		);
		fc.assert(
			fc.property(fc.array(line, {maxLength: 6}), lines => {
				const text = head(...lines);
				try {
					const {status, length} = parseResponseHead(text);
					expect(status).toBeGreaterThanOrEqual(200);
					expect(Number.isSafeInteger(length) && length >= 0).toBe(true);
					expect(text.toLowerCase().split('content-length')).toHaveLength(2);
				} catch (error) {
					expect(error).toBeInstanceOf(ProtocolError);
				}
			}),
		);
	});
});
