import {describe, expect, it} from 'vitest';
import type {WireMessage} from '../../source/protocol/wire.js';
import type {Action} from '../../source/state/actions.js';
import {limits} from '../../source/state/limits.js';
import {nextNarrowing} from '../../source/state/narrow.js';
import {reduce} from '../../source/state/reducer.js';
import {rowsOf, selected, viewport} from '../../source/state/selectors.js';
import {initialState, type State} from '../../source/state/state.js';
import {openMessage} from '../../source/state/wire-rows.js';
import {after, nowMs, wireMessage} from './rows.js';

const inWire: State = {...initialState, focus: 'wire', extra: 'wire', size: {columns: 80, rows: 24}};

const run = (state: State, ...actions: Action[]): State => {
	let current = state;
	for (const action of actions) {
		current = reduce(current, action);
	}

	return current;
};

const hear = (state: State, ...messages: Array<Partial<WireMessage>>): State =>
	after(
		messages.map(values => ({type: 'wire' as const, message: wireMessage(values)})),
		state,
	);

/** So many messages, told by their kinds. */
const numbered = (from: number, to: number) =>
	Array.from({length: to - from + 1}, (_, index) => ({kind: `message ${from + index}`}));

const kinds = (state: State) => rowsOf(state, 'wire').map(({kind}) => kind);

const shownKinds = (state: State) => viewport(state, 'wire').rows.map(({kind}) => kind);

const chosen = (state: State) => selected(state, 'wire')?.kind;

describe('messages of the wire', () => {
	it('stand in the order they came in, the same one as often as it came', () => {
		const state = hear(hear(inWire, {kind: 'a'}, {kind: 'a'}), {kind: 'b'}, {kind: 'a'});
		expect(kinds(state)).toEqual(['a', 'a', 'b', 'a']);
		expect([...state.wire.keys()]).toEqual([1, 2, 3, 4]);
	});

	it('are forgotten from the oldest on, above a limit', () => {
		const {maxWireRows} = limits;
		const state = hear(hear(inWire, ...numbered(1, maxWireRows)), ...numbered(maxWireRows + 1, maxWireRows + 30));
		expect(state.wire.size).toBe(maxWireRows);
		expect(kinds(state)[0]).toBe('message 31');
		expect(kinds(state).at(-1)).toBe(`message ${maxWireRows + 30}`);
	});

	it('are no more than the limit, however many come at once', () => {
		const state = hear(hear(inWire, {kind: 'old'}), ...numbered(1, limits.maxWireRows * 2));
		expect(state.wire.size).toBe(limits.maxWireRows);
		expect(kinds(state)[0]).toBe(`message ${limits.maxWireRows + 1}`);
	});

	it('leave a list that was shown before as it was', () => {
		const before = hear(inWire, ...numbered(1, 3));
		hear(before, ...numbered(4, 9));
		expect(kinds(before)).toHaveLength(3);
	});
});

describe('the cursor on the wire', () => {
	it('goes along with the latest message, until it is moved, and again at the end', () => {
		const state = hear(inWire, ...numbered(1, 50));
		expect(chosen(hear(state, {kind: 'new'}))).toBe('new');
		const up = run(state, {type: 'move', rows: -1});
		expect(chosen(hear(up, {kind: 'new'}))).toBe('message 49');
		expect(chosen(hear(run(up, {type: 'move', rows: 1000}), {kind: 'new'}))).toBe('new');
	});

	it('stays on its message, and that where it is on the screen, while the oldest are forgotten', () => {
		const full = run(hear(inWire, ...numbered(1, limits.maxWireRows)), {type: 'move', rows: -1000});
		const before = shownKinds(full);
		expect(before).toContain('message 1000');
		const later = hear(full, ...numbered(limits.maxWireRows + 1, limits.maxWireRows + 500));
		expect(chosen(later)).toBe('message 1000');
		expect(shownKinds(later)).toEqual(before);
		// A step from there goes to the next one.
		expect(chosen(run(later, {type: 'move', rows: 1}))).toBe('message 1001');
	});

	it('is on the oldest when its message was forgotten', () => {
		const full = run(hear(inWire, ...numbered(1, limits.maxWireRows)), {type: 'move', rows: -1990});
		expect(chosen(full)).toBe('message 10');
		const later = hear(full, ...numbered(limits.maxWireRows + 1, limits.maxWireRows + 100));
		expect(chosen(later)).toBe('message 101');
	});
});

