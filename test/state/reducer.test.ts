import {describe, expect, it} from 'vitest';
import type {RunningSample} from '../../source/peer/events.js';
import type {Action} from '../../source/state/actions.js';
import {reduce} from '../../source/state/reducer.js';
import {
	canBeRequested,
	chosenKeys,
	chosenTransfer,
	cursorIndex,
	detailedId,
	downloadOf,
	hasFinished,
	rowsOf,
	selected,
	viewport,
	waitingDownloads,
} from '../../source/state/selectors.js';
import type {State} from '../../source/state/state.js';
import {
	after,
	connected,
	listening,
	localRow,
	nowMs,
	peerRow,
	remote,
	rates,
	remoteRow,
	sampled,
	transfer,
	transferRow,
} from './rows.js';

function run(state: State, ...actions: Action[]): State {
	let current = state;
	for (const action of actions) {
		current = reduce(current, action);
	}

	return current;
}

const names = (state: State) => rowsOf(state, 'remote').map(({name}) => name);

const files = (...all: string[]) => after([remote(...all.map(name => remoteRow(name)))]);

describe('facts of the peer core', () => {
	it('fill the lists', () => {
		const state = after([
			listening,
			connected,
			{type: 'peers', changed: [peerRow()], removed: []},
			{type: 'local', changed: [localRow('a'), localRow('b')], removed: []},
			remote(remoteRow('x')),
			transfer(transferRow(1)),
			{type: 'sync', isOn: true},
			{type: 'notice', level: 'info', text: 'hello'},
		]);
		expect(state.self?.port).toBe(8001);
		expect(state.tracker).toMatchObject({state: 'connected', sinceMs: nowMs});
		expect([state.peers.size, state.local.size, state.remote.size, state.transfers.size]).toEqual([1, 2, 1, 1]);
		expect(state.isSyncing).toBe(true);
		expect(state.notice).toEqual({id: 1, level: 'info', text: 'hello', atMs: nowMs});
		expect([...state.log.values()]).toEqual([state.notice]);
	});

	it('take rows away and put changed ones in their place', () => {
		const before = files('a', 'b');
		const state = after([{type: 'remote', changed: [remoteRow('b', {size: 1})], removed: ['a']}], before);
		expect([...state.remote.keys()]).toEqual(['b']);
		expect(state.remote.get('b')?.size).toBe(1);
		expect(before.remote.size).toBe(2);
	});

	it('remember the download of a file until it is over', () => {
		const running = after([transfer(transferRow(1, {name: 'a', state: 'running'}))]);
		expect(downloadOf(running, remoteRow('a'))?.state).toBe('running');
		expect(running.progress.has(1)).toBe(true);
		const done = after([transfer(transferRow(1, {name: 'a', state: 'done'}))], running);
		expect(downloadOf(done, remoteRow('a'))).toBeUndefined();
		expect(done.progress.size).toBe(0);
		expect(hasFinished(done)).toBe(true);
	});

	it('do not take an upload for a download', () => {
		const state = after([transfer(transferRow(1, {name: 'a', direction: 'up', state: 'running'}))]);
		expect(downloadOf(state, remoteRow('a'))).toBeUndefined();
	});

	it('clear transfers', () => {
		const state = after([transfer(transferRow(1, {name: 'a', state: 'failed'})), {type: 'cleared', ids: [1]}]);
		expect(state.transfers.size).toBe(0);
		expect(downloadOf(state, remoteRow('a'))).toBeUndefined();
	});

	it('take the mark of a file that has come or gone', () => {
		const marked = run(files('a', 'b', 'c'), {type: 'mark'}, {type: 'mark'}, {type: 'mark'});
		expect([...marked.marks]).toEqual(['a', 'b', 'c']);
		const state = after([{type: 'remote', changed: [remoteRow('a', {state: 'here'})], removed: ['b']}], marked);
		expect([...state.marks]).toEqual(['c']);
	});
});

