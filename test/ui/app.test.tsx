import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {
	after,
	connected,
	listening,
	localRow,
	nowMs,
	peerRow,
	remote,
	remoteRow,
	transfer,
	transferRow,
} from '../state/rows.js';
import {bindings} from '../../source/ui/bindings.js';
import {labelOf, usefulBindings} from '../../source/ui/keymap.js';
import {until} from '../wait.js';
import {openScreen} from './screen.js';

const everything = [
	listening,
	connected,
	{
		type: 'peers',
		changed: [peerRow(), peerRow({key: '2', name: '', port: 8003, ip: '10.0.0.9', isClassic: true})],
		removed: [],
	},
	{type: 'local', changed: [localRow('readme.txt')], removed: []},
	remote(
		remoteRow('lectures/week 7.mp4', {size: 1_300_000_000}),
		remoteRow('notes.pdf', {state: 'newer'}),
		remoteRow('readme.txt', {state: 'here'}),
		remoteRow('unknown size', {size: undefined}),
	),
	transfer(
		transferRow(1, {
			name: 'lectures/week 7.mp4',
			label: 'lectures/week 7.mp4',
			state: 'running',
			bytes: 450,
			peer: 'bob',
		}),
	),
	transfer(transferRow(2, {label: 'broken.iso', state: 'failed', error: 'bob closed the connection after 12.3 MB'})),
	transfer(transferRow(3, {label: 'sent.txt', direction: 'up', state: 'done', peer: 'eve'})),
	{type: 'notice', level: 'info', text: 'carol joined'},
] satisfies Parameters<typeof openScreen>[0];

