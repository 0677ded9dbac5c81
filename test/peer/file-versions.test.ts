import fc from 'fast-check';
import {beforeEach, describe, expect, test} from 'vitest';
import {Directory} from '../../source/peer/directory.js';
import type {LocalFile, RemoteFile} from '../../source/peer/events.js';
import {canBeFetched, isWanted, parseVersionKey} from '../../source/peer/file-versions.js';
import {limits} from '../../source/protocol/limits.js';
import type {FileEntry, PartsChange, PeerRecord, TrackerMessage} from '../../source/protocol/messages.js';

const [rootA, rootB, rootC] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];

const local = new Map<string, LocalFile>();
const create = () =>
	new Directory({
		localFile: name => local.get(name),
		isSelf: () => false,
	});
let directory: Directory;
beforeEach(() => {
	local.clear();
	directory = create();
});

const have = (name: string, mtime: number, size: number, root?: string) =>
	local.set(name, {name, label: name, mtime, size, ...(root !== undefined && {root})});

const file = (name: string, mtime: number, size?: number, root?: string): FileEntry => ({
	name,
	mtime,
	...(size !== undefined && {size}),
	...(root !== undefined && {root}),
});

type Holder = Partial<PeerRecord> & {id: number};

const record = (holder: Holder): PeerRecord => ({
	name: `peer ${holder.id}`,
	ip: `10.0.0.${holder.id}`,
	port: 8001,
	version: 2,
	files: [],
	parts: [],
	...holder,
});

/** Peer 2 holds the first list, peer 3 the next, and so on. */
const holders = (...files: FileEntry[][]): PeerRecord[] =>
	files.map((list, index) => record({id: index + 2, files: list}));

const snapshot = (peers: PeerRecord[], into = directory) => {
	into.apply({type: 'snapshot', revision: 1, you: 1, peers});
};

const changed = (id: number, added: FileEntry[], removed: string[] = [], parts?: PartsChange) => {
	directory.apply({type: 'changed', revision: 2, id, added, removed, ...(parts && {parts})});
};

/** Rows in short: key, time, size and who. */
const short = ({key, mtime, size, sources}: RemoteFile) =>
	[key.replace(/\n([abc]{4})\1*$/, '\n$1'), mtime, size, sources.map(({key: peer}) => peer).join(' ')] as const;
const rows = () => directory.files.map(row => short(row));
const told = () => {
	const {files} = directory.takeChanges();
	return {changed: files.changed.map(row => short(row)), removed: files.removed};
};

/** All orders of a list. */
function* orders<Item>(list: Item[]): Generator<Item[], void> {
	if (list.length === 0) {
		yield [];
	}

	for (const [index, item] of list.entries()) {
		for (const rest of orders(list.toSpliced(index, 1))) {
			yield [item, ...rest];
		}
	}
}

describe('two contents under one name', () => {
	const entries = [file('a', 5, 10, rootA), file('a', 9, 20, rootB), file('a', 7, 10, rootA), file('a', 3, 30)];

	test.each([...orders(entries)])('are two rows, the newest first, in whatever order they come', (...order) => {
		snapshot([]);
		for (const [index, entry] of order.entries()) {
			const id = entries.indexOf(entry) + 2;
			directory.apply({type: 'joined', revision: index, peer: record({id, files: [entry]})});
		}

		const sorted = directory.files.map(row => [row.key, row.mtime, row.sources.map(({key}) => key).toSorted()]);
		expect(sorted).toEqual([
			['a', 9, ['3']],
			[`a\n${rootA}`, 7, ['2', '4']],
			['a\n3-30', 3, ['5']],
		]);
	});

	test('of one time are in the same order for everybody: what most hold, then what is hashed', () => {
		snapshot(holders([file('a', 5, 10, rootB)], [file('a', 5, 10, rootA)], [file('a', 5, 99)]));
		expect(rows().map(([key]) => key)).toEqual(['a', 'a\nbbbb', 'a\n5-99']);
		expect(directory.file('a')?.root).toBe(rootA);
		directory.apply({type: 'joined', revision: 2, peer: record({id: 9, files: [file('a', 5, 10, rootB)]})});
		expect(directory.file('a')?.root).toBe(rootB);
	});

	test('have one size each, whatever a single liar says', () => {
		snapshot(holders([file('a', 5, 99, rootA)], [file('a', 5, 10, rootA)], [file('a', 5, 10, rootA)]));
		expect(rows()).toEqual([['a', 5, 10, '2 3 4']]);
	});
});

