import {Buffer} from 'node:buffer';
import {describe, expect, it} from 'vitest';
import type {FileEntry} from '../../source/protocol/messages.js';
import {Registry, type RegistryChange, type TrackedPeer} from '../../tracker/registry.js';
import {View} from '../../tracker/view.js';

function setUp(ownIp = '127.0.0.1') {
	const changes: RegistryChange[] = [];
	const registry = new Registry({
		onChange(change) {
			changes.push(change);
		},
	});
	const view = new View(registry, ownIp);
	const join = (ip: string, port: number, files: FileEntry[] = [], version: 1 | 2 = 2) =>
		registry.announce(ip, {port, name: version === 2 ? 'ada' : '', version, files, parts: []}, 0);
	const offer = (peer: TrackedPeer, added: string[], removed: string[] = []) => {
		registry.update(peer, {added: [], removed: [], parts: {added, removed}});
	};

	const directory = () => JSON.parse(view.directory().toString()) as Record<string, unknown>;
	const snapshot = (you?: number) =>
		JSON.parse(Buffer.concat(view.snapshot(you)).toString()) as Record<string, unknown>;
	return {registry, view, join, offer, directory, snapshot, changes};
}

const [rootA, rootB] = ['a'.repeat(64), 'b'.repeat(64)];

const file = (name: string, mtime = 5): FileEntry => ({name, mtime, size: 1});

