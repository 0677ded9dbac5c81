import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ProtocolError} from '../../source/protocol/errors.js';
import {JsonStream} from '../../source/protocol/json-stream.js';
import {limits} from '../../source/protocol/limits.js';
import {safeText} from '../../source/protocol/safe-text.js';
import {invalidUtf8} from './hostile.js';
import {chunksOf, splits} from './split.js';

const read = (chunks: Uint8Array[], stream = new JsonStream()) => chunks.flatMap(chunk => [...stream.push(chunk)]);

const readText = (text: string) => read([Buffer.from(text)]);

function errorOf(chunk: Uint8Array): Error {
	try {
		read([chunk]);
	} catch (error) {
		return error as Error;
	}

	throw new Error('Expected an error, got none');
}

describe('JsonStream', () => {
	it.each([
		['one line', '{"port":1}\n', [{port: 1}]],
		['no newline at all', '{"port":1}', [{port: 1}]],
		['several without newlines', '{"a":1}{"a":2}{}', [{a: 1}, {a: 2}, {}]],
		['several lines', '{"a":1}\n{"a":2}\n', [{a: 1}, {a: 2}]],
		['CRLF and empty lines', '\r\n\n {"a":1}\r\n\r\n{"a":2}', [{a: 1}, {a: 2}]],
		['one object over lines', '{\n"a": [\n1]\n}\n', [{a: [1]}]],
		['braces in strings', '{"}{":"]}\\"{["}\n', [{'}{': ']}"{['}]],
		['a string that ends in a backslash', String.raw`{"a":"\\"}{"b":1}`, [{a: '\\'}, {b: 1}]],
		['nothing', '', []],
		['only whitespace', ' \n\n', []],
	])('reads %s', (_, text, expected) => {
		expect(readText(text)).toEqual(expected);
	});

	it('reads the same objects wherever TCP splits the stream', () => {
		const text = '{"name":"é文👍","x":["\\"}","\\\\"]}{"b":{"c":[{}]}}\n\r\n{"port":8001}\n';
		const bytes = Buffer.from(text);
		const expected = readText(text);
		expect(expected).toHaveLength(3);
		for (const chunks of splits(bytes)) {
			expect(read(chunks)).toEqual(expected);
		}
	});

	it('gives back whatever JSON objects were written, between any separators, in any chunks', () => {
		const object = fc.dictionary(fc.string({unit: 'binary'}), fc.jsonValue({maxDepth: 5}));
		const separator = fc.constantFrom('', '\n', '\r\n', ' \n\n');
		fc.assert(
			fc.property(fc.array(fc.tuple(object, separator), {maxLength: 5}), fc.array(fc.nat(30)), (objects, lengths) => {
				const texts = objects.map(([value]) => JSON.stringify(value));
				const wire = objects.map(([, after], index) => texts[index]! + after).join('');
				const values = read(chunksOf(Buffer.from(wire), lengths));
				expect(values).toEqual(texts.map(text => JSON.parse(text) as unknown));
			}),
		);
	});

	it('keeps an unfinished object until its last byte arrives, and nothing after that', () => {
		const stream = new JsonStream();
		expect(read([Buffer.from('{"a":"1')], stream)).toEqual([]);
		expect(stream.pendingBytes).toBe(7);
		expect(read([Buffer.from('"}\n')], stream)).toEqual([{a: '1'}]);
		expect(stream.pendingBytes).toBe(0);
	});

	it.each([
		['HTTP', 'GET / HTTP/1.1\r\n\r\n'],
		['TLS', '\u0016\u0003\u0001\u0002\0'],
		['a bare word', 'hello'],
		['a closing brace first', '}'],
		['a brace closed by a bracket', '{"a":1]'],
		['no value', '{"a":}'],
		['NaN, which Python writes', '{"a":NaN}'],
		['single quotes', "{'a':1}"],
		['a raw newline in a string', '{"a":"x\ny"}'],
		['a number with a leading zero', '{"a":01}'],
	])('refuses %s', (_, text) => {
		expect(errorOf(Buffer.from(text, 'latin1'))).toBeInstanceOf(ProtocolError);
	});

	it.each(invalidUtf8)('refuses %s as UTF-8', (_, bad) => {
		const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bad), Buffer.from('"}')]);
		expect(errorOf(bytes)).toBeInstanceOf(ProtocolError);
	});

	it('gives an escaped lone surrogate as it is, for the name check to refuse', () => {
		expect(readText(String.raw`{"a":"\ud800"}`)).toEqual([{a: '\uD800'}]);
	});

	it('refuses random bytes with its own error or reads objects, and nothing else', () => {
		fc.assert(
			fc.property(fc.uint8Array({maxLength: 200}), bytes => {
				try {
					for (const value of read([bytes])) {
						expect(value).toBeTypeOf('object');
					}
				} catch (error) {
					expect(error).toBeInstanceOf(ProtocolError);
				}
			}),
		);
	});

	it('yields the objects before the bytes that are wrong', () => {
		const seen: unknown[] = [];
		expect(() => {
			for (const value of new JsonStream().push(Buffer.from('{"a":1}\n{"b":2}x'))) {
				seen.push(value);
			}
		}).toThrow(ProtocolError);
		expect(seen).toEqual([{a: 1}, {b: 2}]);
	});

	it.each([
		['arrays', '{"a":' + '['.repeat(10_000)],
		['objects', '{"a":'.repeat(10_000)],
	])('refuses %s nested 10,000 deep before their end', (_, text) => {
		expect(errorOf(Buffer.from(text)).message).toContain(String(limits.maxMessageDepth));
	});

	it('reads the greatest depth that is allowed', () => {
		const inner = limits.maxMessageDepth - 1;
		expect(readText(`{"a":${'['.repeat(inner)}${']'.repeat(inner)}}`)).toHaveLength(1);
	});

	it('does not count brackets in strings as depth', () => {
		expect(readText(`{"a":"${'['.repeat(10_000)}"}`)).toHaveLength(1);
	});

	it('refuses a line that never ends, holding no more than the limit', () => {
		const stream = new JsonStream();
		const chunk = Buffer.alloc(1024 * 1024, 'x');
		read([Buffer.from('{"a":"')], stream);
		let sent = 0;
		expect(() => {
			for (; sent <= limits.maxPeerMessageBytes; sent += chunk.length) {
				read([chunk], stream);
			}
		}).toThrow(ProtocolError);
		expect(sent).toBeLessThanOrEqual(limits.maxPeerMessageBytes);
	});

	it('gives members called __proto__ and constructor as members and changes no prototype', () => {
		const [value] = readText('{"__proto__":{"port":1},"constructor":2}');
		expect(Object.keys(value!)).toEqual(['__proto__', 'constructor']);
		expect(value!.port).toBeUndefined();
		expect(Object.prototype).not.toHaveProperty('port');
	});

	it.each([
		['C0', '\u001B[2J'],
		['C1', '\u009B2J'],
		['C1 in an object', '{\u009B2J}'],
	])('names what it got without sending %s controls to the terminal', (_, text) => {
		const {message} = errorOf(Buffer.from(text, 'latin1'));
		expect(message).toContain('Expected');
		expect(message).toBe(safeText(message));
		expect(message.length).toBeLessThan(200);
	});
});

