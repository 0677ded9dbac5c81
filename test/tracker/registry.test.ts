import {describe, expect, it} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {Registry, type RegistryChange} from '../../tracker/registry.js';
import {changeLimits} from '../peer/change-limits.js';

const ip = '10.0.0.7';

function setUp() {
	const changes: RegistryChange[] = [];
	const registry = new Registry({
		ttlMs: 15,
		classicTtlMs: 180,
		graceMs: 3,
		onChange(change) {
			changes.push(change);
		},
	});
	/** The changes since the last look, without the peers' own objects. */
	const news = () => changes.splice(0).map(({peer, ...change}) => ({...change, port: peer.port}));
	return {registry, news, changes};
}

const v2 = (port: number, names: string[] = [], name = 'ada') => ({
	port,
	name,
	version: 2 as const,
	files: names.map(one => ({name: one, mtime: 5, size: 1})),
	parts: [] as string[],
});
const classic = (port: number, files: Record<string, number> = {}) => ({
	port,
	name: '',
	version: 1 as const,
	files: Object.entries(files).map(([name, mtime]) => ({name, mtime})),
	parts: [] as string[],
});

describe('Registry', () => {
	it('says once that a peer joined', () => {
		const {registry, news} = setUp();
		registry.announce(ip, v2(1, ['a']), 0);
		registry.announce(ip, v2(1, ['a']), 1);
		expect(news()).toEqual([{type: 'joined', revision: 1, port: 1}]);
		expect(registry.peerCount).toBe(1);
	});

	it('gives each change the next revision and no revision to anything else', () => {
		const {registry, changes} = setUp();
		const peer = registry.announce(ip, v2(1, ['a']), 0);
		registry.announce(ip, v2(2), 0);
		registry.touch(peer, 1);
		registry.update(peer, {added: [{name: 'b', mtime: 1, size: 1}], removed: []});
		registry.update(peer, {added: [], removed: ['not there']});
		registry.leave(peer, 'bye');
		registry.leave(peer, 'bye');
		expect(changes.map(({revision}) => revision)).toEqual([1, 2, 3, 4]);
		expect(registry.revision).toBe(4);
	});

	it('gives no id twice', () => {
		const {registry} = setUp();
		const first = registry.announce(ip, v2(1), 0);
		const firstId = first.id;
		const second = registry.announce(ip, v2(2), 0);
		registry.leave(first, 'bye');
		const third = registry.announce(ip, v2(1), 0);
		expect(new Set([firstId, second.id, third.id]).size).toBe(3);
	});

	it('knows peers by address and port, not by the name they give themselves', () => {
		const {registry} = setUp();
		registry.announce('10.0.0.7', v2(1, [], 'ada'), 0);
		registry.announce('10.0.0.8', v2(1, [], 'ada'), 0);
		registry.announce('10.0.0.7', v2(2, [], 'ada'), 0);
		expect(registry.peerCount).toBe(3);
	});

	it('tells only what differs when a peer announces itself again', () => {
		const {registry, news} = setUp();
		registry.announce(ip, v2(1, ['a', 'b']), 0);
		news();
		const {files, ...rest} = v2(1, ['b', 'c']);
		registry.announce(ip, {...rest, files: [...files, {name: 'd', mtime: 6, size: 1}]}, 1);
		expect(news()).toEqual([
			{
				type: 'changed',
				revision: 2,
				port: 1,
				added: [
					{name: 'c', mtime: 5, size: 1},
					{name: 'd', mtime: 6, size: 1},
				],
				removed: ['a'],
			},
		]);
	});

	it.each([
		['a newer time', {mtime: 6, size: 1}],
		['an older time', {mtime: 4, size: 1}],
		['another size', {mtime: 5, size: 2}],
	])('tells of a file with %s', (_, version) => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, v2(1, ['a']), 0);
		news();
		const added = [{name: 'a', ...version}];
		registry.update(peer, {added, removed: []});
		expect(news()).toEqual([{type: 'changed', revision: 2, port: 1, added, removed: []}]);
	});

	it('merges a second list of a classic peer on its connection, the newer time winning', () => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, classic(1, {kept: 5, older: 5, newer: 5}), 0);
		news();
		registry.announce(ip, classic(1, {older: 4, newer: 6, fresh: 1}), 1, true);
		expect(Array.from(peer.files.values(), ({name, mtime}) => [name, mtime])).toEqual([
			['kept', 5],
			['older', 5],
			['newer', 6],
			['fresh', 1],
		]);
		expect(news()).toMatchObject([{added: [{name: 'newer'}, {name: 'fresh'}], removed: []}]);
	});

	it('takes the list of a classic peer on a new connection for the whole truth', () => {
		const {registry} = setUp();
		registry.announce(ip, classic(1, {gone: 5, kept: 5}), 0);
		const peer = registry.announce(ip, classic(1, {kept: 5}), 1);
		expect([...peer.files.keys()]).toEqual(['kept']);
	});

	it.each([
		['another name', v2(1, [], 'grace')],
		['another dialect', classic(1)],
	])('takes %s at a known address for a new peer', (_, other) => {
		const {registry, news} = setUp();
		registry.announce(ip, v2(1, ['a']), 0);
		const peer = registry.announce(ip, other, 1);
		expect(news()).toEqual([
			{type: 'joined', revision: 1, port: 1},
			{type: 'left', revision: 2, port: 1, reason: 'replaced'},
			{type: 'joined', revision: 3, port: 1},
		]);
		expect([...registry.peers]).toEqual([peer]);
		expect(peer.files.size).toBe(0);
	});

	it.each([
		['one of ours', v2(1), 15],
		['a classic peer', classic(1), 180],
	])('drops %s after its silence', (_, init, ttl) => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, init, 0);
		registry.touch(peer, 10);
		registry.expire(10 + ttl - 1);
		expect(registry.peerCount).toBe(1);
		registry.expire(10 + ttl);
		expect(news().at(-1)).toEqual({type: 'left', revision: 2, port: 1, reason: 'silent'});
		expect(registry.peerCount).toBe(0);
	});

	it('brings a silent peer back with all its files at its next word', () => {
		const {registry, changes} = setUp();
		const peer = registry.announce(ip, classic(1, {a: 5}), 0);
		registry.expire(1000);
		registry.touch(peer, 1001);
		expect(changes.map(({type}) => type)).toEqual(['joined', 'left', 'joined']);
		expect([...changes[2]!.peer.files.keys()]).toEqual(['a']);
		registry.expire(1001 + 179);
		expect(registry.peerCount).toBe(1);
	});

	it('does not bring a silent peer back over another that took its address', () => {
		const {registry, news} = setUp();
		const old = registry.announce(ip, classic(1, {a: 5}), 0);
		registry.expire(1000);
		const present = registry.announce(ip, v2(1), 1001);
		news();
		registry.touch(old, 1002);
		registry.leave(old, 'bye');
		registry.disconnect(old, 1002);
		registry.expire(1010);
		expect(news()).toEqual([]);
		expect([...registry.peers]).toEqual([present]);
	});

	it('keeps a peer whose connection closed for the grace, and no longer', () => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, classic(1), 0);
		registry.disconnect(peer, 1);
		registry.expire(3);
		expect(news()).toHaveLength(1);
		registry.expire(4);
		expect(news()).toEqual([{type: 'left', revision: 2, port: 1, reason: 'disconnected'}]);
		registry.expire(1000);
		expect(news()).toEqual([]);
	});

	it('says nothing of a peer that is back within the grace', () => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, v2(1, ['a']), 0);
		registry.disconnect(peer, 1);
		expect(registry.announce(ip, v2(1, ['a']), 2)).toBe(peer);
		registry.expire(10);
		expect(news()).toHaveLength(1);
	});

	it('holds files called __proto__ and constructor like any other', () => {
		const {registry} = setUp();
		const peer = registry.announce(ip, v2(1, ['__proto__', 'constructor']), 0);
		registry.update(peer, {added: [], removed: ['toString', '__proto__']});
		expect([...peer.files.keys()]).toEqual(['constructor']);
	});
});