describe('a pause', () => {
	it('holds what comes, and lets it in when it goes on', () => {
		const paused = hear(run(hear(inWire, ...numbered(1, 2)), {type: 'pause wire'}), ...numbered(3, 5));
		expect(kinds(paused)).toEqual(['message 1', 'message 2']);
		expect(paused.wireView.held).toHaveLength(3);
		const on = run(paused, {type: 'pause wire'});
		expect(kinds(on)).toEqual(numbered(1, 5).map(({kind}) => kind));
		expect(on.wireView.held).toBeUndefined();
	});

	it('holds no more than the limit, and forgets the oldest', () => {
		const {maxWireRows} = limits;
		const paused = hear(run(hear(inWire, {kind: 'old'}), {type: 'pause wire'}), ...numbered(1, maxWireRows));
		const more = hear(paused, ...numbered(maxWireRows + 1, maxWireRows + 10));
		expect(more.wireView.held).toHaveLength(maxWireRows);
		const on = run(more, {type: 'pause wire'});
		expect(on.wire.size).toBe(maxWireRows);
		expect(kinds(on)[0]).toBe('message 11');
	});

	it('goes on while everything is cleared', () => {
		const paused = hear(run(hear(inWire, {kind: 'a'}), {type: 'pause wire'}), {kind: 'b'});
		const cleared = run(paused, {type: 'clear wire'});
		expect(kinds(cleared)).toEqual([]);
		expect(cleared.wireView.held).toEqual([]);
		expect(kinds(run(hear(cleared, {kind: 'c'}), {type: 'pause wire'}))).toEqual(['c']);
	});
});

describe('watching', () => {
	const watch = (isOn: boolean, seconds: number): Action => ({
		type: 'watch wire',
		isOn,
		nowMs: nowMs + seconds * 1000,
	});

	it('says so where nobody has watched for a while', () => {
		const before = hear(run(inWire, watch(true, 0)), {kind: 'a'});
		const again = hear(run(before, watch(false, 5), watch(true, 17)), {kind: 'b'});
		expect(rowsOf(again, 'wire').map(({kind, gapMs}) => gapMs ?? kind)).toEqual(['a', 12_000, 'b']);
	});

	it('has no gap before the first message', () => {
		expect(run(inWire, watch(true, 0)).wire.size).toBe(0);
		expect(run(inWire, watch(true, 0), watch(false, 1), watch(true, 9)).wire.size).toBe(0);
	});

	it('holds the gap, too, while it is paused', () => {
		const paused = run(hear(run(inWire, watch(true, 0)), {kind: 'a'}), {type: 'pause wire'});
		const again = run(paused, watch(false, 5), watch(true, 6));
		expect(kinds(again)).toEqual(['a']);
		expect(again.wireView.held).toMatchObject([{gapMs: 1000}]);
	});

	it('has no gap below zero when the clock goes back', () => {
		const again = run(hear(inWire, {kind: 'a'}), watch(false, 5), watch(true, 1));
		expect(rowsOf(again, 'wire').at(-1)?.gapMs).toBe(0);
	});
});

