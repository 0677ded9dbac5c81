import {describe, expect, it, onTestFinished, vi} from 'vitest';
import type {Entry} from '../../../source/cli/recording/entry.js';
import {Player} from '../../../source/cli/recording/player.js';
import type {State} from '../../../source/state/state.js';
import {createStore} from '../../../source/state/store.js';
import {nowMs, remote, remoteRow, sampled, transfer, transferRow} from '../../state/rows.js';

const notice = (t: number, text: string): Entry => ({t, event: {type: 'notice', level: 'info', text}});

/** A recording that is played, on a clock of the test's. */
function play(recorded: Entry[], {speed = 1, totalMs = recorded.at(-1)?.t ?? 0, fails = false, maxRows = 1000} = {}) {
	vi.useFakeTimers();
	const store = createStore();
	const stop = new AbortController();
	let frames = 0;
	store.subscribe(() => {
		frames++;
	});
	const problems: unknown[] = [];
	const overAt: unknown[] = [];
	const player = new Player({
		async *entries() {
			yield* recorded;
			if (fails) {
				throw new Error('line 4 is no event');
			}
		},
		onOver() {
			overAt.push(store.getState().notice?.text);
		},
		onProblem(error) {
			problems.push(error);
		},
		startedAtMs: nowMs,
		totalMs,
		speed,
		store,
		signal: stop.signal,
		now: () => Date.now(),
		maxRows,
	});
	const over = player.run();
	onTestFinished(async () => {
		stop.abort();
		await over;
		expect(vi.getTimerCount()).toBe(0);
		vi.useRealTimers();
		store.close();
	});
	return {
		store,
		player,
		problems,
		overAt,
		frames: () => frames,
		state: (): State => store.getState(),
		texts: () => [...store.getState().log.values()].map(({text}) => text),
		pass: async (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds),
	};
}