describe('the screen', () => {
	it('shows all four panes, who we are, the tracker and the notice', async () => {
		const {sees} = openScreen(everything);
		await sees('1 Peers 2');
		await sees('2 Local files 1');
		await sees('3 Remote files 4');
		await sees('4 Transfers 1 running · 1 failed · 1 done');
		await sees('ada · :8001 · /home/ada/p2p-share');
		await sees('● tracker 10.0.0.2:6969');
		await sees('carol joined');
	});

	it('says in words how it stands with each file', async () => {
		const {sees} = openScreen(everything);
		await sees(/week 7\.mp4 +1\.3 GB +2 h +1 +↓ 45 %/);
		await sees(/notes\.pdf .*\^ newer/);
		await sees(/readme\.txt .*= here/);
		await sees(/unknown size +\? .*\+ missing/);
		await sees(/broken\.iso .*failed: bob closed the connection after 12\.3 MB.* · r retry/);
		await sees(/↑ sent\.txt .*✓ done +to eve/);
		await sees(/○ .*10\.0\.0\.9.*classic 1/);
	});

	const versions = [
		listening,
		connected,
		remote(
			remoteRow('notes.pdf', {
				key: `notes.pdf\n${'b'.repeat(64)}`,
				mtime: nowMs / 1000 - 86_400,
				size: 999,
				state: 'older',
			}),
			remoteRow('notes.pdf', {state: 'newer'}),
			remoteRow('notes.pdf', {key: 'notes.pdf\n5-?', mtime: 5, size: undefined, state: 'missing'}),
		),
	] satisfies Parameters<typeof openScreen>[0];

	it.each([
		[120, 30],
		[80, 24],
		[60, 20],
		[40, 12],
	])('shows the versions of a name under that name, the newest first, at %i x %i', async (columns, rows) => {
		const {sees, lines} = openScreen(versions, {columns, rows});
		await sees(/3 (?:Remote files )?3|Remote 3/);
		const shown = lines().filter(line => /n.*pdf/.test(line));
		expect(shown).toHaveLength(3);
		expect(shown[0]).toMatch(/\^ newer/);
		expect(shown[1]).toMatch(/999 B.*v older/);
		expect(shown[2]).toMatch(/\?.*\+ missing/);
		expect(Math.max(...lines().map(line => stringWidth(line)))).toBeLessThanOrEqual(columns);
	});

	it('requests and marks a version by its key, and none that is older than what is here', async () => {
		const {sees, press, actions, frame} = openScreen(versions);
		await sees('v older');
		press('j');
		await until('the cursor on the older', () => !frame().includes('enter request'));
		press('\r');
		press(' ');
		press('G');
		await sees('enter request');
		press('\r');
		await until('the request', () => actions.request.mock.calls.length > 0);
		expect(actions.request.mock.calls).toEqual([[['notes.pdf\n5-?']]]);
		expect(frame()).not.toContain('marked');
	});

	it.each([
		[200, 60],
		[120, 30],
		[80, 24],
		[76, 22],
		[60, 20],
		[40, 12],
		[32, 9],
		[1, 1],
	])('never draws outside %i x %i, and leaves the last row free', async (columns, rows) => {
		const {lines, resize, frame} = openScreen(everything, {columns: 100, rows: 40});
		resize(columns, rows);
		await until('the new size', () => lines().length <= Math.max(1, rows - 1));
		expect(Math.max(...lines().map(line => stringWidth(line)))).toBeLessThanOrEqual(columns);
		expect(frame()).not.toContain('\u001B[0;'); // No colour was asked for.
	});

	it.each([
		[120, '2 Local files 1 · hashing 12 left', /readme\.txt +hashing 61 %/],
		[80, '2 Local files 1 · ', /readme\.txt +# 61 %/],
	])('shows what is being hashed, and how many files are left, in %i columns', async (columns, title, row) => {
		const {store, sees} = openScreen(everything, {columns, rows: 30});
		const sample = {atMs: 0, downBytes: 0, upBytes: 0, trackerRttMs: undefined, running: []};
		const indexing = {name: 'readme.txt', label: 'readme.txt', bytes: 617, size: 1000, filesLeft: 12, bytesLeft: 9000};
		store.dispatch({type: 'sampled', sample: {...sample, indexing}, nowMs});
		await sees(title);
		await sees(row);
		store.dispatch({type: 'sampled', sample, nowMs});
		await sees(/readme\.txt +1\.2 kB/);
	});

	it('shows one pane and tabs where there is no room for four', async () => {
		const {sees, press} = openScreen(everything, {columns: 60, rows: 20});
		await sees('[Remote 4]');
		await sees('notes.pdf');
		press('4');
		await sees('[Xfers 3]');
		await sees('broken.iso');
	});

	it('tells a done transfer from a waiting one at the smallest size', async () => {
		const {press, sees} = openScreen(
			[
				connected,
				transfer(transferRow(1, {label: 'first.txt', state: 'done'})),
				transfer(transferRow(2, {label: 'second.txt', state: 'waiting'})),
			],
			{columns: 40, rows: 12},
		);
		press('4');
		await sees(/first\.txt.*100 % ✓/);
		await sees(/second\.txt.*0 % …/);
	});

	it('shows from whom, and how many hold a file, at 80 columns', async () => {
		const {sees} = openScreen(everything, {columns: 80, rows: 24});
		await sees(/↓ lectures.*45 %.* bob/);
		await sees(/notes\.pdf +2\.1 MB +1 +\^ newer/);
	});

	it('says what size it needs below the smallest', async () => {
		const {sees} = openScreen(everything, {columns: 39, rows: 9});
		await sees('p2p-tui needs 40x12, this is 39x9');
	});

	it('tells how others join while nobody is here', async () => {
		const {store, sees} = openScreen([listening, connected], {columns: 200, rows: 40});
		store.dispatch({type: 'join line', line: 'npx p2p-tui 192.168.1.5:6969'});
		await sees('Nobody else is here yet.');
		await sees('npx p2p-tui');
	});

	it('says that the tracker is lost and when it is tried again, and keeps the lists', async () => {
		const {tell, sees} = openScreen(everything);
		tell({type: 'tracker', address: '10.0.0.2:6969', state: 'lost', retryInMs: 4000, reason: 'refused'});
		await sees('◌ tracker lost, next try in 4 s');
		await sees('notes.pdf');
	});

	it('draws only the rows in sight of a long list', async () => {
		const rows = Array.from({length: 5000}, (_, index) => remoteRow(`file ${index}`));
		const {press, sees, lines} = openScreen([connected, remote(...rows)]);
		await sees('3 Remote files 5000');
		press('G');
		await sees('▌   file 4999');
		expect(lines().length).toBe(29);
	});
});

describe('keys', () => {
	it('request the file under the cursor with Enter', async () => {
		const {press, actions} = openScreen(everything);
		press('\r');
		await until('a request', () => actions.request.mock.calls.length > 0);
		expect(actions.request).toHaveBeenCalledWith(['lectures/week 7.mp4']);
	});

	it('request all marked files, and unmark them', async () => {
		const {press, actions, sees, frame} = openScreen(everything);
		press(' ');
		await sees('1 marked');
		press(' ');
		await sees('2 marked');
		press('\r');
		await until('a request', () => actions.request.mock.calls.length > 0);
		expect(actions.request).toHaveBeenCalledWith(['lectures/week 7.mp4', 'notes.pdf']);
		await until('no marks', () => !frame().includes('marked'));
	});

	it('move once for each character of a chunk', async () => {
		const {press, sees} = openScreen(everything);
		press('jjj');
		await sees(/▌ +unknown size/);
		press('kk');
		await sees(/▌ +notes\.pdf/);
		press('\u001B[B');
		await sees(/▌ +readme\.txt/);
		press('g');
		await sees(/▌ +lectures/);
	});

	it('go through the panes by Tab, Shift-Tab and number', async () => {
		const {press, sees} = openScreen(everything);
		press('\t');
		await sees('┏ 4 Transfers');
		press('\u001B[Z');
		await sees('┏ 3 Remote');
		press('1');
		await sees('┏ 1 Peers');
	});

	it('pause, go on with, cancel, retry and clear transfers', async () => {
		const {press, actions, tell, sees, frame} = openScreen(everything);
		press('4p');
		await until('a pause', () => actions.pause.mock.calls.length > 0);
		expect(actions.pause).toHaveBeenCalledWith(1);
		tell(transfer(transferRow(1, {label: 'lectures/week 7.mp4', state: 'paused', bytes: 450})));
		await sees('‖ paused');
		press('p');
		await until('going on', () => actions.resume.mock.calls.length > 0);
		press('x');
		await sees('Throw 450 B of lectures/week 7.mp4 away? y yes · n no');
		press('n');
		await until('the question gone', () => !frame().includes('away?'));
		expect(actions.cancel).not.toHaveBeenCalled();
		press('xy');
		await until('a cancel', () => actions.cancel.mock.calls.length > 0);
		expect(actions.cancel).toHaveBeenCalledWith(1);
		press('jr');
		await until('a retry', () => actions.retry.mock.calls.length > 0);
		expect(actions.retry).toHaveBeenCalledWith(2);
		press('c');
		await until('clearing', () => actions.clearFinished.mock.calls.length > 0);
	});

	it('with Alt, or in sequences that nobody knows, do nothing', async () => {
		const {press, quit, frame, sees} = openScreen([connected]);
		await sees('┏ 3 Remote');
		press('\u001Bq');
		press('\u001B[1;3B');
		press('\u001B[1;2P');
		press('?');
		await sees('┏ Keys');
		press('\u001B');
		await until('the panes', () => frame().includes('┏ 3 Remote'));
		expect(quit).not.toHaveBeenCalled();
	});

	it('do nothing to an upload', async () => {
		const {press, actions, sees} = openScreen([
			connected,
			transfer(transferRow(3, {direction: 'up', state: 'running'})),
		]);
		press('4pxr');
		await sees('┏ 4 Transfers');
		expect([actions.pause, actions.cancel, actions.retry].flatMap(({mock}) => mock.calls)).toEqual([]);
	});

	it('filter while typing; Backspace, Enter and Esc do what they do elsewhere', async () => {
		const {press, sees, frame} = openScreen(everything);
		press('/');
		await sees('type to filter');
		press('notq');
		await sees('/notq▏');
		press('\u007F\u007F');
		await sees('/no▏');
		await sees('1 of 4'.replace('1', '2'));
		press('te\r');
		await sees('1 of 4');
		await until('the end of typing', () => !frame().includes('▏'));
		press('\u001B');
		await sees('Remote files 4');
	});

	it('sort the focused list and say how', async () => {
		const {press, sees} = openScreen(everything);
		press('s');
		await sees('Remote files 4 · size ↓');
	});

	it('switch sync', async () => {
		const {press, actions} = openScreen(everything);
		press('S');
		await until('sync', () => actions.setSync.mock.calls.length > 0);
		expect(actions.setSync).toHaveBeenCalledWith(true);
	});

	it('quit at once while nothing runs', async () => {
		const {press, quit} = openScreen([connected]);
		press('q');
		await until('the end', () => quit.mock.calls.length > 0);
	});

	it('ask before quitting while transfers run', async () => {
		const {press, quit, sees, frame} = openScreen(everything);
		press('q');
		await sees('1 transfer running. Quit?');
		press('n');
		await until('the question gone', () => !frame().includes('Quit?'));
		expect(quit).not.toHaveBeenCalled();
		press('qy');
		await until('the end', () => quit.mock.calls.length > 0);
	});

	it('suspend by Ctrl-Z whatever the mode', async () => {
		const {press, suspend, frame, sees} = openScreen(everything);
		for (const [keys, seen] of [
			['', '3 Remote files'],
			['?', 'Keys'],
			['\u001B', '3 Remote files'],
			['/a', '/a'],
		] as const) {
			const calls = suspend.mock.calls.length;
			press(keys);
			await sees(seen);
			press('\u001A');
			await until(`a stop in\n${frame()}`, () => suspend.mock.calls.length > calls);
		}
	});

	it('quit by Ctrl-C whatever the mode', async () => {
		const {press, quit, sees} = openScreen(everything);
		press('/');
		await sees('type to filter');
		press('\u0003');
		await until('the end', () => quit.mock.calls.length > 0);
	});
});

describe('help and footer', () => {
	it('show only what works in this pane right now', () => {
		const labels = (state: Parameters<typeof usefulBindings>[0]) =>
			usefulBindings(state, bindings).map(binding => labelOf(binding, state));
		expect(labels(after([connected]))).not.toContain('request');
		expect(labels(after(everything))).toContain('request');
		expect(labels({...after(everything), focus: 'transfers'})).toEqual(
			expect.arrayContaining(['pause', 'cancel', 'clear']),
		);
		expect(labels({...after(everything), focus: 'peers'})).not.toContain('pause');
	});
});