describe('versions of one name', () => {
	const older = `a\n${'b'.repeat(64)}`;
	const state = after([
		remote(
			remoteRow('a', {key: older, mtime: nowMs / 1000 - 9000, size: 9_000_000}),
			remoteRow('b'),
			remoteRow('A'),
			remoteRow('a', {mtime: nowMs / 1000 - 8000, size: 1}),
			remoteRow('a', {key: 'a\n5-6', mtime: nowMs / 1000 - 8500, size: 1}),
		),
	]);
	const keys = (current: State) => rowsOf(current, 'remote').map(({key}) => key);

	it('are rows of their own, together and the newest first', () => {
		expect(keys(state)).toEqual(['A', 'a', 'a\n5-6', older, 'b']);
	});

	it('stand together in the other orders, too, where those leave it open', () => {
		const byHolders = run(state, {type: 'sort'}, {type: 'sort'}, {type: 'sort'});
		expect(keys(byHolders)).toEqual(['A', 'a', 'a\n5-6', older, 'b']);
		const byState = run(after([remote(remoteRow('a', {state: 'older'}))], byHolders), {type: 'sort'});
		expect(keys(byState)).toEqual(['A', 'a\n5-6', older, 'b', 'a']);
	});

	it('are marked, chosen and taken away each for itself', () => {
		const marked = run(state, {type: 'move', rows: 3}, {type: 'mark'});
		expect(chosenKeys(marked)).toEqual([older]);
		expect(chosenKeys(run(state, {type: 'move', rows: 1}))).toEqual(['a']);
		const gone = after([{type: 'remote', changed: [], removed: [older]}], marked);
		expect(gone.marks.size).toBe(0);
		expect(keys(gone)).toEqual(['A', 'a', 'a\n5-6', 'b']);
	});

	it('are not marked, nor stay marked, when they are older than what is here', () => {
		const marked = run(state, {type: 'mark'}, {type: 'mark'});
		expect([...marked.marks]).toEqual(['A', 'a']);
		const state2 = after([remote(remoteRow('a', {state: 'older'}))], marked);
		expect([...state2.marks]).toEqual(['A']);
		expect(run(state2, {type: 'mark'}).marks.size).toBe(2);
		expect(canBeRequested(remoteRow('a', {state: 'older'}))).toBe(false);
		expect(canBeRequested(undefined)).toBe(false);
	});

	it('show the download of the one that is fetched', () => {
		const newest = after([transfer(transferRow(1, {name: 'a', state: 'running'}))], state);
		expect(rowsOf(newest, 'remote').map(row => downloadOf(newest, row)?.id)).toEqual([
			undefined,
			1,
			undefined,
			undefined,
			undefined,
		]);
		const other = after([transfer(transferRow(2, {name: 'a', key: older, state: 'running'}))], state);
		expect(rowsOf(other, 'remote').map(row => downloadOf(other, row)?.id)).toEqual([
			undefined,
			undefined,
			undefined,
			2,
			undefined,
		]);
	});
});

describe('the cursor', () => {
	it('moves by rows and stops at both ends', () => {
		const state = files('a', 'b', 'c');
		expect(selected(run(state, {type: 'move', rows: 1}), 'remote')?.name).toBe('b');
		expect(selected(run(state, {type: 'move', rows: -1}), 'remote')?.name).toBe('a');
		expect(selected(run(state, {type: 'move', rows: Number.MAX_SAFE_INTEGER}), 'remote')?.name).toBe('c');
	});

	it('stays on its row when others come before it', () => {
		const state = run(files('b', 'd'), {type: 'move', rows: 1});
		const more = after([remote(remoteRow('a'), remoteRow('c'))], state);
		expect(selected(more, 'remote')?.name).toBe('d');
		expect(cursorIndex(more, 'remote')).toBe(3);
	});

	it('stands where its row was when that has gone', () => {
		const state = run(files('a', 'b', 'c'), {type: 'move', rows: 1});
		const fewer = after([{type: 'remote', changed: [], removed: ['b']}], state);
		expect(selected(fewer, 'remote')?.name).toBe('c');
		const none = after([{type: 'remote', changed: [], removed: ['a', 'c']}], fewer);
		expect(selected(none, 'remote')).toBeUndefined();
		expect(reduce(none, {type: 'move', rows: 1})).toBe(none);
	});

	it('moves by what a page shows, and keeps in sight', () => {
		const many = files(...Array.from({length: 100}, (_, index) => String(index).padStart(3, '0')));
		const state = run({...many, size: {columns: 120, rows: 30}}, {type: 'page', pages: 1});
		const {rows, top, cursor, total} = viewport(state, 'remote');
		expect(total).toBe(100);
		expect(rows.length).toBeLessThan(30);
		expect(cursor).toBe(rows.length);
		expect(top).toBe(1);
		const end = viewport(run(state, {type: 'move', rows: 1000}), 'remote');
		expect(end.rows.at(-1)?.name).toBe('099');
	});
});

