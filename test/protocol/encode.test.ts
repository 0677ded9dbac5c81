import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodePeerMessage, decodeTrackerMessage} from '../../source/protocol/decode.js';
import {
	encodeDirectory,
	encodeLine,
	encodeTrackerMessage,
	wireFilesChanged,
	wireInit,
} from '../../source/protocol/encode.js';
import {nameProblem} from '../../source/protocol/file-name.js';
import {JsonStream} from '../../source/protocol/json-stream.js';
import type {TrackerMessage} from '../../source/protocol/messages.js';

const encodeInit = (init: Parameters<typeof wireInit>[0]) => encodeLine(wireInit(init));
const encodeFilesChanged = (change: Parameters<typeof wireFilesChanged>[0]) => encodeLine(wireFilesChanged(change));

const parse = (line: string) => [...new JsonStream().push(Buffer.from(line))];

const name = fc.string({unit: 'binary', minLength: 1, maxLength: 40}).filter(text => nameProblem(text) === undefined);
const root = fc.string({unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64});
const file = fc.oneof(
	fc.record({name, mtime: fc.nat(), size: fc.maxSafeNat()}, {requiredKeys: ['name', 'mtime']}),
	fc.record({name, mtime: fc.nat(), size: fc.maxSafeNat(), root}),
);
const roots = fc.uniqueArray(root, {maxLength: 3});
const partsChange = fc
	.record({added: roots, removed: roots})
	.filter(({added, removed}) => added.length + removed.length > 0);
const peerName = fc.constantFrom('', 'ada', 'Grace H', 'ü文');
const peer = fc.record({
	id: fc.nat(),
	name: peerName,
	ip: fc.constantFrom('10.0.0.7', '127.0.0.1', '::1', '2001:db8::1'),
	port: fc.integer({min: 1, max: 65_535}),
	version: fc.constantFrom(1 as const, 2 as const),
	files: fc.array(file, {maxLength: 4}),
	parts: roots,
});

describe('encodeLine', () => {
	it('writes one line, whatever newlines are in it', () => {
		const line = encodeLine({type: 'x', text: 'a\nb\r\n\u2028'});
		expect(line.indexOf('\n')).toBe(line.length - 1);
		expect(parse(line)).toEqual([{type: 'x', text: 'a\nb\r\n\u2028'}]);
	});
});

describe('wireInit', () => {
	it('writes an Init of the class protocol with further members', () => {
		const files = [{name: 'a.txt', mtime: 5, size: 6}];
		const init = {port: 8001, files, parts: [], name: 'ada', isObserver: false};
		expect(encodeInit(init)).toBe(
			'{"port":8001,"files":[{"name":"a.txt","mtime":5,"size":6}],"version":2,"name":"ada"}\n',
		);
	});

	it('keeps nested names, and others that a classic program trips over, out of the classic list', () => {
		const files = ['a.txt', 'folder/b.txt', ' c.txt'].map(name => ({name, mtime: 5, size: 6}));
		const [message] = parse(encodeInit({port: 1, files, parts: [], name: '', isObserver: true}));
		expect(message).toEqual({
			port: 1,
			files: [files[0]],
			version: 2,
			name: '',
			nested: files.slice(1),
			observer: true,
		});
	});

	it('names content ids beside the sizes, and parts apart from all files', () => {
		const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
		const label = 'what only we know of it';
		const files = [
			{name: 'a.txt', mtime: 5, size: 6, root: a, label},
			{name: 'b.txt', mtime: 5, size: 6, label},
		];
		expect(encodeInit({port: 1, files, parts: new Set([b]), name: '', isObserver: false})).toBe(
			`{"port":1,"files":[{"name":"a.txt","mtime":5,"size":6,"root":"${a}"},{"name":"b.txt","mtime":5,"size":6}],` +
				`"version":2,"name":"","parts":["${b}"]}\n`,
		);
	});

	it('is read back by decodePeerMessage with all its files', () => {
		const init = fc.record({
			port: fc.integer({min: 1, max: 65_535}),
			files: fc.array(file, {maxLength: 5}),
			parts: roots,
			name: peerName,
			isObserver: fc.boolean(),
		});
		const byName = (files: Array<{name: string}>) =>
			files.map(one => JSON.stringify(one, ['name', 'mtime', 'size', 'root'])).toSorted();
		fc.assert(
			fc.property(init, value => {
				const message = decodePeerMessage(parse(encodeInit(value))[0]!);
				expect(message).toMatchObject({
					type: 'init',
					version: 2,
					port: value.port,
					name: value.name,
					parts: value.parts,
					isObserver: value.isObserver,
				});
				expect(message?.type === 'init' && byName(message.files)).toEqual(byName(value.files));
			}),
		);
	});
});

