import {beforeEach, describe, expect, test} from 'vitest';
import {Directory} from '../../source/peer/directory.js';
import type {LocalFile} from '../../source/peer/events.js';
import type {FileEntry, PeerRecord} from '../../source/protocol/messages.js';

const local = new Map<string, LocalFile>();
let directory: Directory;
beforeEach(() => {
	local.clear();
	directory = new Directory({
		localFile: name => local.get(name),
		isSelf: (ip, port) => ip === '10.0.0.1' && port === 8001,
	});
});

const have = (name: string, mtime: number, size = 1) => local.set(name, {name, label: name, mtime, size});

const file = (name: string, mtime = 5, size?: number): FileEntry => ({
	name,
	mtime,
	...(size !== undefined && {size}),
});

const record = (id: number, ...files: FileEntry[]): PeerRecord => ({
	id,
	files,
	name: `peer ${id}`,
	ip: `10.0.0.${id}`,
	port: 8001,
	version: 2,
	parts: [],
});

const snapshot = (...peers: PeerRecord[]) => {
	directory.apply({type: 'snapshot', revision: 1, you: 1, peers});
};

const changed = (id: number, added: FileEntry[], removed: string[] = []) => {
	directory.apply({type: 'changed', revision: 2, id, added, removed});
};

const sourcesOf = (name: string) => directory.file(name)?.sources.map(({ip}) => ip);

describe('version 2', () => {
	test('a snapshot tells peers and files, without our own', () => {
		snapshot(record(1, file('mine')), record(2, file('a', 5, 10)));
		expect([...directory.names]).toEqual(['a']);
		expect(directory.takeChanges()).toEqual({
			peers: {
				changed: [
					{
						key: '2',
						name: 'peer 2',
						ip: '10.0.0.2',
						port: 8001,
						files: 1,
						isClassic: false,
					},
				],
				removed: [],
			},
			files: {
				changed: [
					{
						key: 'a',
						name: 'a',
						label: 'a',
						size: 10,
						mtime: 5,
						root: undefined,
						sources: [{key: '2', ip: '10.0.0.2', port: 8001, name: 'peer 2', isClassic: false, isPartial: false}],
						state: 'missing',
					},
				],
				removed: [],
			},
		});
	});

	test('our own joining and changes are not shown', () => {
		snapshot(record(2));
		directory.apply({
			type: 'joined',
			revision: 2,
			peer: record(1, file('mine')),
		});
		changed(1, [file('mine too')]);
		expect([...directory.names]).toEqual([]);
		expect([...directory.peers]).toHaveLength(1);
	});

	test('peers join, change and leave', () => {
		snapshot();
		directory.apply({type: 'joined', revision: 2, peer: record(2, file('a'))});
		expect(sourcesOf('a')).toEqual(['10.0.0.2']);
		changed(2, [file('b')], ['a']);
		expect([...directory.names]).toEqual(['b']);
		directory.apply({type: 'left', revision: 4, id: 2, reason: 'bye'});
		expect([...directory.names]).toEqual([]);
		expect([...directory.peers]).toEqual([]);
	});

	test('words about peers that are not known do nothing', () => {
		snapshot(record(2, file('a')));
		directory.takeChanges();
		changed(9, [file('x')], ['a']);
		directory.apply({type: 'left', revision: 3, id: 9, reason: 'bye'});
		expect(directory.hasChanged).toBe(false);
	});

	test('a later snapshot replaces the earlier, telling only what differs', () => {
		snapshot(record(2, file('a'), file('b')), record(3, file('c')), record(4, file('d')));
		directory.takeChanges();
		snapshot(record(2, file('a'), file('b', 6)), record(4, file('d')));
		const {peers, files} = directory.takeChanges();
		expect(peers).toEqual({changed: [], removed: ['3']});
		expect(files.changed.map(({name}) => name)).toEqual(['b']);
		expect(files.removed).toEqual(['c']);
	});

	test('numbers that another tracker gives anew do not mix peers up', () => {
		snapshot(record(2, file('a')), record(3, file('b')));
		const swapped = [
			{...record(3, file('b')), id: 2},
			{...record(2, file('a')), id: 3},
		];
		snapshot(...swapped);
		expect(sourcesOf('a')).toEqual(['10.0.0.2']);
		expect(sourcesOf('b')).toEqual(['10.0.0.3']);
		expect([...directory.peers].map(({name}) => name).toSorted()).toEqual(['peer 2', 'peer 3']);
	});

	test('a peer that comes back with another program is told with its dialect', () => {
		snapshot({...record(2, file('a')), name: '', version: 1});
		directory.takeChanges();
		snapshot({...record(2, file('a')), name: '', version: 2});
		expect([...directory.peers][0]!.isClassic).toBe(false);
	});

	test('names such as __proto__ are names like any other', () => {
		snapshot(record(2, file('__proto__'), file('constructor')));
		expect([...directory.names].toSorted()).toEqual(['__proto__', 'constructor']);
		changed(2, [], ['__proto__']);
		expect([...directory.names]).toEqual(['constructor']);
	});

	test('a label is fit for a terminal while the name stays as it is', () => {
		snapshot(record(2, file('bidi\u202Etxt.exe')));
		expect(directory.file('bidi\u202Etxt.exe')?.label).toBe('bidi<U+202E>txt.exe');
	});
});