describe('content ids', () => {
	const [rootA, rootB] = ['a'.repeat(64), 'b'.repeat(64)];
	const file = (root?: string) => ({name: 'a', mtime: 5, size: 1, ...(root !== undefined && {root})});

	it('are told when they come, change and go, though nothing else does', () => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, v2(1, ['a']), 0);
		news();
		for (const root of [rootA, rootA, rootB, undefined]) {
			registry.update(peer, {added: [file(root)], removed: []});
		}

		expect(news()).toMatchObject([{added: [file(rootA)]}, {added: [file(rootB)]}, {added: [file()]}]);
		expect(peer.files.get('a')).not.toHaveProperty('root');
	});

	it('that come later do not cost the first to announce its place', () => {
		const {registry} = setUp();
		const first = registry.announce(ip, v2(1, ['a']), 0);
		const second = registry.announce(ip, v2(2, ['a']), 0);
		registry.update(first, {added: [file(rootA)], removed: []});
		expect(first.files.get('a')!.order).toBeLessThan(second.files.get('a')!.order);
		registry.update(first, {added: [{...file(rootA), size: 2}], removed: []});
		expect(first.files.get('a')!.order).toBeGreaterThan(second.files.get('a')!.order);
	});

	it('count in what the directory may take: a file goes without rather than not at all', () => {
		changeLimits({maxDirectoryBytes: 300});
		const {registry} = setUp();
		const peer = registry.announce(ip, v2(1), 0);
		const names = ['a', 'b', 'c'];
		registry.update(peer, {added: names.map(name => ({...file(rootA), name})), removed: []});
		const held = () => Array.from(peer.files.values(), ({name, root}) => (root ? `${name}+` : name));
		expect(held()).toEqual(['a+']);
		registry.update(peer, {added: [{...file(), name: 'b'}], removed: ['a']});
		registry.update(peer, {added: [{...file(rootA), name: 'c'}], removed: []});
		expect(held()).toEqual(['b', 'c']);
		registry.update(peer, {added: [{...file(rootA), name: 'b'}], removed: []});
		expect(held()).toEqual(['b', 'c']);
		registry.leave(peer, 'bye');
		const next = registry.announce(ip, {...v2(1), files: [file(rootA)]}, 0);
		expect(next.files.get('a')?.root).toBe(rootA);
	});
});