describe('an entry without a root', () => {
	test.each([
		['of the same time and size', file('a', 5, 10), [['a', 5, 10, '2 3']]],
		['of the same time and no size', file('a', 5), [['a', 5, 10, '2 3']]],
		[
			'of the same time and another size',
			file('a', 5, 11),
			[
				['a', 5, 10, '2'],
				['a\n5-11', 5, 11, '3'],
			],
		],
		[
			'of another time',
			file('a', 4, 10),
			[
				['a', 5, 10, '2'],
				['a\n4-10', 4, 10, '3'],
			],
		],
		[
			'of a later time and no size',
			file('a', 6),
			[
				['a', 6, undefined, '3'],
				['a\naaaa', 5, 10, '2'],
			],
		],
	])('%s joins the version it fits, or is one of its own', (_, entry, expected) => {
		snapshot(holders([file('a', 5, 10, rootA)], [entry]));
		expect(rows()).toEqual(expected);
	});

	test('joins a content by the time of any of its holders', () => {
		snapshot(holders([file('a', 5, 10, rootA)], [file('a', 9, 10, rootA)], [file('a', 5)]));
		expect(rows()).toEqual([['a', 9, 10, '2 3 4']]);
	});

	test('has the key of its time where even the size is unknown', () => {
		snapshot(holders([file('a', 6)], [file('a', 5)]));
		expect(rows().map(([key]) => key)).toEqual(['a', 'a\n5-?']);
	});

	test('keeps its row when its root is told', () => {
		snapshot(holders([file('a', 5, 10)]));
		told();
		changed(2, [file('a', 5, 10, rootA)]);
		expect(told()).toEqual({changed: [['a', 5, 10, '2']], removed: []});
		expect(directory.file('a')?.root).toBe(rootA);
	});
});

describe('the state of a version', () => {
	const stateOf = (key: string) => directory.file(key)?.state;

	test.each([
		['here: the same root with an older time', 1, 10, rootA, 'here'],
		['here: the same root with a later time', 9, 10, rootA, 'here'],
		['newer: another root and an older time', 4, 10, rootB, 'newer'],
		['older: another root and the same time', 5, 10, rootB, 'older'],
		['older: another root and a later time', 6, 10, rootB, 'older'],
		['here: no root yet and the same time', 5, 10, undefined, 'here'],
		['here: no root yet and a later time', 6, 99, undefined, 'here'],
		['newer: no root yet and an older time', 4, 10, undefined, 'newer'],
	])('%s', (...[, mtime, size, root, expected]) => {
		have('a', mtime, size, root);
		snapshot(holders([file('a', 5, 10, rootA)]));
		expect(stateOf('a')).toBe(expected);
	});

	test.each([
		['newer than what is here', 2, 10, undefined, 'newer'],
		['what is here, as far as time and size tell', 3, 30, undefined, 'here'],
		['of another size', 3, 31, undefined, 'older'],
		['of an older time', 4, 30, undefined, 'older'],
		['not what is here is by its root', 9, 10, rootA, 'older'],
	])('that is not the newest: %s', (...[, mtime, size, root, expected]) => {
		have('a', mtime, size, root);
		snapshot(holders([file('a', 5, 10, rootA)], [file('a', 3, 30)]));
		expect(stateOf('a\n3-30')).toBe(expected);
	});

	test('is missing for every version of a name that is not here', () => {
		snapshot(holders([file('a', 5, 10, rootA)], [file('a', 3, 30)]));
		expect(directory.files.map(({state}) => state)).toEqual(['missing', 'missing']);
		expect(directory.files.map(row => [canBeFetched(row), isWanted(row)])).toEqual([
			[true, true],
			[true, false],
		]);
	});

	test('is told again when what is here gets its root', () => {
		snapshot(holders([file('a', 5, 10, rootA)], [file('a', 3, 30, rootB)]));
		have('a', 3, 30);
		told();
		directory.touch('a');
		expect(directory.takeChanges().files.changed.map(({state}) => state)).toEqual(['newer', 'here']);
		have('a', 3, 30, rootC);
		directory.touch('a');
		expect(directory.takeChanges().files.changed.map(({state}) => state)).toEqual(['newer', 'older']);
		directory.touch('a');
		expect(directory.takeChanges().files.changed).toHaveLength(2);
	});
});

