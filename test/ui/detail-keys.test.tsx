import {describe, expect, it} from 'vitest';
import type {PeerEvent} from '../../source/peer/events.js';
import {until} from '../wait.js';
import {connected, listening, localRow, peerRow, remote, remoteRow, transfer, transferRow} from '../state/rows.js';
import {openScreen} from './screen.js';

const root = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const everything: PeerEvent[] = [
	listening,
	connected,
	{type: 'peers', changed: [peerRow(), peerRow({key: '2', name: 'carol', ip: 'fe80::1'})], removed: []},
	{type: 'local', changed: [localRow('mine.txt', {root}), localRow('new.txt')], removed: []},
	remote(remoteRow('notes.pdf', {root}), remoteRow('syllabus.pdf', {state: 'here'})),
	transfer(transferRow(1, {label: 'week 7.mp4', name: 'week 7.mp4', root})),
	{type: 'notice', level: 'warning', text: 'Port 8000 is taken; using 8001'},
];

describe('details', () => {
	it.each([
		['1', '\r', '┏ ● bob', '1 Peers'],
		['2', '\r', '┏ = mine.txt', '2 Local files'],
		['4', '\r', '┏ … week 7.mp4'.replace('…', '↓'), '4 Transfers'],
		['!', '\r', '┏ ! warning', '6 Log'],
		['3', 'i', '┏ + notes.pdf', '3 Remote files'],
	])('of the row in pane %s open with i and %j, and close with Esc, q and i', async (pane, opener, title, list) => {
		const {press, sees, store} = openScreen(everything);
		press(pane);
		for (const [open, close] of [
			['i', 'i'],
			[opener, 'q'],
			['i', '\u001B'],
		] as const) {
			await sees(`┏ ${list}`);
			press(open);
			await sees(title);
			press(close);
			await until('the lists', () => store.getState().mode === 'normal');
		}
	});

	it('of a remote file request it, and only it, with Enter', async () => {
		const {press, sees, actions} = openScreen([...everything, remote(remoteRow('a'))]);
		await sees('notes.pdf');
		press(' i');
		await sees('┏ + notes.pdf');
		await sees(' enter request · ');
		press('\r');
		await until('a request', () => actions.request.mock.calls.length > 0);
		expect(actions.request.mock.calls).toEqual([[['notes.pdf']]]);
		press('i');
		await sees('1 marked');
	});

	it('of a file that is here request nothing, and Enter closes nothing', async () => {
		const {press, sees, actions, frame} = openScreen(everything);
		press('Gi');
		await sees('┏ = syllabus.pdf');
		expect(frame()).not.toContain('enter request');
		press('\r[');
		await sees('┏ + notes.pdf');
		expect(actions.request).not.toHaveBeenCalled();
	});

	it('go to the rows above and below with [ and ]', async () => {
		const {press, sees} = openScreen(everything);
		press('1i');
		await sees('┏ ● bob');
		await sees(' [ ] others');
		press(']');
		await sees('┏ ● carol');
		await sees('Address   [fe80::1]:8001');
		press('[');
		await sees('┏ ● bob');
	});

	it('scroll where they are longer than the screen, and begin at the top of the next', async () => {
		const files = Array.from({length: 40}, (_, index) => remoteRow(`file ${String(index).padStart(2, '0')}`));
		const {press, sees, frame, store} = openScreen([...everything, remote(...files)], {columns: 80, rows: 24});
		press('1i');
		await sees(' ↑↓ scroll · ');
		await sees('file 05');
		expect(frame()).not.toContain('file 39');
		press('j');
		await until('a row less', () => !frame().includes('Address'));
		press('\u001B[6~\u001B[6~\u001B[6~\u001B[6~');
		await sees('file 39');
		press('k');
		await until('a row back', () => !frame().includes('file 39'));
		press('G');
		await sees('file 39');
		press('g');
		await sees('Address');
		press('j]');
		await sees('┏ ● carol');
		expect(store.getState().scrollTop).toBe(0);
		expect(frame()).not.toContain('scroll');
	});

	it('stay within what there is when they become shorter', async () => {
		const files = Array.from({length: 40}, (_, index) => remoteRow(`file ${index}`));
		const {press, tell, sees, frame} = openScreen([...everything, remote(...files)], {columns: 80, rows: 24});
		press('1iG');
		await until('the end', () => !frame().includes('Address'));
		tell({type: 'remote', changed: [], removed: files.map(({key}) => key)});
		await sees('Address');
		expect(frame()).not.toContain('scroll');
	});
});

describe('copying', () => {
	it.each([
		['1', 'y', '10.0.0.7:8001', 'the address 10.0.0.7:8001 of bob'],
		['1j', 'y', '[fe80::1]:8001', 'the address [fe80::1]:8001 of carol'],
		['2', 'y', root, 'the content id 9f86d081… of mine.txt'],
		['2', 'Y', '/home/ada/p2p-share/mine.txt', 'the path of mine.txt'],
		['3', 'y', root, 'the content id 9f86d081… of notes.pdf'],
		['3', 'Y', 'notes.pdf', 'the name of notes.pdf'],
		['3i', 'y', root, 'the content id 9f86d081… of notes.pdf'],
		['4', 'y', root, 'the content id 9f86d081… of week 7.mp4'],
		['4i', 'Y', 'week 7.mp4', 'the name of week 7.mp4'],
		['!', 'y', 'Port 8000 is taken; using 8001', expect.stringMatching(/^the notice of \d\d:\d\d:\d\d$/)],
	])('after %j, %s copies %j', async (keys, key, text, what) => {
		const {press, copy, sees} = openScreen(everything);
		await sees('notes.pdf');
		press(keys + key);
		await until('the copy', () => copy.mock.calls.length > 0);
		expect(copy.mock.calls).toEqual([[text, what]]);
	});

	it('copies the line that others join by where there is nothing else', async () => {
		const {press, copy, store, sees} = openScreen([listening, connected]);
		store.dispatch({type: 'join line', line: 'npx p2p-tui 192.168.1.5:6969'});
		press('1');
		await sees(' y copy line');
		press('y');
		await until('the copy', () => copy.mock.calls.length > 0);
		expect(copy.mock.calls[0]![0]).toBe('npx p2p-tui 192.168.1.5:6969');
	});

	it('offers nothing where nothing is known', async () => {
		const {press, copy, sees, frame} = openScreen(everything);
		press('2j');
		await sees(/▌ new\.txt/);
		expect(frame()).not.toContain('copy id');
		press('y');
		press('Y');
		await until('the path', () => copy.mock.calls.length > 0);
		expect(copy.mock.calls).toEqual([['/home/ada/p2p-share/new.txt', 'the path of new.txt']]);
	});
});
