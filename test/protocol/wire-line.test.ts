import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {wireFromJson, wireJson, wireLine} from '../../source/protocol/wire-line.js';
import type {WireMessage} from '../../source/protocol/wire.js';

const init: WireMessage = {
	atMs: new Date(2026, 10, 20, 14, 2, 11, 31).getTime(),
	plane: 'control',
	direction: 'out',
	end: 'peer',
	remote: '192.168.1.2:6969',
	party: 'tracker',
	kind: 'init',
	bytes: 412,
	summary: 'port 8001, 12 files, version 2',
	fields: [{name: 'port', value: '8001'}],
	raw: Uint8Array.from(Buffer.from('{"port":8001}\n')),
};

describe('wireLine', () => {
	it('is one line', () => {
		expect(wireLine(init)).toBe('14:02:11.031 → tracker init 412 B  port 8001, 12 files, version 2');
		expect(wireLine({...init, direction: 'in', party: 'bob', kind: 'keep-alive', bytes: 3100, summary: 'x'})).toBe(
			'14:02:11.031 ← bob keep-alive 3.1 kB  x',
		);
	});

	it.each([
		[0, '0 B'],
		[999, '999 B'],
		[1000, '1.0 kB'],
		[999_950, '1.0 MB'],
		[1_048_576, '1.0 MB'],
		[Number.MAX_SAFE_INTEGER, '9007.2 TB'],
	])('says %i bytes as %s', (bytes, text) => {
		expect(wireLine({...init, bytes})).toContain(` init ${text}  port`);
	});
});

describe('wireFromJson', () => {
	const text = fc.string({unit: fc.constantFrom('a', 'ü', '文', '😀', ' ', '"'), maxLength: 20});
	const message = fc.record(
		{
			atMs: fc.nat(),
			plane: fc.constantFrom('control' as const, 'data' as const, 'echo' as const),
			direction: fc.constantFrom('in' as const, 'out' as const),
			end: fc.constantFrom('peer' as const, 'tracker' as const, 'echo' as const),
			remote: text,
			party: text,
			kind: text,
			bytes: fc.maxSafeNat(),
			summary: text,
			fields: fc.array(fc.record({name: text, value: text}), {maxLength: 5}),
			raw: fc.uint8Array({maxLength: limits.maxWireBytes}),
			problem: text,
		},
		{
			requiredKeys: [
				'atMs',
				'plane',
				'direction',
				'end',
				'remote',
				'party',
				'kind',
				'bytes',
				'summary',
				'fields',
				'raw',
			],
		},
	);

	it('reads what wireJson wrote, without a loss', () => {
		fc.assert(
			fc.property(message, value => {
				const json = JSON.stringify(wireJson(value));
				expect(wireFromJson(JSON.parse(json))).toEqual(value);
			}),
		);
	});

	const {raw: _raw, ...rest} = init;
	const good = {...rest, raw: 'aGVsbG8='};

	it.each([
		['nothing', undefined],
		['null', null],
		['a list', []],
		['a text', 'init'],
		['no members', {}],
		['a wrong plane', {...good, plane: 'constructor'}],
		['a wrong direction', {...good, direction: 'up'}],
		['a wrong end', {...good, end: null}],
		['a time that is none', {...good, atMs: '5'}],
		['a time beyond all time', {...good, atMs: 1e300}],
		['bytes that are no number', {...good, bytes: '412'}],
		['a negative number of bytes', {...good, bytes: -1}],
		['half a byte', {...good, bytes: 0.5}],
		['a kind that is no text', {...good, kind: {}}],
		['a text without an end', {...good, summary: 'x'.repeat(100_000)}],
		['fields that are no list', {...good, fields: {length: 1}}],
		['a field that is none', {...good, fields: [null]}],
		['a field without a value', {...good, fields: [{name: 'port'}]}],
		['a million fields', {...good, fields: Array.from({length: 1000}, () => ({name: 'a', value: 'b'}))}],
		['raw bytes that are no base64', {...good, raw: 'hello!'}],
		['raw bytes that are numbers', {...good, raw: [1, 2]}],
		['too many raw bytes', {...good, raw: Buffer.alloc(limits.maxWireBytes + 1).toString('base64')}],
		['a problem that is no text', {...good, problem: 7}],
	])('takes nothing for %s', (_, value) => {
		expect(wireFromJson(value)).toBeUndefined();
	});

	it('takes a time for whole milliseconds', () => {
		expect(wireFromJson({...good, atMs: 1.75})).toMatchObject({atMs: 1});
	});

	it('makes every text fit for a terminal', () => {
		const evil = '\u001B]52;c;x\u0007\u202E';
		const read = wireFromJson({
			...good,
			remote: evil,
			party: evil,
			kind: evil,
			summary: evil,
			problem: evil,
			fields: [{name: evil, value: evil}],
			other: evil,
		});
		const {raw, ...texts} = read!;
		expect(Buffer.from(raw).toString()).toBe('hello');
		// eslint-disable-next-line no-control-regex
		expect(JSON.stringify(texts)).not.toMatch(/\\u00|[\u0000-\u001F\u202E]/);
		expect(texts).not.toHaveProperty('other');
	});
});