describe('parts', () => {
	const roots = Array.from({length: limits.maxPartsPerPeer + 5}, (_, index) => String(index).padStart(64, '0'));
	const [rootA, rootB, rootC] = roots as [string, string, string];
	const parts = (added: string[], removed: string[] = []) => ({added: [], removed: [], parts: {added, removed}});

	it('come and go with changes, each told once', () => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, v2(1), 0);
		news();
		registry.update(peer, parts([rootA, rootB]));
		registry.update(peer, parts([rootB]));
		registry.update(peer, parts([], [rootC]));
		registry.update(peer, parts([rootC], [rootA]));
		expect(news()).toEqual([
			{type: 'changed', revision: 2, port: 1, ...parts([rootA, rootB])},
			{type: 'changed', revision: 3, port: 1, ...parts([rootC], [rootA])},
		]);
		expect([...peer.parts]).toEqual([rootB, rootC]);
	});

	it('that are taken away and added in one change are there afterwards', () => {
		const {registry} = setUp();
		const peer = registry.announce(ip, {...v2(1), parts: [rootA]}, 0);
		registry.update(peer, parts([rootA], [rootA]));
		expect([...peer.parts]).toEqual([rootA]);
	});

	it('of an Init are the whole truth', () => {
		const {registry, news} = setUp();
		const peer = registry.announce(ip, {...v2(1), parts: [rootA, rootB]}, 0);
		news();
		registry.announce(ip, {...v2(1), parts: [rootB, rootC]}, 1);
		expect(news()).toEqual([{type: 'changed', revision: 2, port: 1, ...parts([rootC], [rootA])}]);
		registry.announce(ip, v2(1), 2, true);
		expect(peer.parts.size).toBe(0);
	});

	it('do not pass to another peer at the address', () => {
		const {registry} = setUp();
		registry.announce(ip, {...v2(1), parts: [rootA]}, 0);
		expect(registry.announce(ip, v2(1, [], 'grace'), 1).parts.size).toBe(0);
	});

	it('are bounded for each peer, whatever it offers', () => {
		const {registry} = setUp();
		const peer = registry.announce(ip, {...v2(1), parts: roots}, 0);
		expect(peer.parts.size).toBe(limits.maxPartsPerPeer);
		registry.update(peer, parts(roots));
		expect(peer.parts.size).toBe(limits.maxPartsPerPeer);
	});

	it('count in what the directory may take, and give it back', () => {
		changeLimits({maxDirectoryBytes: 140});
		const {registry} = setUp();
		const peer = registry.announce(ip, {...v2(1), parts: [rootA, rootB, rootC]}, 0);
		expect([...peer.parts]).toEqual([rootA, rootB]);
		registry.update(peer, {added: [{name: 'a', mtime: 5}], removed: []});
		expect(peer.files.size).toBe(0);
		registry.update(peer, parts([rootC], [rootA]));
		expect([...peer.parts]).toEqual([rootB, rootC]);
		registry.leave(peer, 'bye');
		registry.touch(peer, 1);
		registry.update(peer, parts([], [rootB, rootC]));
		registry.update(peer, {added: [{name: 'a', mtime: 5}], removed: []});
		expect(peer.files.size).toBe(1);
	});
});