describe('a recording that is played', () => {
	it('tells each event at its time, and shows the clock of the recording', async () => {
		const recorded = [notice(0, 'a'), notice(1000, 'b'), notice(3000, 'c')];
		const {texts, overAt, state, pass} = play(recorded, {totalMs: 3500});
		await pass(100);
		expect(texts()).toEqual(['a']);
		await pass(950);
		expect(texts()).toEqual(['a', 'b']);
		expect(state().notice?.atMs).toBe(nowMs + 1000);
		await pass(1000);
		expect(texts()).toEqual(['a', 'b']);
		// Ages and countdowns have gone on.
		expect(state().nowMs).toBeGreaterThanOrEqual(nowMs + 1750);
		expect(state().replay).toMatchObject({totalMs: 3500, speed: 1, isPaused: false, isOver: false});
		await pass(1000);
		expect(texts()).toEqual(['a', 'b', 'c']);
		expect(state().replay).toMatchObject({positionMs: 3500, isOver: true});
		expect(overAt).toEqual(['c']);
	});

	it.each([
		[4, 1000],
		[64, 62.5],
		[0.25, 16_000],
	])('takes its time by the speed: %s times as fast', async (speed, realMs) => {
		const {texts, pass} = play([notice(0, 'a'), notice(4000, 'b')], {speed});
		await pass(realMs - 40);
		expect(texts()).toEqual(['a']);
		await pass(80);
		expect(texts()).toEqual(['a', 'b']);
	});

	it('goes faster and slower from where it is, between a quarter and 64 times', async () => {
		const {player, texts, state, pass} = play([notice(0, 'a'), notice(10_000, 'b'), notice(20_000, 'c')]);
		await pass(2000);
		player.faster();
		player.faster();
		player.faster();
		expect(state().replay).toMatchObject({speed: 8, positionMs: 2000});
		await pass(1040);
		expect(texts()).toEqual(['a', 'b']);
		for (let times = 0; times < 10; times++) {
			player.faster();
		}

		expect(state().replay?.speed).toBe(64);
		for (let times = 0; times < 20; times++) {
			player.slower();
		}

		expect(state().replay?.speed).toBe(0.25);
	});

	it('stands still while it is paused, and plays one event at a time', async () => {
		const sample = {sample: sampled(1, []).sample};
		const {player, texts, state, pass, frames} = play([
			notice(0, 'a'),
			notice(5000, 'b'),
			{t: 6000, ...sample},
			notice(7000, 'c'),
			notice(9000, 'd'),
		]);
		await pass(1000);
		player.togglePause();
		await pass(10);
		const before = frames();
		await pass(60_000);
		expect(frames()).toBe(before);
		expect(texts()).toEqual(['a']);
		expect(state().replay).toMatchObject({isPaused: true, positionMs: 1000});
		player.step();
		await pass(10);
		expect(texts()).toEqual(['a', 'b']);
		expect(state().replay).toMatchObject({isPaused: true, positionMs: 5000});
		expect(state().nowMs).toBe(nowMs + 5000);
		// A reading of the counters is no event, and is not left out.
		player.step();
		await pass(10);
		expect(texts()).toEqual(['a', 'b', 'c']);
		expect(state().sample).toEqual(sample.sample);
		player.togglePause();
		await pass(1900);
		expect(texts()).toEqual(['a', 'b', 'c']);
		await pass(200);
		expect(texts()).toEqual(['a', 'b', 'c', 'd']);
		player.step();
		await pass(10);
		expect(state().replay).toMatchObject({isOver: true});
	});

	it('begins again with nothing but how the user looks at it', async () => {
		const {player, state, store, texts, pass} = play([
			{t: 0, event: remote(remoteRow('a.txt'), remoteRow('b.txt'))},
			notice(500, 'late'),
		]);
		store.dispatch({type: 'resized', columns: 61, rows: 21});
		store.dispatch({type: 'filter', text: 'a'});
		store.dispatch({type: 'zoom'});
		await pass(600);
		expect(state().remote.size).toBe(2);
		expect(state().replay?.isOver).toBe(true);
		player.restart();
		await pass(0);
		expect(texts()).toEqual([]);
		expect(state()).toMatchObject({size: {columns: 61, rows: 21}, isZoomed: true, replay: {isOver: false}});
		expect(state().panes.remote.filter).toBe('a');
		await pass(600);
		expect(texts()).toEqual(['late']);
		// At the end, going on is playing it again.
		player.togglePause();
		await pass(100);
		expect(texts()).toEqual([]);
		expect(state().replay).toMatchObject({isOver: false, isPaused: false});
	});

	it('renders as often as a live screen, however much happens', async () => {
		const recorded = Array.from({length: 20_000}, (_, index) => notice(index, String(index)));
		const {frames, state, pass} = play(recorded, {speed: 8});
		await pass(2600);
		expect(state().notice?.text).toBe('19999');
		expect(frames()).toBeLessThan(2600 / 20);
	});

	it('shows pieces only of the transfer whose details are open now', async () => {
		const pieces = {id: 7, pieces: '#>.', pieceBytes: 16_384};
		const {sample} = sampled(1, [{id: 7, bytes: 1}]);
		const {state, store, pass} = play([
			{t: 0, event: transfer(transferRow(7, {state: 'running'}))},
			{t: 100, sample, pieces},
			{t: 500, sample, pieces},
		]);
		await pass(200);
		expect(state().pieces).toBeUndefined();
		store.dispatch({type: 'focus', pane: 'transfers'});
		store.dispatch({type: 'mode', mode: 'details'});
		await pass(400);
		expect(state().pieces).toEqual(pieces);
	});

	it('ends where there are too many rows, however slowly they come', async () => {
		const recorded = Array.from({length: 30}, (_, t): Entry => {
			const rows = Array.from({length: 10}, (_row, index) => remoteRow(`${t} ${index}`));
			return {t: t * 100, event: remote(...rows)};
		});
		const {problems, state, pass} = play(recorded, {maxRows: 200});
		await pass(3000);
		expect(problems).toMatchObject([{message: expect.stringMatching(/more than 200 peers and files/) as string}]);
		expect(state().remote.size).toBeLessThanOrEqual(220);
	});

	it('tells what it can not read, with all that came before it on the screen, and can begin again', async () => {
		const {player, problems, state, texts, pass} = play([notice(0, 'a'), notice(10, 'b')], {fails: true});
		await pass(100);
		expect(problems).toMatchObject([{message: 'line 4 is no event'}]);
		expect(texts()).toEqual(['a', 'b']);
		expect(state().replay?.isOver).toBe(true);
		player.restart();
		await pass(100);
		expect(problems).toHaveLength(2);
	});
});
