import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {bindings} from '../../source/ui/bindings.js';
import {matchCommands} from '../../source/ui/palette.js';
import {initialState, type State} from '../../source/state/state.js';
import {after, connected, listening, remote, remoteRow, transfer, transferRow} from '../state/rows.js';
import {until} from '../wait.js';
import {openScreen} from './screen.js';

const facts = [
	listening,
	connected,
	remote(remoteRow('a.txt', {size: 5}), remoteRow('b.txt', {size: 9}), remoteRow('here.txt', {state: 'here'})),
	transfer(transferRow(1, {state: 'running', bytes: 5})),
];

const names = (text: string, state: State = after(facts)) => matchCommands(text, bindings, state).map(({name}) => name);

describe('the commands that fit', () => {
	it('are all of them while nothing is typed, but what only the demo has', () => {
		const everywhere = bindings.filter(({group}) => group !== 'demo').length;
		expect(names('')).toHaveLength(everywhere);
		expect(names('')).toContain('filter TEXT');
		const lab = {delayMs: 0, isTrackerDropped: false, cutPeer: undefined, isSlow: false};
		expect(names('', {...initialState, lab})).toHaveLength(bindings.length);
	});

	it.each([
		['request', 'request'],
		['REQ', 'request'],
		['viv', 'theme vivid'],
		['theme v', 'theme vivid'],
		['sort size', 'sort size'],
		['pane wire', 'go-to-pane wire'],
		['throw away', 'cancel'],
		['ntpn', 'next-pane'],
		['filter week 7', 'filter week 7'],
	])('"%s" finds %s first', (text, first) => {
		expect(names(text)[0]).toBe(first);
	});

	it('lists a command before its choices, and the choices alone where it means nothing without', () => {
		expect(names('theme').slice(0, 4)).toEqual(['theme NAME', 'theme calm', 'theme vivid', 'theme plain']);
		expect(names('go-to-pane')).toContain('go-to-pane peers');
		expect(names('go-to-pane')).not.toContain('go-to-pane PANE');
	});

	it('knows none for what nothing is called', () => {
		expect(names('zzz')).toEqual([]);
	});

	it.each([
		['request', 'remote', 0, undefined],
		['request', 'remote', 2, 'nothing to request here'],
		['request', 'transfers', 0, 'only in Remote files'],
		['cancel', 'remote', 0, 'only in Transfers'],
		['cancel', 'transfers', 0, undefined],
		['retry', 'transfers', 0, 'nothing to retry'],
		['sort', 'peers', 0, undefined],
	] as const)('%s in %s, row %i: %s', (id, focus, index, why) => {
		const state = after(facts);
		const cursor = {key: undefined, index, top: 0};
		const there = {...state, focus, panes: {...state.panes, [focus]: {...state.panes[focus], cursor}}};
		expect(matchCommands(id, bindings, there)[0]?.whyNot).toBe(why);
	});
});