describe('sources', () => {
	test('are all who hold the content, under whatever name', () => {
		const names = ['a', 'b', 'c/d'];
		const list = names.map(name => file(name, 5, 10, rootA));
		snapshot(holders(list, list));
		expect(rows()).toEqual(names.map(name => [name, 5, 10, '2 3']));
		changed(3, [], ['a', 'b']);
		expect(rows()).toEqual(names.map(name => [name, 5, 10, '2 3']));
		changed(3, [], ['c/d']);
		expect(rows()).toEqual(names.map(name => [name, 5, 10, '2']));
		changed(2, [], ['a']);
		expect(rows()).toEqual(names.slice(1).map(name => [name, 5, 10, '2']));
	});

	test('tell the names of a content when somebody begins or ceases to hold it under another', () => {
		snapshot(holders([file('a', 5, 10, rootA), file('x', 5, 10, rootC)], [file('b', 5, 10, rootA)], []));
		told();
		changed(4, [file('c', 1, 10, rootA)]);
		expect(told().changed.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
			['a', 5, 10, '2 3 4'],
			['b', 5, 10, '2 3 4'],
			['c', 1, 10, '2 3 4'],
		]);
		directory.apply({type: 'left', revision: 3, id: 4, reason: 'bye'});
		expect(told()).toEqual({
			changed: [
				['a', 5, 10, '2 3'],
				['b', 5, 10, '2 3'],
			],
			removed: ['c'],
		});
	});

	test('say which are classic, and with a root who has only pieces, last', () => {
		snapshot([
			record({id: 2, parts: [rootA]}),
			record({id: 3, version: 1, files: [file('a', 5)]}),
			record({id: 4, files: [file('a', 5, 10, rootA)], parts: [rootA]}),
			record({id: 5, files: [file('b', 1, 10, rootA)]}),
			record({id: 6, files: [file('a', 5, 10, rootB)], parts: [rootB]}),
		]);
		const swarm = (entry: FileEntry) =>
			directory.swarm(entry).map(({key, isClassic, isPartial}) => [key, isClassic, isPartial]);
		expect(swarm(file('a', 5, 10, rootA))).toEqual([
			['3', true, false],
			['4', false, false],
			['5', false, false],
			['2', false, true],
		]);
		expect(directory.file('a')!.sources.map(({key}) => key)).toEqual(['4', '5', '3']);
		expect(swarm(file('nobody calls it so', 1, 10, rootA))).toEqual([
			['4', false, false],
			['5', false, false],
			['2', false, true],
		]);
	});

	test('of a file without a root are those of that name, time and size', () => {
		snapshot(holders([file('a', 5, 10)], [file('a', 5)], [file('a', 5, 11)], [file('a', 6, 10)], [file('b', 5, 10)]));
		const swarm = (entry: FileEntry) => directory.swarm(entry).map(({key}) => key);
		expect(swarm(file('a', 5, 10))).toEqual(['2', '3']);
		expect(swarm(file('a', 5))).toEqual(['2', '3']);
		expect(swarm(file('a', 4, 10))).toEqual([]);
		expect(swarm(file('a', 5, 12))).toEqual([]);
	});

	test('of a file without a root stay when its root comes', () => {
		const swarm = (entry: FileEntry) => directory.swarm(entry).map(({key}) => key);
		snapshot(holders([file('a', 5, 10)]));
		expect(swarm(file('a', 5, 10))).toEqual(['2']);
		changed(2, [file('a', 5, 10, rootA)]);
		expect(swarm(file('a', 5, 10))).toEqual(['2']);
		expect(swarm(file('a', 5, 10, rootA))).toEqual(['2']);
		expect(swarm(file('a', 5, 10, rootB))).toEqual([]);
	});

	test('of a content are those of our own that have hashed it, and class programs, which never will', () => {
		const swarm = () => directory.swarm(file('a', 5, 10, rootA)).map(({key}) => key);
		snapshot([
			record({id: 2, files: [file('a', 5, 10, rootA)]}),
			record({id: 3, files: [file('a', 5, 10)]}),
			record({id: 4, version: 1, files: [file('a', 5)]}),
		]);
		expect(swarm()).toEqual(['2', '4']);
		changed(3, [file('a', 5, 10, rootA)]);
		expect(swarm().toSorted()).toEqual(['2', '3', '4']);
		changed(3, [file('a', 5, 10)]);
		expect(swarm()).toEqual(['2', '4']);
	});

	test('with pieces come and go, and are no files', () => {
		snapshot([record({id: 2, files: [file('a', 5, 10, rootA)]}), record({id: 3, parts: [rootB]}), record({id: 4})]);
		told();
		const partial = (root: string) =>
			directory.swarm(file('a', 5, 10, root)).flatMap(({key, isPartial}) => (isPartial ? [key] : []));
		changed(4, [], [], {added: [rootA, rootB], removed: []});
		expect([partial(rootA), partial(rootB)]).toEqual([['4'], ['3', '4']]);
		changed(4, [], [], {added: [rootB], removed: [rootA, rootB]});
		expect([partial(rootA), partial(rootB)]).toEqual([[], ['3', '4']]);
		directory.apply({type: 'left', revision: 2, id: 3, reason: 'bye'});
		expect(partial(rootB)).toEqual(['4']);
		snapshot([record({id: 2, files: [file('a', 5, 10, rootA)]}), record({id: 4, parts: [rootA]})]);
		expect([partial(rootA), partial(rootB)]).toEqual([['4'], []]);
		expect(told()).toEqual({changed: [], removed: []});
		expect([...directory.names]).toEqual(['a']);
	});

	test('are bounded for each peer, whatever a tracker tells of parts', () => {
		snapshot([record({id: 2})]);
		const roots = Array.from({length: 3 * limits.maxPartsPerPeer}, (_, index) => String(index).padStart(64, '0'));
		changed(2, [], [], {added: roots, removed: []});
		const offered = roots.filter(root => directory.swarm(file('a', 5, 10, root)).length > 0);
		expect(offered).toHaveLength(limits.maxPartsPerPeer);
	});

	test('under names such as __proto__ are sources like any other', () => {
		snapshot(holders([file('__proto__', 5, 10, rootA)], [file('constructor', 5, 10, rootA), file('__proto__', 4, 1)]));
		expect(rows()).toEqual([
			['__proto__', 5, 10, '2 3'],
			['__proto__\n4-1', 4, 1, '3'],
			['constructor', 5, 10, '2 3'],
		]);
	});
});

