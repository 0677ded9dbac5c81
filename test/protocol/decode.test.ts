import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodePeerMessage, decodeTrackerMessage, peerNameOf} from '../../source/protocol/decode.js';
import {ProtocolError} from '../../source/protocol/errors.js';
import {type JsonObject, JsonStream} from '../../source/protocol/json-stream.js';
import {limits} from '../../source/protocol/limits.js';
import {safeText} from '../../source/protocol/safe-text.js';
import {badNames, goodNames} from './hostile.js';

/** An object as the wire gives it: with `__proto__` as a member. */
const parse = (text: string): JsonObject => [...new JsonStream().push(Buffer.from(text))][0]!;
const peerMessage = (value: unknown) => decodePeerMessage(parse(JSON.stringify(value)));
const trackerMessage = (value: unknown) => decodeTrackerMessage(parse(JSON.stringify(value)));
const entry = {ip: '10.0.0.7', port: 8001, mtime: 5};
const record = {id: 3, name: 'ada', ip: '10.0.0.7', port: 8001, version: 2, files: [], parts: []};
const rootA = 'a'.repeat(64);
const rootB = '0123456789abcdef'.repeat(4);

describe('decodePeerMessage', () => {
	it('reads the Init of a classic peer', () => {
		expect(peerMessage({port: 8001, files: [{name: 'a.txt', mtime: 1_700_000_000}]})).toEqual({
			type: 'init',
			port: 8001,
			files: [{name: 'a.txt', mtime: 1_700_000_000}],
			parts: [],
			version: 1,
			name: '',
			isObserver: false,
		});
	});

	it('reads the Init of version 2, nested files included', () => {
		const message = {
			port: 8001,
			files: [{name: 'a', mtime: 5, size: 1}],
			version: 2,
			name: 'ada',
			nested: [{name: 'b/c', mtime: 6, size: 2, root: rootA}],
			parts: [rootB],
			observer: true,
		};
		expect(peerMessage(message)).toEqual({
			type: 'init',
			port: 8001,
			files: [
				{name: 'a', mtime: 5, size: 1},
				{name: 'b/c', mtime: 6, size: 2, root: rootA},
			],
			parts: [rootB],
			version: 2,
			name: 'ada',
			isObserver: true,
		});
	});

	it.each([
		['the classic keep-alive', {port: 8001}, {type: 'keep-alive', port: 8001}],
		['members it does not know', {port: 8001, color: 'red'}, {type: 'keep-alive', port: 8001}],
		['an unknown type with a port', {type: 'dance', port: 8001}, {type: 'keep-alive', port: 8001}],
		['the keep-alive of version 2', {type: 'keep-alive', revision: 4}, {type: 'keep-alive', revision: 4}],
		['a keep-alive with a bad revision', {type: 'keep-alive', revision: -1}, {type: 'keep-alive'}],
		[
			'a change',
			{type: 'files', added: [{name: 'a', mtime: 5, size: 1}], removed: ['b']},
			{type: 'files', added: [{name: 'a', mtime: 5, size: 1}], removed: ['b']},
		],
		[
			'a change of parts',
			{type: 'files', added: [], removed: [], parts: {added: [rootA], removed: [rootB]}},
			{type: 'files', added: [], removed: [], parts: {added: [rootA], removed: [rootB]}},
		],
		...[null, [], 'x', {}, {added: rootA}, {added: [5], removed: ['x']}].map((parts): [string, unknown, unknown] => [
			`parts that are ${JSON.stringify(parts)} as no change of them`,
			{type: 'files', added: [], removed: [], parts},
			{type: 'files', added: [], removed: []},
		]),
		['a change of nothing', {type: 'files'}, {type: 'files', added: [], removed: []}],
		['a bye', {type: 'bye'}, {type: 'bye'}],
		[
			'an unknown version as the class protocol',
			{port: 1, files: [], version: 3},
			{type: 'init', port: 1, files: [], parts: [], version: 1, name: '', isObserver: false},
		],
	])('reads %s', (_, message, expected) => {
		expect(peerMessage(message)).toEqual(expected);
	});

	it.each([
		{},
		{files: []},
		{type: 'dance'},
		...[0, -1, 65_536, 80.5, 2 ** 53, '80', null, true, [80]].map(port => ({port, files: []})),
	])('ignores %j', message => {
		expect(peerMessage(message)).toBeUndefined();
	});

	it('takes no port from __proto__', () => {
		expect(decodePeerMessage(parse('{"__proto__":{"port":8001,"files":[]}}'))).toBeUndefined();
	});

	it('leaves out the files it can not use and keeps the others', () => {
		const files = [
			...badNames.map(([, name]) => ({name, mtime: 5})),
			{name: 'no time'},
			{name: 'text for a time', mtime: '5'},
			{name: 'after the year 9999', mtime: limits.maxMtimeSeconds + 1},
			{name: 5, mtime: 5},
			{mtime: 5},
			null,
			'a.txt',
			[],
			{name: 'kept', mtime: 5},
		];
		expect(peerMessage({port: 1, files})).toMatchObject({files: [{name: 'kept', mtime: 5}]});
	});

	it('takes no file with an infinite time', () => {
		const message = parse('{"port":1,"files":[{"name":"a","mtime":1e999},{"name":"b","mtime":-1e999}]}');
		expect(decodePeerMessage(message)).toMatchObject({files: []});
	});

	it.each([
		[1.9, 1],
		[0, 0],
		[-5, 0],
		[-0.5, 0],
		[limits.maxMtimeSeconds, limits.maxMtimeSeconds],
	])('rounds the time %f down to %i', (mtime, expected) => {
		expect(peerMessage({port: 1, files: [{name: 'a', mtime}]})).toMatchObject({files: [{mtime: expected}]});
	});

	it.each([-1, 1.5, 2 ** 53, '5', null, {}])('keeps a file without its size when that is %j', size => {
		expect(peerMessage({port: 1, version: 2, files: [{name: 'a', mtime: 5, size}]})).toMatchObject({
			files: [{name: 'a', mtime: 5}],
		});
		expect(JSON.stringify(peerMessage({port: 1, files: [{name: 'a', mtime: 5, size}]}))).not.toContain('size');
	});

	const badRoots: unknown[] = [
		'',
		'a'.repeat(63),
		'a'.repeat(65),
		'A'.repeat(64),
		`${'a'.repeat(63)}g`,
		`${'a'.repeat(64)}\n`,
		`\n${'a'.repeat(64)}`,
		'ａ'.repeat(64),
		'\u001B]52;c;aGk=\u0007'.padEnd(64, '0'),
		Number('1'.repeat(64)),
		0,
		null,
		true,
		[rootA],
		{toString: rootA},
	];

	it.each(badRoots)('keeps a file without its root when that is %j, and takes it for no part', root => {
		const message = peerMessage({
			port: 1,
			version: 2,
			files: [{name: 'a', mtime: 5, size: 1, root}],
			parts: [root, rootB],
		});
		expect(message).toMatchObject({files: [{name: 'a', mtime: 5, size: 1}], parts: [rootB]});
		expect(JSON.stringify(message)).not.toContain('"root"');
	});

	it('keeps a file without its root when it has no size', () => {
		const message = peerMessage({port: 1, version: 2, files: [{name: 'a', mtime: 5, root: rootA}]});
		expect(message).toMatchObject({files: [{name: 'a', mtime: 5}]});
		expect(JSON.stringify(message)).not.toContain('root');
	});

	it('takes no parts from the class protocol', () => {
		expect(peerMessage({port: 1, files: [], parts: [rootA]})).toMatchObject({version: 1, parts: []});
	});

	it('takes each part once, and of a million no more than a peer may offer', () => {
		const parts = Array.from({length: 1_000_000}, (_, index) => (index >> 1).toString(16).padStart(64, '0'));
		const message = decodePeerMessage({port: 1, files: [], version: 2, parts});
		const kept = message?.type === 'init' ? message.parts : [];
		expect(kept).toHaveLength(limits.maxPartsPerPeer);
		expect(new Set(kept).size).toBe(kept.length);
		expect(decodePeerMessage({type: 'files', parts: {added: parts, removed: parts}})).toMatchObject({
			parts: {added: kept, removed: kept},
		});
	});

	it('keeps every good name as it is', () => {
		const message = {type: 'files', added: goodNames.map(name => ({name, mtime: 5}))};
		expect(peerMessage(message)).toMatchObject(message);
	});

	it('takes no more files than a peer may announce', () => {
		const file = {name: 'a', mtime: 5};
		const files = Array.from({length: limits.maxFilesPerPeer + 5}, () => file);
		const message = decodePeerMessage({port: 1, files, version: 2, nested: [file]});
		const kept = message?.type === 'init' ? message.files : [];
		expect(kept).toHaveLength(limits.maxFilesPerPeer);
	});
});

