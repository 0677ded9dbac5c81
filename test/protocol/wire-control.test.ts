import {Buffer} from 'node:buffer';
import {describe, expect, it} from 'vitest';
import {encodeLine} from '../../source/protocol/encode.js';
import {JsonStream, type JsonObject} from '../../source/protocol/json-stream.js';
import {limits} from '../../source/protocol/limits.js';
import {describeControl, type Speaker} from '../../source/protocol/wire-control.js';
import {bytesOf} from '../../source/protocol/wire-text.js';
import type {WireDescription} from '../../source/protocol/wire.js';

/** Described as it is read from the wire. */
function read(speaker: Speaker, line: string): WireDescription {
	const stream = new JsonStream();
	const {value} = stream.push(Buffer.from(line)).next();
	return describeControl(speaker, value as JsonObject, stream.taken);
}

const pairs = ({fields}: WireDescription) => fields.map(({name, value}) => `${name}=${value}`);

const root = 'a'.repeat(64);

describe('a message of the control plane', () => {
	it.each<[Speaker, string, string, string, string[]]>([
		[
			'peer',
			'{"port": 8003, "files": [{"name": "a.txt", "mtime": 1700000000}, {"name": "b.txt", "mtime": 5}]}\n',
			'init',
			'port 8003, 2 files',
			['port=8003', 'files=2: a.txt, b.txt'],
		],
		[
			'peer',
			`{"port":8001,"files":[],"version":2,"name":"ada","nested":[{"name":"n/w.pdf","mtime":1,"size":2}],"parts":["${root}"]}\n`,
			'init',
			'port 8001, 1 file, 1 part, version 2',
			['port=8001', 'files=0', 'version=2', 'name=ada', 'nested=1: n/w.pdf', `parts=1: ${root}`],
		],
		[
			'peer',
			'{"port":8000,"files":[],"version":2,"name":"eve","observer":true}\n',
			'init',
			'port 8000, 0 files, version 2, observer',
			['port=8000', 'files=0', 'version=2', 'name=eve', 'observer=true'],
		],
		['peer', '{"port": 8003}\n', 'keep-alive', 'port 8003', ['port=8003']],
		[
			'peer',
			'{"type":"keep-alive","revision":142}\n',
			'keep-alive',
			'revision 142',
			['type=keep-alive', 'revision=142'],
		],
		[
			'peer',
			`{"type":"files","added":[{"name":"b","mtime":1,"size":1}],"removed":["c","d"],"parts":{"added":["${root}"],"removed":[]}}\n`,
			'files',
			'1 added, 2 removed, 1 part offered',
			['type=files', 'added=1: b', 'removed=2: c, d', `parts=added 1: ${root}, removed 0`],
		],
		['peer', '{"type":"bye"}\n', 'bye', 'leaves', ['type=bye']],
		[
			'tracker',
			'{"type":"snapshot","version":2,"revision":142,"you":1,"peers":[{"id":1,"name":"ada","ip":"127.0.0.1","port":8001,"files":[{"name":"a","mtime":1}]},{"id":2,"name":"","ip":"10.0.0.7","port":8003,"files":[]}]}\n',
			'snapshot',
			'revision 142, 2 peers, 1 file',
			['type=snapshot', 'version=2', 'revision=142', 'you=1', 'peers=2: ada, 10.0.0.7:8003'],
		],
		[
			'tracker',
			'{"type":"joined","revision":2,"peer":{"id":2,"name":"bob","ip":"127.0.0.1","port":8002,"version":2,"files":[{"name":"s.pdf","mtime":1}]}}\n',
			'joined',
			'revision 2, bob, 1 file',
			['type=joined', 'revision=2', 'peer=id 2, name bob, ip 127.0.0.1, port 8002, version 2, files 1: s.pdf'],
		],
		[
			'tracker',
			'{"type":"left","revision":6,"id":2,"reason":"bye"}\n',
			'left',
			'revision 6, id 2, bye',
			['type=left', 'revision=6', 'id=2', 'reason=bye'],
		],
		[
			'tracker',
			'{"type":"changed","revision":3,"id":2,"added":[],"removed":["x"]}\n',
			'changed',
			'revision 3, id 2, 0 added, 1 removed',
			['type=changed', 'revision=3', 'id=2', 'added=0', 'removed=1: x'],
		],
		['tracker', '{"type":"keep-alive","revision":2}\n', 'keep-alive', 'revision 2', ['type=keep-alive', 'revision=2']],
		[
			'tracker',
			'{"a.txt":{"ip":"10.0.0.7","port":8001,"mtime":5}}\n',
			'directory',
			'1 file',
			['a.txt=ip 10.0.0.7, port 8001, mtime 5'],
		],
		['tracker', '{"type":"weather","wind":[1,2]}\n', 'unknown', 'type weather', ['type=weather', 'wind=2: 1, 2']],
		['peer', '{"hello":null}\n', 'unknown', '1 member', ['hello=null']],
	])('of a %s: %s', (speaker, line, ...[kind, summary, fields]) => {
		const described = read(speaker, line);
		expect(described).toMatchObject({kind, summary, bytes: Buffer.byteLength(line)});
		expect(pairs(described)).toEqual(fields);
		expect(Buffer.from(described.raw).toString()).toBe(line);
		expect(described.problem).toBeUndefined();
	});

	it('is described the same when it is written as when it is read', () => {
		const message: JsonObject = {
			port: 1,
			files: [{name: 'ü.txt', mtime: 5, size: undefined}],
			version: 2,
			observer: undefined,
		};
		const line = encodeLine(message);
		expect(describeControl('peer', message, bytesOf(line))).toEqual(read('peer', line));
	});

	it('of 200,000 files keeps its first bytes and a few names', () => {
		const files = Array.from({length: 200_000}, (_, index) => ({name: `file ${index}`, mtime: index}));
		const line = encodeLine({port: 1, files, version: 2});
		const {raw, bytes, fields, summary} = read('peer', line);
		expect(bytes).toBe(Buffer.byteLength(line));
		expect(raw.length).toBe(limits.maxWireBytes);
		expect(raw.buffer.byteLength).toBe(limits.maxWireBytes);
		expect(summary).toBe('port 1, 200000 files, version 2');
		expect(fields[1]!.value).toBe('200000: file 0, file 1, file 2, file 3, file 4, file 5, file 6, file 7, …');
	});

	it('with a thousand members shows some of them and how many are left', () => {
		const value = Object.fromEntries(
			Array.from({length: 1000}, (_, index) => [`f${index}`, {ip: '1.2.3.4', port: 1, mtime: 1}]),
		);
		const {fields, summary} = read('tracker', encodeLine(value));
		expect(summary).toBe('1000 files');
		expect(fields).toHaveLength(limits.maxWireFields + 1);
		expect(fields.at(-1)).toEqual({name: '…', value: `${1000 - limits.maxWireFields} more`});
	});

	it.each([
		['escape sequences', {'port\u001B[2J': '\u001B]52;c;x\u0007', type: '\u202E'}],
		['a name without an end', {type: 'x'.repeat(1_000_000)}],
		['emoji at the cut', {type: '😀'.repeat(1000)}],
		['nesting', {peers: [[[[[[1]]]]]], peer: {peer: {peer: {peer: {}}}}}],
		['wrong types', {type: 'snapshot', revision: {}, peers: 7}],
		['more wrong types', {type: 'joined', peer: null}],
		['lists of strangers', {type: 'snapshot', revision: 1, peers: [null, 1, [], {files: 'x'}]}],
		[
			'keys of all objects',
			JSON.parse('{"__proto__":{"x":1},"constructor":1,"port":1,"files":[{"__proto__":1}]}') as JsonObject,
		],
	])('with %s is fit for a terminal and short', (_, value) => {
		for (const speaker of ['peer', 'tracker'] as const) {
			const {fields, summary, kind} = read(speaker, encodeLine(value));
			for (const text of [kind, summary, ...fields.flatMap(field => [field.name, field.value])]) {
				expect(text).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/); // eslint-disable-line no-control-regex
				expect(text.length).toBeLessThanOrEqual(limits.maxWireValueLength + 30);
				expect(text.isWellFormed()).toBe(true);
			}
		}
	});
});