describe('keys', () => {
	test.each([
		['a', 'a', undefined],
		['a\n5-?', 'a', '5-?'],
		['__proto__\n5-6', '__proto__', '5-6'],
		['a\n', 'a', ''],
		['', '', undefined],
	])('%j are of %j and %j', (key, name, content) => {
		expect(parseVersionKey(key)).toEqual({name, content});
	});

	test('find a version by its content, whatever the key of its row is by now', () => {
		snapshot(holders([file('a', 5, 10, rootA)], [file('a', 9, 20, rootB)]));
		expect(directory.file(`a\n${rootA}`)).toMatchObject({key: `a\n${rootA}`, root: rootA});
		directory.apply({type: 'left', revision: 2, id: 3, reason: 'bye'});
		expect(directory.file(`a\n${rootA}`)).toMatchObject({key: 'a', root: rootA});
		for (const unknown of [`a\n${rootB}`, 'a\n', 'b', '', '\n', `b\n${rootA}`, 'a\n5-10']) {
			expect(directory.file(unknown)).toBeUndefined();
		}
	});
});

describe('rows', () => {
	test('that appear and vanish are told once', () => {
		snapshot(holders([file('a', 5, 10, rootA)], []));
		expect(told()).toEqual({changed: [['a', 5, 10, '2']], removed: []});
		changed(3, [file('a', 9, 20, rootB)]);
		expect(told()).toEqual({
			changed: [
				['a', 9, 20, '3'],
				['a\naaaa', 5, 10, '2'],
			],
			removed: [],
		});
		changed(3, [], ['a']);
		expect(told()).toEqual({changed: [['a', 5, 10, '2']], removed: [`a\n${rootA}`]});
		changed(2, [], ['a']);
		expect(told()).toEqual({changed: [], removed: ['a']});
		directory.touch('a');
		expect(directory.hasChanged).toBe(false);
		expect(told()).toEqual({changed: [], removed: []});
	});

	test('of the other versions are not told when one of many changes', () => {
		const versions = Array.from({length: 1000}, (_, index) => [file('readme.txt', index, index)]);
		snapshot(holders(...versions));
		expect(told().changed).toHaveLength(1000);
		changed(2 + 500, [file('readme.txt', 500, 7)]);
		expect(told()).toEqual({changed: [['readme.txt\n500-7', 500, 7, '502']], removed: ['readme.txt\n500-500']});
	});

	test('of one content under many names share the list of who holds it', () => {
		const names = Array.from({length: 1000}, (_, index) => file(`copy ${index}`, 5, 10, rootA));
		snapshot(holders(names, ...Array.from({length: 500}, () => [file('original', 5, 10, rootA)])));
		const {changed: all} = directory.takeChanges().files;
		expect(all).toHaveLength(1001);
		expect(new Set(all.map(({sources}) => sources)).size).toBe(1);
		expect(all[0]!.sources).toHaveLength(501);
	});

	test('of a content that thousands come to hold are worked out once a telling', () => {
		snapshot(holders(Array.from({length: 2000}, (_, index) => file(`copy ${index}`, 5, 10, rootA))));
		told();
		for (let id = 10; id < 5000; id++) {
			directory.apply({type: 'joined', revision: id, peer: record({id, files: [file('a', 5, 10, rootA)]})});
		}

		expect(directory.takeChanges().files.changed).toHaveLength(2001);
		for (let id = 10; id < 5000; id++) {
			directory.apply({type: 'left', revision: id, id, reason: 'bye'});
		}

		expect(directory.takeChanges().files).toMatchObject({removed: ['a']});
	});

	const name = fc.constantFrom('a', 'b', '__proto__');
	const root = fc.constantFrom(rootA, rootB);
	const size = fc.constantFrom(1, 2);
	const mtime = fc.integer({min: 1, max: 3});
	const entry = fc.oneof(
		fc.record({name, mtime}),
		fc.record({name, mtime, size}),
		fc.record({name, mtime, size, root}),
	);
	const entries = fc.uniqueArray(entry, {selector: one => one.name, maxLength: 3});
	const id = fc.integer({min: 1, max: 5});
	const parts = fc.uniqueArray(root, {maxLength: 2});
	const version = fc.constantFrom(1 as const, 2 as const);
	const peer = fc.record({id, version, files: entries, parts}).map(holder => record(holder));
	const revision = fc.constant(1);
	const message: fc.Arbitrary<TrackerMessage> = fc.oneof(
		{
			weight: 1,
			arbitrary: fc.record({
				type: fc.constant('snapshot' as const),
				revision,
				you: fc.constant(1),
				peers: fc.uniqueArray(peer, {selector: one => one.id}),
			}),
		},
		{weight: 3, arbitrary: fc.record({type: fc.constant('joined' as const), revision, peer})},
		{
			weight: 2,
			arbitrary: fc.record({type: fc.constant('left' as const), revision, id, reason: fc.constant('bye' as const)}),
		},
		{
			weight: 6,
			arbitrary: fc.record({
				type: fc.constant('changed' as const),
				revision,
				id,
				added: entries,
				removed: fc.uniqueArray(name),
				parts: fc.record({added: parts, removed: parts}),
			}),
		},
		{
			weight: 1,
			arbitrary: entries.map(files => ({
				type: 'directory' as const,
				entries: files.map((one, index) => ({name: one.name, mtime: one.mtime, ip: `10.0.0.${index}`, port: 8001})),
			})),
		},
	);
	const own = fc.record({mtime, size, root}, {requiredKeys: ['mtime', 'size']});
	const step = fc.oneof(
		{weight: 4, arbitrary: fc.record({kind: fc.constant('message' as const), message})},
		{weight: 1, arbitrary: fc.record({kind: fc.constant('own' as const), name, own: fc.option(own)})},
		{weight: 2, arbitrary: fc.record({kind: fc.constant('take' as const)})},
	);

	/** What a tracker's messages amount to, by the plain words of the protocol. */
	function remember(peers: Map<number, PeerRecord>, told: TrackerMessage): void {
		switch (told.type) {
			case 'snapshot': {
				peers.clear();
				for (const one of told.peers) {
					peers.set(one.id, one);
				}

				break;
			}

			case 'joined': {
				peers.set(told.peer.id, told.peer);
				break;
			}

			case 'left': {
				peers.delete(told.id);
				break;
			}

			case 'changed': {
				const before = peers.get(told.id);
				if (before) {
					const isKept = ({name: one}: FileEntry) =>
						!told.removed.includes(one) && !told.added.some(({name: added}) => added === one);
					const kept = before.parts.filter(one => !told.parts?.removed.includes(one));
					peers.set(told.id, {
						...before,
						files: [...before.files.filter(one => isKept(one)), ...told.added],
						parts: [...new Set([...kept, ...(told.parts?.added ?? [])])],
					});
				}

				break;
			}

			default: {
				break;
			}
		}
	}

	const sorted = (files: Iterable<RemoteFile>) =>
		Array.from(files, row => ({...row, sources: row.sources.toSorted((a, b) => (a.key < b.key ? -1 : 1))})).toSorted(
			(a, b) => (a.key < b.key ? -1 : 1),
		);

	test('that were told are those of a fresh directory, after any sequence of messages', () => {
		fc.assert(
			fc.property(fc.array(step, {maxLength: 25}), steps => {
				local.clear();
				directory = create();
				snapshot([]);
				const rowsTold = new Map<string, RemoteFile>();
				const peers = new Map<number, PeerRecord>();
				let last: TrackerMessage | undefined;
				const take = () => {
					const {files} = directory.takeChanges();
					for (const key of files.removed) {
						expect(rowsTold.delete(key)).toBe(true);
					}

					for (const row of files.changed) {
						rowsTold.set(row.key, row);
					}
				};

				for (const one of steps) {
					switch (one.kind) {
						case 'message': {
							// Numbers belong to one tracker: what a classic one told is over with the next snapshot.
							if (last?.type === 'directory' && one.message.type !== 'snapshot' && one.message.type !== 'directory') {
								break;
							}

							directory.apply(one.message);
							remember(peers, one.message);
							last = one.message;
							break;
						}

						case 'own': {
							if (one.own) {
								local.set(one.name, {name: one.name, label: one.name, ...one.own});
							} else {
								local.delete(one.name);
							}

							directory.touch(one.name);
							break;
						}

						case 'take': {
							take();
						}
					}
				}

				take();
				const fresh = create();
				if (last?.type === 'directory') {
					fresh.apply(last);
				} else if (last) {
					snapshot([...peers.values()], fresh);
				}

				expect(sorted(rowsTold.values())).toEqual(sorted(fresh.takeChanges().files.changed));
				expect(sorted(directory.files)).toEqual(sorted(rowsTold.values()));
				for (const wanted of [rootA, rootB]) {
					const swarm = (of: Directory) =>
						of
							.swarm(file('a', 2, 1, wanted))
							.map(({key, isPartial}) => `${key} ${isPartial}`)
							.toSorted();
					expect(swarm(directory)).toEqual(swarm(fresh));
				}

				expect(directory.hasChanged).toBe(false);
			}),
			{numRuns: 1000},
		);
	});
});