describe('peerNameOf', () => {
	it.each([
		['ada', 'ada'],
		['  ada ', 'ada'],
		['\u001B]0;x\u0007', '␛]0;x␇'],
		[5, ''],
		[undefined, ''],
		[{}, ''],
	])('makes %j to %j', (value, expected) => {
		expect(peerNameOf(value)).toBe(expected);
	});

	it('cuts a long name and leaves no half character', () => {
		const name = peerNameOf('x'.repeat(limits.maxPeerNameLength - 1) + '👍'.repeat(100));
		expect(name.length).toBeLessThanOrEqual(limits.maxPeerNameLength);
		expect(name.isWellFormed()).toBe(true);
	});

	it('gives names that fit the pane and the terminal, whatever a peer calls itself', () => {
		for (const name of ['\u202E'.repeat(40), '\u0007'.repeat(400), '\u{E0041}'.repeat(20)]) {
			expect(peerNameOf(name)).toBe(safeText(peerNameOf(name)));
			expect(peerNameOf(name).length).toBeLessThanOrEqual(limits.maxPeerNameLength);
		}
	});
});

describe('decodeTrackerMessage', () => {
	it('reads a classic directory', () => {
		expect(trackerMessage({'a.txt': entry, 'b.txt': {...entry, port: 8002}})).toEqual({
			type: 'directory',
			entries: [
				{name: 'a.txt', ...entry},
				{name: 'b.txt', ...entry, port: 8002},
			],
		});
	});

	it('reads an empty directory', () => {
		expect(trackerMessage({})).toEqual({type: 'directory', entries: []});
	});

	it.each(['type', '__proto__', 'constructor', 'toString', 'revision'])(
		'reads a directory with a file called %s',
		name => {
			const message = decodeTrackerMessage(parse(`{${JSON.stringify(name)}:${JSON.stringify(entry)}}`));
			expect(message).toEqual({type: 'directory', entries: [{name, ...entry}]});
		},
	);

	it.each([
		['text for an entry', 'a.txt', '10.0.0.7'],
		['nothing for an entry', 'a.txt', null],
		['a list for an entry', 'a.txt', [entry]],
		['port 0', 'a.txt', {...entry, port: 0}],
		['port 65536', 'a.txt', {...entry, port: 65_536}],
		['text for a port', 'a.txt', {...entry, port: '8001'}],
		['no time', 'a.txt', {...entry, mtime: undefined}],
		['a multicast address', 'a.txt', {...entry, ip: '224.0.0.1'}],
		['a mapped multicast address', 'a.txt', {...entry, ip: '::ffff:224.0.0.1'}],
		['the broadcast address', 'a.txt', {...entry, ip: '255.255.255.255'}],
		['a host name', 'a.txt', {...entry, ip: 'victim.example'}],
		['an escape sequence in the address', 'a.txt', {...entry, ip: '::1]/\u001B]52;c;aGk=\u0007'}],
		...badNames.map(([why, name]): [string, string, unknown] => [`a name that is or has ${why}`, name, entry]),
	])('leaves out an entry with %s and keeps the others', (_, name, value) => {
		expect(trackerMessage({[name]: value, kept: entry})).toEqual({
			type: 'directory',
			entries: [{name: 'kept', ...entry}],
		});
	});

	it('spells a mapped address as IPv4', () => {
		expect(trackerMessage({a: {...entry, ip: '::ffff:10.0.0.7'}})).toMatchObject({entries: [{ip: '10.0.0.7'}]});
	});

	it.each([
		{type: 'snapshot', revision: 4, you: 3, peers: [{...record, files: [{name: 'a/b', mtime: 5, size: 6}]}]},
		{type: 'snapshot', revision: 0, peers: []},
		{type: 'joined', revision: 5, peer: {...record, parts: [rootA, rootB]}},
		{type: 'joined', revision: 5, peer: {...record, files: [{name: 'a', mtime: 5, size: 6, root: rootA}]}},
		{type: 'changed', revision: 6, id: 3, added: [], removed: [], parts: {added: [rootA], removed: []}},
		{type: 'joined', revision: 5, peer: record},
		{type: 'changed', revision: 6, id: 3, added: [{name: 'a', mtime: 5, size: 6}], removed: ['b']},
		{type: 'left', revision: 7, id: 3, reason: 'bye'},
		{type: 'keep-alive', revision: 7},
		{type: 'keep-alive'},
	])('reads %j', message => {
		expect(trackerMessage(message)).toEqual(message);
	});

	it('takes a peer that names no parts, or none that are any, for one that has none', () => {
		for (const parts of [undefined, null, 'x', {}, ['x', 5, null]]) {
			expect(trackerMessage({type: 'joined', revision: 5, peer: {...record, parts}})).toMatchObject({
				peer: {parts: []},
			});
		}
	});

	it('ignores a type it does not know, which a later version may send', () => {
		expect(trackerMessage({type: 'dance', revision: 1})).toBeUndefined();
	});

	it('leaves out the peers of a snapshot that it can not use', () => {
		const peers = [
			{...record, ip: 'ff02::1'},
			{...record, ip: '::1]/x['},
			{...record, port: 0},
			{...record, id: '3'},
			{...record, id: -1},
			null,
			'peer',
			record,
		];
		expect(trackerMessage({type: 'snapshot', revision: 1, peers})).toMatchObject({peers: [record]});
		expect((trackerMessage({type: 'snapshot', revision: 1, peers}) as {peers: unknown[]}).peers).toHaveLength(1);
	});

	it('makes the name of a peer fit for the terminal', () => {
		const peer = {...record, name: '\u001B]52;c;aGk=\u0007\u202E'};
		expect(trackerMessage({type: 'joined', revision: 1, peer})).toMatchObject({
			peer: {name: '␛]52;c;aGk=␇<U+202E>'},
		});
	});

	it.each([
		{type: 'snapshot'},
		{type: 'joined', peer: record},
		{type: 'left', revision: '5', id: 3},
		{type: 'left', revision: 5},
		{type: 'changed', revision: 5, id: -3},
		{type: 'changed', revision: 2 ** 53, id: 3},
		{type: 'changed', revision: 1.5, id: 3},
	])('refuses %j and says why', message => {
		expect(() => trackerMessage(message)).toThrow(ProtocolError);
		expect(() => trackerMessage(message)).toThrow(/Expected .*, got /);
	});

	it.each([
		['revision', {type: 'left', revision: '\u009B2J\u202E\u007F', id: 3}],
		['id', {type: 'left', revision: 5, id: '\u009B2J\u202E\u007F'}],
		['long revision', {type: 'left', revision: 'x'.repeat(100_000), id: 3}],
	])('refuses a bad %s in a short message that is fit for the terminal', (_, value) => {
		let message = '';
		try {
			trackerMessage(value);
		} catch (error) {
			({message} = error as Error);
		}

		expect(message).not.toBe('');
		expect(message).toBe(safeText(message));
		expect(message.length).toBeLessThan(500);
	});
});

describe('both decoders', () => {
	it('read any JSON object as a message, as nothing, or refuse it as an error of the protocol', () => {
		const type = fc.constantFrom('snapshot', 'joined', 'left', 'changed', 'keep-alive', 'files', 'bye', 'x');
		const object = fc.record(
			{
				type,
				revision: fc.jsonValue(),
				id: fc.jsonValue(),
				port: fc.oneof(fc.integer({min: 1, max: 65_535}), fc.jsonValue()),
				peer: fc.jsonValue(),
				peers: fc.jsonValue(),
				files: fc.array(fc.jsonValue()),
				added: fc.jsonValue(),
				removed: fc.jsonValue(),
				parts: fc.jsonValue(),
				version: fc.constantFrom(1, 2, '2'),
				name: fc.jsonValue(),
			},
			{requiredKeys: []},
		);
		fc.assert(
			fc.property(object, value => {
				decodePeerMessage(value);
				try {
					decodeTrackerMessage(value);
				} catch (error) {
					expect(error).toBeInstanceOf(ProtocolError);
				}
			}),
			{numRuns: 500},
		);
	});
});