describe('the palette', () => {
	it('does what is chosen in the pane that has the focus, and goes', async () => {
		const {press, sees, actions, frame} = openScreen(facts);
		press(':');
		await sees(/: ▏ \d+ commands/);
		press('reque');
		await sees(/: reque▏/);
		await sees(/▌ request +enter +Request the file/);
		press('\r');
		await until('the request', () => actions.request.mock.calls.length > 0);
		expect(actions.request).toHaveBeenCalledWith(['a.txt']);
		await until('no palette', () => !frame().includes('commands'));
	});

	it('covers what stands under it', async () => {
		const names = Array.from({length: 30}, (_, index) => `${'x'.repeat(60)} ${index}`);
		const {press, sees, lines} = openScreen([listening, connected, remote(...names.map(name => remoteRow(name)))]);
		await sees('xxxxx');
		press(':theme');
		await sees(/▌ theme NAME/);
		const top = lines().findIndex(line => line.includes(': theme▏'));
		const bottom = lines().findLastIndex(line => line.startsWith('┗'));
		const covered = lines().slice(top + 1, bottom);
		expect(covered[1]).toMatch(/^┃ {2}theme calm +Other colours +┃$/);
		expect(covered.filter(line => /xxx|[─━│╯╰]|┃.*┃.*┃/.test(line))).toEqual([]);
	});

	it('says why a command would do nothing, and does not do it', async () => {
		const {press, sees, actions} = openScreen(facts);
		press(':cancel');
		await sees(/▌ cancel +x +only in Transfers: Cancel the download/);
		press('\r');
		press('\u0015clear');
		await sees(': clear▏');
		expect(actions.cancel).not.toHaveBeenCalled();
	});

	it('sorts, filters and goes to a pane by what it is told', async () => {
		const {press, sees, store} = openScreen(facts);
		press(':sort size\r');
		await sees(/3 Remote files 3 · size ↓/);
		press(':filter b.t\r');
		await sees(/3 Remote files 1 of 3 · \/b\.t/);
		press(':go\t');
		await sees(': go-to-pane peers▏');
		press('\r');
		await sees('┏ 1 Peers');
		expect(store.getState().mode).toBe('normal');
	});

	it('asks what for where a command means nothing without', async () => {
		const {press, sees, store} = openScreen(facts);
		press(':');
		await sees('commands');
		const index = names('', store.getState()).indexOf('go-to-pane PANE');
		store.dispatch({type: 'palette', text: '', index});
		press('\r');
		await sees(': go-to-pane ▏');
		await sees(/▌ go-to-pane peers/);
	});

	it('changes the colours while all goes on', async () => {
		const {press, store} = openScreen(facts);
		press(':theme plain\r');
		await until('the theme', () => store.getState().settings.theme === 'plain');
		press(':theme\r');
		await until('the next one', () => store.getState().settings.theme === 'calm');
	});

	it('goes through the commands by arrows and by letters, from the last to the first', async () => {
		const {press, sees} = openScreen(facts);
		press(':sort');
		await sees(/▌ sort ORDER/);
		press('\u001B[B');
		await sees(/▌ sort name/);
		press('\u000E');
		await sees(/▌ sort size/);
		press('\u0010');
		await sees(/▌ sort name/);
		press('\u001B[A');
		await sees(/▌ sort ORDER/);
		press('\u001B[A');
		const last = names('sort').at(-1)!;
		await sees(`▌ ${last}`);
	});

	it('goes away by Escape, and by Backspace when nothing is typed', async () => {
		const {press, sees, frame} = openScreen(facts);
		press(':x');
		await sees(': x▏');
		press('\u007F');
		await sees(': ▏');
		press('\u007F');
		await until('no palette', () => !frame().includes(': ▏'));
		press(':');
		await sees(': ▏');
		press('\u001B');
		await until('no palette', () => !frame().includes(': ▏'));
	});

	it.each([
		[200, 60, true],
		[120, 40, true],
		[80, 24, true],
		[60, 20, false],
		[40, 12, false],
	])('keeps the lists in sight above it where there is room, at %i x %i', async (columns, rows, isRoomy) => {
		const {press, sees, lines, frame} = openScreen(facts, {columns, rows});
		press(':');
		await sees(/: ▏ \d+ comm/);
		await sees(/▌ request/);
		expect(frame().includes('3 Remote files 3')).toBe(isRoomy);
		expect(lines().length).toBe(rows - 1);
		expect(Math.max(...lines().map(line => stringWidth(line)))).toBeLessThanOrEqual(columns);
		expect(lines().at(-3)).toMatch(/^[┗╰]/);
	});

	it('keeps the chosen one in sight in a short terminal', async () => {
		const {press, sees, store} = openScreen(facts, {columns: 40, rows: 12});
		press(':');
		await sees('commands');
		const all = names('', store.getState());
		store.dispatch({type: 'palette', text: '', index: all.length - 1});
		await sees(new RegExp(`▌ ${all.at(-1)!}`));
	});
});