describe('an open message', () => {
	const opened = run(hear(inWire, ...numbered(1, 10)), {type: 'mode', mode: 'details'});

	it('is the one under the cursor, and stays it while others come', () => {
		expect(openMessage(opened)?.kind).toBe('message 10');
		expect(openMessage(hear(opened, {kind: 'new'}))?.kind).toBe('message 10');
	});

	it('stays while the ring forgets what is older and newer, until it is closed', () => {
		const much = hear(opened, ...numbered(11, limits.maxWireRows + 500));
		expect(openMessage(much)?.kind).toBe('message 10');
		const closed = hear(run(much, {type: 'mode', mode: 'normal'}), {kind: 'new'}, {kind: 'newer'});
		expect(kinds(closed)).not.toContain('message 10');
		expect(closed.wire.size).toBe(limits.maxWireRows);
	});

	it('has the next and the one before as neighbours', () => {
		const later = hear(opened, {kind: 'new'});
		expect(openMessage(run(later, {type: 'move', rows: 1}))?.kind).toBe('new');
		expect(openMessage(run(later, {type: 'move', rows: -1}))?.kind).toBe('message 9');
		// The last one does not turn into whatever comes next.
		expect(openMessage(hear(run(later, {type: 'move', rows: 1}), {kind: 'newer'}))?.kind).toBe('new');
	});
});

describe('narrowing', () => {
	const data = {plane: 'data', remote: '10.0.0.7:51022'} as const;
	const mixed = hear(
		inWire,
		{kind: 'init'},
		{...data, party: 'bob', kind: 'GET'},
		{...data, party: 'bobby', kind: 'GET'},
		{...data, party: 'bob', kind: '206'},
		{...data, party: 'carol', kind: 'file'},
		{kind: 'files'},
	);
	const narrow: Action = {type: 'narrow wire'};

	it('goes from the peer to the kind, the plane, and back to all, and stays on the message', () => {
		const onBob = run(mixed, {type: 'move', rows: -2});
		expect(chosen(onBob)).toBe('206');
		const filters: string[] = [];
		const seen: string[][] = [];
		let state = onBob;
		for (let step = 0; step < 4; step++) {
			state = reduce(state, narrow);
			filters.push(state.panes.wire.filter);
			seen.push(kinds(state));
			expect(chosen(state)).toBe('206');
		}

		expect(filters).toEqual(['peer:bob,', 'kind:206,', 'plane:data,', '']);
		expect(seen).toEqual([['GET', '206'], ['206'], ['GET', 'GET', '206', 'file'], kinds(mixed)]);
	});

	it('takes a member as a whole: file is not files', () => {
		const state = run(mixed, {type: 'move', rows: -1}, narrow, narrow);
		expect(state.panes.wire.filter).toBe('kind:file,');
		expect(kinds(state)).toEqual(['file']);
	});

	it('goes on following where it did', () => {
		const state = run(mixed, narrow);
		expect(state.panes.wire.filter).toBe('peer:tracker,');
		expect(chosen(hear(state, {kind: 'keep-alive'}, {...data, party: 'bob'}))).toBe('keep-alive');
	});

	it.each([
		'bob smith',
		'a "quoted" name',
		'-minus',
		'two  spaces',
		'kind:get, x',
		'"',
		'ÄÖÜ Straße',
		'Σίσυφος',
		'王 小明',
	])('to a peer that calls itself %s finds that one', party => {
		const state = run(hear(mixed, {...data, party, kind: 'mine'}), narrow);
		expect(kinds(state)).toEqual(['mine']);
		expect(nextNarrowing(state)?.narrowing).toBe('kind');
	});

	it('does nothing in a gap, nor where nothing is', () => {
		expect(nextNarrowing(inWire)).toBeUndefined();
		const gap = run(
			hear(inWire, {kind: 'a'}),
			{type: 'watch wire', isOn: false, nowMs},
			{type: 'watch wire', isOn: true, nowMs: nowMs + 1000},
		);
		expect(nextNarrowing(gap)).toBeUndefined();
		expect(run(gap, narrow).panes.wire.filter).toBe('');
	});

	it('is a filter like any: it can be typed, and malformed finds what nobody could read', () => {
		const filtered = (text: string) => kinds(run(mixed, {type: 'filter', text}));
		expect(filtered('peer:bob, kind:get')).toEqual(['GET']);
		expect(filtered('plane:control')).toEqual(['init', 'files']);
		const broken = hear(mixed, {kind: 'junk', problem: 'Expected a JSON object'});
		expect(kinds(run(broken, {type: 'filter', text: 'malformed'}))).toEqual(['junk']);
	});
});
