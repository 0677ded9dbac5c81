import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {PeerEvent, RemoteFile} from '../../source/peer/events.js';
import {filesOfPeer, missingOf, versionsOf} from '../../source/state/related-rows.js';
import {after, remote, remoteRow} from './rows.js';

const held = (name: string, peer: string, values: Partial<RemoteFile> = {}) => {
	const row = remoteRow(name, values);
	return {...row, sources: [{...row.sources[0]!, key: peer}]};
};

const names = (files: readonly RemoteFile[]) => files.map(({name}) => name);

describe('what a peer holds', () => {
	it('follows its files as they come, change and go', () => {
		const others = Array.from({length: 20}, (_, index) => held(`f${index}`, '9'));
		const first = after([remote(held('a', '1'), held('b', '2'), held('c', '1', {state: 'here'}), ...others)]);
		expect(names(filesOfPeer(first, '1'))).toEqual(['a', 'c']);
		expect(missingOf(filesOfPeer(first, '1'))).toBe(1);
		const second = after([remote(held('a', '1', {size: 1}), held('b', '1'), held('d', '3'))], first);
		expect(names(filesOfPeer(second, '1'))).toEqual(['a', 'c', 'b']);
		expect(filesOfPeer(second, '1')[0]!.size).toBe(1);
		const third = after([{type: 'remote', changed: [held('c', '2')], removed: ['a']}], second);
		expect(names(filesOfPeer(third, '1'))).toEqual(['b']);
		expect(names(filesOfPeer(third, '2'))).toEqual(['c']);
		expect(names(filesOfPeer(first, '1'))).toEqual(['a', 'c']);
	});

	it('is the same as of all files anew, whatever changes', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', undefined)), {maxLength: 4}),
					{maxLength: 12},
				),
				steps => {
					let state = after([]);
					for (const step of steps) {
						const events = step.map(([name, peer]): PeerEvent =>
							peer ? remote(held(name, peer)) : {type: 'remote', changed: [], removed: [name]},
						);
						state = after(events, state);
						for (const peer of ['1', '2']) {
							const all = [...state.remote.values()].filter(({sources}) => sources[0]!.key === peer);
							expect(new Set(filesOfPeer(state, peer))).toEqual(new Set(all));
						}
					}
				},
			),
		);
	});

	it('is the very same while only the files of others change', () => {
		const first = after([remote(...Array.from({length: 99}, (_, index) => held(`f${index}`, '1')))]);
		const files = filesOfPeer(first, '1');
		const second = after([remote(held('x', '2'))], first);
		expect(filesOfPeer(second, '1')).toBe(files);
	});
});

it('the versions of a name are found among all files, the newest first', () => {
	const state = after([
		remote(
			held('a', '1', {key: 'a\n1', mtime: 5}),
			held('b', '1'),
			held('a', '1', {mtime: 9}),
			held('a', '2', {key: 'a\n2', mtime: 7}),
		),
	]);
	expect(versionsOf(state, 'a').map(({mtime}) => mtime)).toEqual([9, 7, 5]);
	expect(versionsOf(state, 'none')).toEqual([]);
});
