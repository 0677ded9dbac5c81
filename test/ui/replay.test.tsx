import {describe, expect, it, vi, onTestFinished} from 'vitest';
import {render} from 'ink-testing-library';
import {recordedPeerActions} from '../../source/cli/replay-actions.js';
import type {ReplayActions, ReplayState} from '../../source/state/replay.js';
import {createStore} from '../../source/state/store.js';
import {App} from '../../source/ui/app.js';
import {bindings} from '../../source/ui/bindings.js';
import {echoBindings} from '../../source/ui/echo-bindings.js';
import {labBindings} from '../../source/ui/lab-bindings.js';
import {replayBindings} from '../../source/ui/replay-bindings.js';
import {after, connected, listening, nowMs, remote, remoteRow, transfer, transferRow} from '../state/rows.js';
import {until} from '../wait.js';

const replayActions = () =>
	({
		togglePause: vi.fn<() => void>(),
		faster: vi.fn<() => void>(),
		slower: vi.fn<() => void>(),
		step: vi.fn<() => void>(),
		restart: vi.fn<() => void>(),
	}) satisfies ReplayActions;

const playing: ReplayState = {positionMs: 83_000, totalMs: 245_000, speed: 16, isPaused: false, isOver: false};

/** The app as `replay` or `echo` show it. */
function open(table: typeof bindings, state = after([]), {columns = 100, rows = 24} = {}) {
	const store = createStore({...state, size: {columns, rows}});
	const quit = vi.fn();
	const app = render(<App store={store} actions={recordedPeerActions(store)} bindings={table} onQuit={quit} />);
	Object.defineProperty(app.stdout, 'columns', {value: columns, configurable: true});
	store.dispatch({type: 'resized', columns, rows});
	onTestFinished(() => {
		app.unmount();
		store.close();
	});
	const frame = () => app.lastFrame() ?? '';
	return {
		store,
		quit,
		frame,
		press(keys: string) {
			app.stdin.write(keys);
		},
		async sees(text: string | RegExp) {
			await until(`${String(text)} on\n${frame()}`, () => new RegExp(text).test(frame()), 3000);
		},
	};
}

const recorded = () => {
	const {marks, ...state} = after([
		listening,
		connected,
		remote(remoteRow('a.txt'), remoteRow('b.txt')),
		transfer(transferRow(1, {state: 'running', bytes: 10})),
		transfer(transferRow(2, {state: 'failed'})),
	]);
	return {...state, marks, replay: playing};
};

describe('the screen of a recording', () => {
	it.each([
		[playing, '▸ replay 1:23/4:05 16x'],
		[{...playing, speed: 1}, '▸ replay 1:23/4:05 '],
		[{...playing, isPaused: true, speed: 0.25}, '‖ paused 1:23/4:05 0.25x'],
		[{...playing, isOver: true, positionMs: 245_000}, '■ over 4:05/4:05 16x'],
	])('says how it stands by glyph and word: %o', async (replay, text) => {
		const {sees, frame} = open(replayBindings(bindings, replayActions()), {...recorded(), replay});
		await sees(text);
		expect(frame()).not.toContain('● tracker');
	});

	it('fits into the smallest terminal', async () => {
		const {sees} = open(replayBindings(bindings, replayActions()), recorded(), {columns: 40, rows: 12});
		await sees('replay 1:23/4:05 16x');
	});

	it('does with its own keys what they say, also in details', async () => {
		const actions = replayActions();
		const {press, store, sees} = open(replayBindings(bindings, actions), recorded());
		press(' <>>0');
		await until('the keys', () => actions.restart.mock.calls.length === 1);
		expect(actions.togglePause).toHaveBeenCalledTimes(1);
		expect(actions.slower).toHaveBeenCalledTimes(1);
		expect(actions.faster).toHaveBeenCalledTimes(2);
		press('.');
		store.dispatch({type: 'replay', replay: {...playing, isPaused: true}, nowMs});
		await sees(String.raw`\. next`);
		expect(actions.step).not.toHaveBeenCalled();
		press('4i');
		await until('the details', () => store.getState().mode === 'details');
		press('. ');
		await until('the step', () => actions.step.mock.calls.length === 1);
		await until('the pause', () => actions.togglePause.mock.calls.length === 2);
	});

	it.each(['3\r', '4p', '4x', '4Gr', '4c', 'S'])('asks nothing of a peer, and says why: %j', async keys => {
		const {press, sees, store} = open(replayBindings(bindings, replayActions()), recorded());
		press(keys);
		await sees('This is a recording: nothing can be requested');
		press(keys);
		press('!');
		await until('the log', () => store.getState().focus === 'log');
		expect(store.getState().log.size).toBe(1);
		expect(store.getState().mode).toBe('normal');
	});

	it('leaves at once, although transfers run in it', async () => {
		const {press, quit, frame} = open(replayBindings(bindings, replayActions()), recorded());
		press('q');
		await until('the end', () => quit.mock.calls.length === 1);
		expect(frame()).not.toContain('Quit?');
	});

	it('has every other key of the table, but those of links that are not there', () => {
		const table = replayBindings(bindings, replayActions());
		const ids = new Set(table.map(({id}) => id));
		const gone = bindings.filter(({id}) => !ids.has(id));
		expect(gone.map(({id}) => id)).toEqual(['mark', ...labBindings.map(({id}) => id)]);
		expect(new Set(table.map(({id}) => id)).size).toBe(table.length);
	});
});

describe('the screen of the echo server', () => {
	const echo = {host: '127.0.0.1', port: 12_000, clients: 0};
	const listeningEcho = () => {
		const store = createStore();
		store.dispatch({type: 'echo', echo});
		return store.getState();
	};

	it.each([
		[40, 12],
		[60, 20],
		[80, 24],
		[120, 40],
		[200, 60],
	])('is the wire pane alone, and says how to begin: %ix%i', async (columns, rows) => {
		const {frame, sees, press, store} = open(echoBindings(bindings), listeningEcho(), {columns, rows});
		await sees('Nobody is');
		expect(frame().replaceAll(/[\s┃]+/g, ' ')).toContain(
			'Nobody is connected. In another terminal: nc 127.0.0.1 12000',
		);
		expect(frame()).toContain('127.0.0.1:12000');
		expect(frame()).not.toMatch(/Remote|Peers|Transfers/);
		for (const key of ['\t', '1', '3', 'w', '!', '+']) {
			press(key);
		}

		store.dispatch({type: 'focus', pane: 'remote'});
		store.dispatch({type: 'toggle pane', pane: 'wire'});
		store.dispatch({type: 'focus by', steps: 1});
		expect(store.getState()).toMatchObject({focus: 'wire', extra: 'wire'});
		expect(frame()).not.toMatch(/Remote|Peers|Transfers/);
	});

	it('says where it can be reached, when it listens everywhere', async () => {
		const {sees} = open(echoBindings(bindings), {...listeningEcho(), echo: {...echo, host: '0.0.0.0'}});
		await sees('nc 127.0.0.1 12000');
	});

	it('does not say that nobody is there, when somebody is', async () => {
		const {sees, frame} = open(echoBindings(bindings), {...listeningEcho(), echo: {...echo, clients: 1}});
		await sees('Listening');
		expect(frame()).not.toContain('Nobody');
	});

	it('shows no key that is for files', async () => {
		const {frame, sees} = open(echoBindings(bindings), listeningEcho(), {columns: 200, rows: 40});
		await sees('filter');
		expect(frame()).not.toMatch(/request|sync|cancel|retry/);
	});
});