describe('JsonStream.taken', () => {
	const told = (chunks: Uint8Array[]) => {
		const stream = new JsonStream();
		const taken: Array<{bytes: number; text: string}> = [];
		const take = () => {
			const {bytes, parts} = stream.taken;
			taken.push({bytes, text: Buffer.concat(parts).toString()});
		};

		try {
			for (const chunk of chunks) {
				for (const _ of stream.push(chunk)) {
					take();
				}
			}
		} catch {
			take();
		}

		return taken;
	};

	it('are the bytes of each object with its newline', () => {
		expect(told([Buffer.from('{"a":1}\n {"b":"}"}{}\r\n')])).toEqual([
			{bytes: 8, text: '{"a":1}\n'},
			{bytes: 10, text: ' {"b":"}"}'},
			{bytes: 2, text: '{}'},
		]);
	});

	it('add up to all bytes however the stream is split', () => {
		const stream = Buffer.from('\n{"a":"ü"}\n{"b":[{}]}\n\n{"c":1}');
		for (const chunks of splits(stream)) {
			const taken = told(chunks);
			expect(taken).toHaveLength(3);
			expect(taken.reduce((sum, {bytes}) => sum + bytes, 0)).toBe(stream.length);
			expect(taken.map(({text}) => JSON.parse(text) as unknown)).toEqual([{a: 'ü'}, {b: [{}]}, {c: 1}]);
		}
	});

	it.each([
		['garbage', ['{"a":1}\n', 'GET / HTTP/1.1\r\n'], 'GET / HTTP/1.1\r\n'],
		['garbage after an object', ['{"a":1}\nhello'], 'hello'],
		['an object that is none, in two chunks', ['{"a":1}\n{"b":', 'x}\nrest'], '{"b":x}\n'],
		['too many levels', ['{"a":1}', `{"x":${'['.repeat(40)}`], `{"x":${'['.repeat(40)}`],
	])('are what could not be read: %s', (_, chunks, text) => {
		const taken = told(chunks.map(chunk => Buffer.from(chunk)));
		expect(taken.at(-1)).toEqual({bytes: text.length, text});
		expect(taken).toHaveLength(2);
	});

	it('are the beginning of an object that never ends', () => {
		const stream = new JsonStream();
		expect([...stream.push(Buffer.from(' {"a":'))]).toEqual([]);
		expect(stream.taken.bytes).toBe(6);
		expect(Buffer.concat(stream.taken.parts).toString()).toBe('{"a":');
	});
});