describe('lists', () => {
	it('are sorted by name as people count', () => {
		expect(names(files('week 10', 'Week 9', 'äpfel'))).toEqual(['äpfel', 'Week 9', 'week 10']);
	});

	it('are sorted in the next way by each press, and in the first again', () => {
		const state = after([
			remote(
				remoteRow('a', {size: 1, mtime: 3}),
				remoteRow('b', {size: 3, mtime: 2}),
				remoteRow('c', {size: undefined, mtime: 9}),
			),
		]);
		const sorted = (times: number) => names(run(state, ...Array.from({length: times}, (): Action => ({type: 'sort'}))));
		expect(sorted(1)).toEqual(['b', 'a', 'c']);
		expect(sorted(2)).toEqual(['c', 'a', 'b']);
		expect(sorted(5)).toEqual(['a', 'b', 'c']);
	});

	it('are filtered by all words, in any case and order', () => {
		const state = run(files('Week 7 Sockets.mp4', 'week 8.mp4', 'sockets.txt'), {type: 'filter', text: 'sock WEEK'});
		expect(names(state)).toEqual(['Week 7 Sockets.mp4']);
		expect(names(run(state, {type: 'filter', text: ''}))).toHaveLength(3);
	});

	it('are worked out once, not at each key', () => {
		const state = files('a', 'b', 'c');
		const rows = rowsOf(state, 'remote');
		expect(rowsOf(run(state, {type: 'move', rows: 1}, {type: 'focus', pane: 'peers'}), 'remote')).toBe(rows);
	});

	it('show what runs before what waits, and what is over last', () => {
		const state = after(
			(['done', 'waiting', 'running', 'failed', 'paused', 'waiting'] as const).map((how, id) =>
				transfer(transferRow(id, {state: how})),
			),
		);
		expect(rowsOf(state, 'transfers').map(({id}) => id)).toEqual([2, 1, 5, 4, 3, 0]);
	});

	it('show what waits in the order of its turns', () => {
		const state = after([
			transfer(transferRow(1, {place: 3})),
			transfer(transferRow(2, {place: 1})),
			transfer(transferRow(3, {place: 2})),
			transfer(transferRow(4, {state: 'running'})),
			transfer(transferRow(5, {state: 'waiting', direction: 'up'})),
		]);
		expect(rowsOf(state, 'transfers').map(({id}) => id)).toEqual([4, 2, 3, 1, 5]);
		expect(waitingDownloads(state).map(({id}) => id)).toEqual([2, 3, 1]);
	});
});

describe('keys of the panes', () => {
	it('go round through the panes', () => {
		const state = files('a');
		expect(run(state, {type: 'focus by', steps: 1}).focus).toBe('transfers');
		expect(run(state, {type: 'focus by', steps: 2}).focus).toBe('peers');
		expect(run(state, {type: 'focus by', steps: -3}).focus).toBe('transfers');
	});

	it('choose the marked files, or the one under the cursor', () => {
		const state = files('a', 'b');
		expect(chosenKeys(state)).toEqual(['a']);
		expect(chosenKeys(run(state, {type: 'move', rows: 1}, {type: 'mark'}))).toEqual(['b']);
		expect(chosenKeys(run(state, {type: 'mark'}, {type: 'unmark all'}))).toEqual(['b']);
	});

	it('do not mark what is here', () => {
		const state = after([remote(remoteRow('a', {state: 'here'}))]);
		expect(run(state, {type: 'mark'}).marks.size).toBe(0);
	});
});

describe('details', () => {
	const open: Action = {type: 'mode', mode: 'details'};
	const map = (id: number, pieces: string) => ({id, pieces, pieceBytes: 16_384});
	const three = () =>
		after(
			[3, 1, 2].map(id => transfer(transferRow(id, {state: 'running'}))),
			run(files('a'), {type: 'focus', pane: 'transfers'}),
		);

	it('are of the transfer under the cursor, and stay with it', () => {
		const state = run(three(), {type: 'move', rows: 1}, open);
		expect([state.mode, detailedId(state)]).toEqual(['details', 2]);
		const moved = after([transfer(transferRow(2, {state: 'done'})), transfer(transferRow(4))], state);
		expect(chosenTransfer(moved)).toMatchObject({id: 2, state: 'done'});
		expect(detailedId(run(moved, {type: 'mode', mode: 'normal'}))).toBeUndefined();
	});

	it('go on to the next transfer with the cursor', () => {
		expect(detailedId(run(three(), open, {type: 'move', rows: 1}, {type: 'move', rows: 1}))).toBe(3);
	});

	it('close when their transfer is cleared, and do not open without one', () => {
		const state = run(three(), open);
		expect(after([{type: 'cleared', ids: [2, 3]}], state).mode).toBe('details');
		expect(after([{type: 'cleared', ids: [1]}], state).mode).toBe('normal');
		expect(run(files('a'), {type: 'focus', pane: 'local'}, open).mode).toBe('normal');
	});

	it('have the last map of the pieces, until they close', () => {
		const state = run(three(), open, sampled(0, [], {pieces: map(1, '#>..')}), sampled(250, []));
		expect(state.pieces).toEqual(map(1, '#>..'));
		const later = run(state, sampled(500, [], {pieces: map(1, '##>.')}));
		expect(later.pieces?.pieces).toBe('##>.');
		expect(run(later, {type: 'mode', mode: 'normal'}).pieces).toBeUndefined();
	});
});

