import {describe, expect, it} from 'vitest';
import type {PeerEvent, Transfer} from '../../source/peer/events.js';
import {limits} from '../../source/state/limits.js';
import {reduce} from '../../source/state/reducer.js';
import {initialState, type State} from '../../source/state/state.js';
import {nowMs, rates, sampled, transfer, transferRow} from './rows.js';

/** A fact so many seconds after the beginning. */
const at = (seconds: number, values: Partial<Transfer>) => ({
	type: 'peer events' as const,
	events: [transfer(transferRow(1, {size: 9e6, ...values}))] satisfies PeerEvent[],
	nowMs: nowMs + seconds * 1000,
});

const reading = (seconds: number, ...sources: Parameters<typeof rates>) => ({
	...sampled(seconds * 1000, [{id: 1, bytes: 0, sources: rates(...sources)}]),
	nowMs: nowMs + seconds * 1000,
});

function run(...actions: Array<Parameters<typeof reduce>[1]>): State {
	let state = reduce(initialState, sampled(0, []));
	for (const action of actions) {
		state = reduce(state, action);
	}

	return state;
}

const told = (state: State) =>
	state.histories.get(1)!.happenings.map(({atMs, what, text}) => [(atMs - nowMs) / 1000, what, text]);

const last = (state: State) => state.histories.get(1)!.happenings.at(-1)!;

describe('the history of a transfer', () => {
	it('tells what happened and when, and nothing that only brings figures up to date', () => {
		const state = run(
			at(0, {state: 'waiting'}),
			at(1, {state: 'running'}),
			reading(2, ['bob', 1]),
			at(3, {state: 'running', bytes: 3e6, peer: 'bob'}),
			reading(4, ['bob', 1], ['carol', 1], ['dave', 1]),
			reading(5, ['dave', 1]),
			at(6, {state: 'paused', bytes: 4e6}),
			at(7, {state: 'waiting', bytes: 4e6}),
			at(8, {state: 'running', bytes: 4e6}),
			at(9, {state: 'failed', bytes: 5e6, error: 'bob closed the connection'}),
		);
		expect(told(state)).toEqual([
			[0, 'queued', ''],
			[1, 'started', ''],
			[2, 'joined', 'bob'],
			[4, 'joined', 'carol, dave'],
			[5, 'left', 'bob, carol'],
			[6, 'paused', ''],
			[7, 'queued', ''],
			[8, 'started', ''],
			[9, 'failed', 'bob closed the connection'],
		]);
	});

	it('tells what a download waits for, while it runs or does not, once', () => {
		const error = 'the disk is full';
		const state = run(
			at(0, {state: 'waiting', error: 'nobody who holds it is here yet'}),
			at(1, {state: 'running', error: undefined}),
			at(2, {state: 'running', error}),
			at(3, {state: 'running', error, bytes: 5}),
			at(4, {state: 'running', error: undefined}),
		);
		expect(told(state)).toEqual([
			[0, 'queued', ''],
			[0, 'waiting', 'nobody who holds it is here yet'],
			[1, 'started', ''],
			[2, 'waiting', error],
		]);
	});

	it('counts how long it ran and how fast, without its pauses and what was here before', () => {
		const state = run(
			at(0, {state: 'waiting', bytes: 1e6}),
			at(10, {state: 'running', bytes: 1e6}),
			at(12, {state: 'paused', bytes: 3e6}),
			at(60, {state: 'running', bytes: 3e6}),
			at(62, {state: 'done', bytes: 9e6}),
		);
		expect(last(state)).toMatchObject({what: 'done', ranMs: 4000, bytesPerSecond: 2e6});
	});

	it('counts anew what is tried again', () => {
		const state = run(
			at(0, {state: 'running'}),
			at(5, {state: 'failed', bytes: 5e6, error: 'refused'}),
			at(10, {state: 'waiting', bytes: 5e6}),
			at(10, {state: 'running', bytes: 5e6}),
			at(12, {state: 'done', bytes: 9e6}),
		);
		expect(last(state)).toMatchObject({what: 'done', ranMs: 2000, bytesPerSecond: 2e6});
	});

	it('has no figures where nothing ran', () => {
		const happening = last(run(at(0, {state: 'waiting'}), at(5, {state: 'cancelled'})));
		expect(happening).toEqual({atMs: nowMs + 5000, what: 'cancelled', text: ''});
	});

	it('names a few of many sources that come at once', () => {
		const all = Array.from({length: 9}, (_, index): [string, number] => [`p${index}`, 1]);
		expect(last(run(at(0, {state: 'running'}), reading(1, ...all)))).toMatchObject({text: 'p0, p1, p2 and 6 more'});
	});

	it('is no longer than its limit: the oldest goes', () => {
		const turns = Array.from({length: 30}, (_, index) => at(index, {state: index % 2 === 0 ? 'running' : 'paused'}));
		const {happenings} = run(...turns).histories.get(1)!;
		expect(happenings).toHaveLength(limits.maxHappenings);
		expect(happenings.at(-1)?.atMs).toBe(nowMs + 29_000);
	});

	it('goes with its transfer', () => {
		const state = run(at(0, {state: 'done'}));
		expect(state.histories.size).toBe(1);
		expect(reduce(state, {type: 'peer events', events: [{type: 'cleared', ids: [1]}], nowMs}).histories.size).toBe(0);
	});

	it('is the very same while nobody joins or leaves', () => {
		const state = run(at(0, {state: 'running'}), reading(1, ['bob', 1]));
		expect(reduce(state, reading(2, ['bob', 3])).histories).toBe(state.histories);
	});
});