describe('the version of a file', () => {
	test('is the newest, from exactly those who hold it', () => {
		snapshot(record(2, file('a', 5, 10)), record(3, file('a', 7, 12)), record(4, file('a', 7, 12)));
		expect(directory.file('a')).toMatchObject({mtime: 7, size: 12});
		expect(sourcesOf('a')).toEqual(['10.0.0.3', '10.0.0.4']);
	});

	test('does not mix two files of one name and time', () => {
		snapshot(record(2, file('a', 5, 99)), record(3, file('a', 5, 12)), record(4, file('a', 5, 12)));
		expect(directory.file('a')).toMatchObject({mtime: 5, size: 12});
		expect(sourcesOf('a')).toEqual(['10.0.0.3', '10.0.0.4']);
	});

	test('takes a size that one knows and a classic peer does not', () => {
		snapshot(record(2, file('a', 5)), record(3, file('a', 5, 12)));
		expect(directory.file('a')).toMatchObject({mtime: 5, size: 12});
		expect(sourcesOf('a')).toEqual(['10.0.0.2', '10.0.0.3']);
	});

	test('falls back to the older when the newest goes', () => {
		snapshot(record(2, file('a', 5, 10)), record(3, file('a', 7, 12)));
		directory.apply({type: 'left', revision: 2, id: 3, reason: 'silent'});
		expect(directory.file('a')).toMatchObject({mtime: 5, size: 10});
	});

	test.each([
		['missing', undefined],
		['newer', 4],
		['here', 5],
		['here', 6],
	])('is %s when the copy here is of %s', (state, mtime) => {
		if (mtime !== undefined) {
			have('a', mtime);
		}

		snapshot(record(2, file('a', 5)));
		expect(directory.file('a')?.state).toBe(state);
	});

	test('of nobody is none', () => {
		expect(directory.file('a')).toBeUndefined();
	});
});

describe('changes', () => {
	test('are told once', () => {
		snapshot(record(2, file('a')));
		expect(directory.hasChanged).toBe(true);
		directory.takeChanges();
		expect(directory.hasChanged).toBe(false);
		expect(directory.takeChanges()).toEqual({
			peers: {changed: [], removed: []},
			files: {changed: [], removed: []},
		});
	});

	test('do not include what came and went between two tellings', () => {
		snapshot();
		directory.apply({type: 'joined', revision: 2, peer: record(2, file('a'))});
		directory.apply({type: 'left', revision: 3, id: 2, reason: 'bye'});
		expect(directory.takeChanges()).toEqual({
			peers: {changed: [], removed: []},
			files: {changed: [], removed: []},
		});
	});

	test('include a file whose copy here has changed', () => {
		snapshot(record(2, file('a')));
		directory.takeChanges();
		have('a', 9);
		directory.touch('a');
		directory.touch('nobody has this');
		const {files} = directory.takeChanges();
		expect(files.changed.map(({name, state}) => [name, state])).toEqual([['a', 'here']]);
	});

	test('of one file concern that file only', () => {
		snapshot(record(2, ...Array.from({length: 1000}, (_, i) => file(`${i}`))));
		directory.takeChanges();
		changed(2, [file('7', 8)]);
		const {files, peers} = directory.takeChanges();
		expect(files.changed.map(({name}) => name)).toEqual(['7']);
		expect(peers.changed).toEqual([]);
	});
});

describe('the class protocol', () => {
	const entry = (name: string, ip: string, mtime = 5, port = 8001) => ({
		name,
		ip,
		port,
		mtime,
	});

	test('names holders by address, and us not at all', () => {
		directory.apply({
			type: 'directory',
			entries: [
				entry('mine', '10.0.0.1'),
				entry('a', '10.0.0.2'),
				entry('b', '10.0.0.2'),
				entry('c', '10.0.0.1', 5, 8002),
			],
		});
		expect([...directory.names]).toEqual(['a', 'b', 'c']);
		expect([...directory.peers]).toMatchObject([
			{key: '10.0.0.2:8001', files: 2, isClassic: true, name: ''},
			{key: '10.0.0.1:8002', files: 1, isClassic: true},
		]);
		expect(directory.file('a')).toMatchObject({size: undefined, mtime: 5});
	});

	test('sends all each time, of which only what differs is told', () => {
		directory.apply({
			type: 'directory',
			entries: [entry('a', '10.0.0.2'), entry('b', '10.0.0.3')],
		});
		directory.takeChanges();
		directory.apply({type: 'directory', entries: [entry('a', '10.0.0.2')]});
		expect(directory.takeChanges()).toEqual({
			peers: {changed: [], removed: ['10.0.0.3:8001']},
			files: {changed: [], removed: ['b']},
		});
	});

	test('gives way to a version 2 tracker that takes its place', () => {
		directory.apply({type: 'directory', entries: [entry('a', '10.0.0.2')]});
		snapshot(record(2, file('a', 5, 10)));
		expect(directory.file('a')?.sources).toHaveLength(1);
		expect(directory.file('a')?.size).toBe(10);
	});
});