describe('View.directory', () => {
	it('is one line of plain JSON with exactly ip, port and mtime', () => {
		const {view, join} = setUp();
		expect(view.directory().toString()).toBe('{}\n');
		join('10.0.0.7', 8001, [file('a.txt')]);
		expect(view.directory().toString()).toBe('{"a.txt":{"ip":"10.0.0.7","port":8001,"mtime":5}}\n');
	});

	it.each([
		['the newest time', [4, 6, 5], 2],
		['the first that announced it at equal times', [5, 5, 5], 1],
		['the first of the newest', [4, 6, 6], 2],
	])('names the peer with %s', (_, mtimes, winner) => {
		const {join, directory} = setUp();
		for (const [index, mtime] of mtimes.entries()) {
			join('10.0.0.7', index + 1, [file('a', mtime)]);
		}

		expect(directory()).toMatchObject({a: {port: winner}});
	});

	it('names who announced a version first, not who joined first', () => {
		const {registry, join, directory} = setUp();
		const early = join('10.0.0.7', 1);
		join('10.0.0.7', 2, [file('a')]);
		registry.update(early, {added: [file('a')], removed: []});
		expect(directory()).toMatchObject({a: {port: 2}});
	});

	it('names the next best peer when the best has left', () => {
		const {registry, join, directory} = setUp();
		const best = join('10.0.0.7', 1, [file('a', 6)]);
		join('10.0.0.7', 2, [file('a', 5)]);
		registry.leave(best, 'bye');
		expect(directory()).toEqual({a: {ip: '10.0.0.7', port: 2, mtime: 5}});
	});

	it('leaves out names that a classic program would trip over', () => {
		const {join, directory} = setUp();
		join('10.0.0.7', 1, [file('folder/a'), file(' b'), file('c ')]);
		join('10.0.0.7', 2, [file('d')]);
		expect(Object.keys(directory())).toEqual(['d']);
	});

	it('has files called __proto__ and constructor', () => {
		const {view, join} = setUp();
		join('10.0.0.7', 1, [file('__proto__'), file('constructor')]);
		expect(view.directory().toString()).toMatch(/"__proto__":{"ip".*"constructor":{"ip"/);
	});

	it('knows nothing of content ids and parts', () => {
		const {view, join, offer} = setUp();
		offer(join('10.0.0.7', 1, [{...file('a'), root: rootA}]), [rootB]);
		expect(view.directory().toString()).toBe('{"a":{"ip":"10.0.0.7","port":1,"mtime":5}}\n');
	});

	it('is built once a revision: all clients get the same bytes', () => {
		const {view, join} = setUp();
		join('10.0.0.7', 1, [file('a')]);
		const bytes = view.directory();
		expect(view.directory()).toBe(bytes);
		join('10.0.0.7', 2);
		expect(view.directory()).not.toBe(bytes);
	});
});

describe('View.snapshot', () => {
	it('has each peer once, with all its files, and says who is told', () => {
		const {join, snapshot} = setUp();
		const peer = join('10.0.0.7', 1, [file('a'), file('folder/b')]);
		join('10.0.0.8', 2, [{name: 'c', mtime: 6}], 1);
		expect(snapshot(peer.id)).toMatchObject({
			type: 'snapshot',
			revision: 2,
			you: peer.id,
			peers: [
				{id: peer.id, name: 'ada', ip: '10.0.0.7', port: 1, version: 2, files: [file('a'), file('folder/b')]},
				{ip: '10.0.0.8', port: 2, version: 1, files: [{name: 'c', mtime: 6}]},
			],
		});
	});

	it('has content ids and parts where there are any, and does not name them where there are none', () => {
		const {view, join, offer, snapshot} = setUp();
		join('10.0.0.7', 1, [file('a')]);
		expect(Buffer.concat(view.snapshot(undefined)).toString()).not.toMatch(/root|parts/);
		offer(join('10.0.0.8', 2, [{...file('a'), root: rootA}]), [rootB]);
		expect(snapshot()).toMatchObject({
			peers: [{port: 1}, {port: 2, files: [{...file('a'), root: rootA}], parts: [rootB]}],
		});
	});

	it('has no you for an observer, and is one line', () => {
		const {view, snapshot} = setUp();
		expect(snapshot()).not.toHaveProperty('you');
		const line = Buffer.concat(view.snapshot(undefined));
		expect(line.indexOf('\n')).toBe(line.length - 1);
	});

	it('follows the registry', () => {
		const {registry, join, snapshot} = setUp();
		const peer = join('10.0.0.7', 1);
		expect(snapshot()).toMatchObject({revision: 1, peers: [{id: peer.id}]});
		registry.leave(peer, 'bye');
		expect(snapshot()).toMatchObject({revision: 2, peers: []});
	});
});

describe('View.change', () => {
	it('tells of a leave and of a change by id, without the list of files', () => {
		const {registry, view, join, changes} = setUp();
		const peer = join('10.0.0.7', 1, [file('a')]);
		registry.update(peer, {added: [file('b')], removed: ['a']});
		registry.leave(peer, 'bye');
		expect(changes.slice(1).map(change => view.message(change))).toEqual([
			{type: 'changed', revision: 2, id: peer.id, added: [file('b')], removed: ['a']},
			{type: 'left', revision: 3, id: peer.id, reason: 'bye'},
		]);
	});
});

describe('View.change of parts', () => {
	it('tells them by their ids, and nothing of parts where they did not change', () => {
		const {registry, view, join, offer, changes} = setUp();
		const peer = join('10.0.0.7', 1);
		offer(peer, [rootA]);
		registry.update(peer, {added: [{...file('a'), root: rootB}], removed: [], parts: {added: [], removed: [rootA]}});
		registry.update(peer, {added: [], removed: ['a']});
		expect(changes.slice(1).map(change => view.message(change))).toEqual([
			{type: 'changed', revision: 2, id: peer.id, added: [], removed: [], parts: {added: [rootA], removed: []}},
			{
				type: 'changed',
				revision: 3,
				id: peer.id,
				added: [{...file('a'), root: rootB}],
				removed: [],
				parts: {added: [], removed: [rootA]},
			},
			{type: 'changed', revision: 4, id: peer.id, added: [], removed: ['a']},
		]);
	});
});

describe('View', () => {
	it.each([
		['127.0.0.1', '192.168.1.2', '192.168.1.2'],
		['::1', '192.168.1.2', '192.168.1.2'],
		['127.0.0.1', '127.0.0.1', '127.0.0.1'],
		['10.0.0.7', '192.168.1.2', '10.0.0.7'],
		['10.0.0.7', '127.0.0.1', '10.0.0.7'],
	])('gives a peer seen at %s to those who reached the tracker on %s as %s', (ip, ownIp, expected) => {
		const {view, join, directory, snapshot, changes} = setUp(ownIp);
		join(ip, 1, [file('a')]);
		expect(directory()).toMatchObject({a: {ip: expected}});
		expect(snapshot()).toMatchObject({peers: [{ip: expected}]});
		expect(view.message(changes[0]!)).toMatchObject({type: 'joined', peer: {ip: expected}});
	});
});