describe('wireFilesChanged', () => {
	it('writes what belongs on the wire, and nothing where nothing changed', () => {
		const added = [{name: 'a', mtime: 5, size: 6, label: 'a'}];
		expect(encodeFilesChanged({added, removed: ['b']})).toBe(
			'{"type":"files","added":[{"name":"a","mtime":5,"size":6}],"removed":["b"]}\n',
		);
	});

	it('is read back by decodePeerMessage', () => {
		const change = fc.record(
			{added: fc.array(file, {maxLength: 3}), removed: fc.array(name, {maxLength: 3}), parts: partsChange},
			{requiredKeys: ['added', 'removed']},
		);
		fc.assert(
			fc.property(change, value => {
				expect(decodePeerMessage(parse(encodeFilesChanged(value))[0]!)).toEqual({type: 'files', ...value});
			}),
		);
	});
});

describe('encodeTrackerMessage', () => {
	it('does not name parts where there are none', () => {
		const record = {id: 1, name: '', ip: '10.0.0.7', port: 1, version: 2 as const, files: [], parts: []};
		expect(encodeTrackerMessage({type: 'joined', revision: 1, peer: record})).not.toContain('parts');
		expect(encodeTrackerMessage({type: 'snapshot', revision: 1, peers: [record]})).not.toContain('parts');
	});

	it('is read back by decodeTrackerMessage', () => {
		const revision = fc.nat();
		const message: fc.Arbitrary<Exclude<TrackerMessage, {type: 'directory'}>> = fc.oneof(
			fc.record({type: fc.constant('keep-alive' as const), revision}),
			fc.record({
				type: fc.constant('snapshot' as const),
				revision,
				you: fc.nat(),
				peers: fc.array(peer, {maxLength: 3}),
			}),
			fc.record({type: fc.constant('joined' as const), revision, peer}),
			fc.record({
				type: fc.constant('left' as const),
				revision,
				id: fc.nat(),
				reason: fc.constantFrom('bye' as const, 'silent' as const, 'disconnected' as const, 'replaced' as const),
			}),
			fc.record(
				{
					type: fc.constant('changed' as const),
					revision,
					id: fc.nat(),
					added: fc.array(file, {maxLength: 3}),
					removed: fc.array(name, {maxLength: 3}),
					parts: partsChange,
				},
				{requiredKeys: ['type', 'revision', 'id', 'added', 'removed']},
			),
		);
		fc.assert(
			fc.property(message, value => {
				const line = encodeTrackerMessage(value);
				expect(line.endsWith('\n')).toBe(true);
				expect(decodeTrackerMessage(parse(line)[0]!)).toEqual(value);
			}),
		);
	});
});

describe('encodeDirectory', () => {
	it.each([
		[[], '{}\n'],
		[
			[{name: 'a.txt', ip: '10.0.0.7', port: 8001, mtime: 1_700_000_000}],
			'{"a.txt":{"ip":"10.0.0.7","port":8001,"mtime":1700000000}}\n',
		],
		[[{name: '__proto__', ip: '10.0.0.7', port: 1, mtime: 2}], '{"__proto__":{"ip":"10.0.0.7","port":1,"mtime":2}}\n'],
	])('writes %j as the class protocol does', (entries, expected) => {
		expect(encodeDirectory(entries)).toBe(expected);
	});

	it('writes the three members of an entry and no others', () => {
		const entry = {name: 'a', ip: '10.0.0.7', port: 1, mtime: 2, size: 3, order: 4};
		expect(parse(encodeDirectory([entry]))).toEqual([{a: {ip: '10.0.0.7', port: 1, mtime: 2}}]);
	});

	it('is read back by decodeTrackerMessage, whatever the files are called', () => {
		const entry = fc.record({
			name,
			ip: fc.constantFrom('10.0.0.7', '::1'),
			port: fc.integer({min: 1, max: 65_535}),
			mtime: fc.nat(),
		});
		const entries = fc.uniqueArray(entry, {selector: one => one.name, maxLength: 6});
		const byName = (a: {name: string}, b: {name: string}) => (a.name < b.name ? -1 : 1);
		fc.assert(
			fc.property(entries, value => {
				const message = decodeTrackerMessage(parse(encodeDirectory(value))[0]!);
				expect(message?.type === 'directory' && message.entries.toSorted(byName)).toEqual(value.toSorted(byName));
			}),
		);
	});
});