describe('samples', () => {
	const sample = (atMs: number, downBytes: number, running: RunningSample[] = []) =>
		({type: 'sampled', nowMs, sample: {atMs, downBytes, upBytes: 0, trackerRttMs: 3, running}}) as const;

	it('make rates of two readings', () => {
		const state = run(
			after([transfer(transferRow(1, {state: 'running'}))]),
			sample(0, 0),
			sample(500, 1_000_000, [{id: 1, bytes: 1_000_000}]),
		);
		expect(state.rates.down).toBe(2_000_000);
		expect(state.progress.get(1)).toEqual({bytes: 1_000_000, bytesPerSecond: 2_000_000});
		expect(state.sample?.trackerRttMs).toBe(3);
	});

	it('make no rate of readings that a strange recording has within a millisecond', () => {
		const state = run(after([]), sample(0, 0), sample(Number.MIN_VALUE, Number.MAX_SAFE_INTEGER));
		expect(state.rates.down).toBe(0);
	});

	it('show a standstill at once', () => {
		const state = run(after([]), sample(0, 0), sample(500, 1000), sample(1000, 1000));
		expect(state.rates.down).toBe(0);
	});

	it('never make a negative rate of a transfer that began anew', () => {
		const state = run(
			after([]),
			sample(0, 0, [{id: 1, bytes: 500}]),
			sample(100, 0, [{id: 1, bytes: 500}]),
			sample(200, 0, [{id: 1, bytes: 0}]),
		);
		expect(state.progress.get(1)?.bytesPerSecond).toBe(0);
	});

	it('tell how each source does, smoothly and in one order', () => {
		const reading = (atMs: number, ...sources: Parameters<typeof rates>) =>
			sampled(atMs, [{id: 1, bytes: 0, sources: rates(...sources)}]);
		const first = run(after([]), reading(0), reading(250, ['bob', 10], ['carol', 4]));
		expect(first.progress.get(1)).toMatchObject({
			bytes: 0,
			bytesPerSecond: 14e6,
			sources: rates(['bob', 10], ['carol', 4]),
		});
		const second = run(first, reading(500, ['dave', 1], ['carol', 4], ['bob', 20]));
		const {sources = [], bytesPerSecond} = second.progress.get(1)!;
		expect(sources.map(source => [source.name, source.bytes, source.bytesPerSecond])).toEqual([
			['bob', 20e6, 14e6],
			['carol', 4e6, 4e6],
			['dave', 1e6, 1e6],
		]);
		expect(bytesPerSecond).toBe(19e6);
		const third = run(second, reading(750, ['dave', 1]));
		expect(third.progress.get(1)?.sources?.map(({name}) => name)).toEqual(['dave']);
	});

	it('do not take two sources of one name for one', () => {
		const reading = (atMs: number) => sampled(atMs, [{id: 1, bytes: 0, sources: rates(['pi', 1], ['pi', 2])}]);
		const state = run(after([]), reading(0), reading(250), reading(500));
		expect(state.progress.get(1)?.sources).toMatchObject(rates(['pi', 1], ['pi', 2]));
	});

	it('keep the rate when a fact comes between them', () => {
		const reading = (atMs: number) => sampled(atMs, [{id: 1, bytes: 10, sources: rates(['bob', 2])}]);
		const state = after(
			[transfer(transferRow(1, {state: 'running', bytes: 20}))],
			run(after([]), reading(0), reading(9)),
		);
		expect(state.progress.get(1)).toMatchObject({bytes: 20, bytesPerSecond: 2e6, sources: rates(['bob', 2])});
	});

	it('remember the last few rates for the sparkline', () => {
		const state = run(after([]), ...Array.from({length: 30}, (_, index) => sample(index * 100, index * 100)));
		expect(state.rates.downHistory).toHaveLength(8);
	});
});
