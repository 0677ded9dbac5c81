import {describe, expect, it} from 'vitest';
import type {RemoteFile} from '../../source/peer/events.js';
import {filesOfPeer, missingOf, versionsOf} from '../../source/state/related-rows.js';
import {after, remote, remoteRow} from './rows.js';

const held = (name: string, peer: string, values: Partial<RemoteFile> = {}) => {
	const row = remoteRow(name, values);
	return {...row, sources: [{...row.sources[0]!, key: peer}]};
};

const names = (files: readonly RemoteFile[]) => files.map(({name}) => name);

describe('what a peer holds', () => {
	it('follows its files as they come, change and go', () => {
		const first = after([remote(held('a', '1'), held('b', '2'), held('c', '1', {state: 'here'}))]);
		expect(names(filesOfPeer(first, '1'))).toEqual(['a', 'c']);
		expect(missingOf(filesOfPeer(first, '1'))).toBe(1);
		const second = after([remote(held('b', '1'), held('d', '3'))], first);
		expect(names(filesOfPeer(second, '1'))).toEqual(['a', 'b', 'c']);
		const third = after([{type: 'remote', changed: [held('c', '2')], removed: ['a']}], second);
		expect(names(filesOfPeer(third, '1'))).toEqual(['b']);
		expect(names(filesOfPeer(third, '2'))).toEqual(['c']);
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
