import {describe, expect, it} from 'vitest';
import {reduce} from '../../source/state/reducer.js';
import type {State} from '../../source/state/state.js';
import {after, nowMs, peerRow, sampled} from './rows.js';

const read = (atMs: number, key: string, downBytes: number, upBytes = 0) => ({
	...sampled(atMs, []),
	peer: {key, downBytes, upBytes, rttMs: 3},
});

describe('the peer whose details are open', () => {
	it('has rates as of two readings of its counters, and the last few of them', () => {
		let state: State = reduce(after([]), read(0, '1', 1e6));
		expect(state.peerReading).toMatchObject({key: '1', rttMs: 3, downBytes: 1e6, rates: {down: 0, downHistory: []}});
		state = reduce(state, read(500, '1', 3e6, 1e6));
		expect(state.peerReading?.rates).toEqual({down: 4e6, up: 2e6, downHistory: [4e6], upHistory: [2e6]});
		state = reduce(state, read(1000, '1', 3e6, 1e6));
		expect(state.peerReading?.rates).toMatchObject({down: 0, up: 0, downHistory: [4e6, 0]});
	});

	it('begins anew with another peer, or with counters that do', () => {
		const state = reduce(reduce(after([]), read(0, '1', 9e6)), read(500, '2', 1e6));
		expect(state.peerReading).toMatchObject({key: '2', rates: {down: 0, downHistory: []}});
		expect(reduce(state, read(1000, '2', 0)).peerReading?.rates.down).toBe(0);
	});

	it('is forgotten when the details close', () => {
		const state = reduce(after([]), read(0, '1', 9e6));
		expect(reduce(state, sampled(250, [])).peerReading).toBeDefined();
		expect(reduce(state, {type: 'mode', mode: 'normal'}).peerReading).toBeUndefined();
	});
});

it('remembers since when each peer has been here, as far as this screen saw it', () => {
	const told = (state: State, at: number, changed: string[], removed: string[] = []) =>
		reduce(state, {
			type: 'peer events',
			events: [{type: 'peers', changed: changed.map(key => peerRow({key})), removed}],
			nowMs: nowMs + at,
		});
	const state = told(told(after([]), 0, ['1', '2']), 5000, ['2', '3'], ['1']);
	expect([...state.seenSince]).toEqual([
		['2', nowMs],
		['3', nowMs + 5000],
	]);
	expect(told(state, 9000, ['1']).seenSince.get('1')).toBe(nowMs + 9000);
});
