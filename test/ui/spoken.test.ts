import {describe, expect, it} from 'vitest';
import type {PeerActions, PeerEvent} from '../../source/peer/events.js';
import {reduce} from '../../source/state/reducer.js';
import {initialState, type State} from '../../source/state/state.js';
import {createStore} from '../../source/state/store.js';
import {bindings} from '../../source/ui/bindings.js';
import {press} from '../../source/ui/keymap.js';
import {rebind} from '../../source/ui/rebind.js';
import {spoken} from '../../source/ui/spoken.js';
import {spokenNews, toldState} from '../../source/ui/spoken/news.js';
import {spokenAgain} from '../../source/ui/spoken/place.js';
import {listed, spokenAge, spokenDuration, spokenKey} from '../../source/ui/spoken/words.js';
import {
	after,
	connected,
	listening,
	localRow,
	nowMs,
	peerRow,
	rates,
	remote,
	remoteRow,
	sampled,
	transfer,
	transferRow,
} from '../state/rows.js';

const lost: PeerEvent = {type: 'tracker', address: '10.0.0.2:6969', state: 'lost', retryInMs: 4000, reason: 'refused'};

const joined = (...changed: Array<ReturnType<typeof peerRow>>): PeerEvent => ({type: 'peers', changed, removed: []});

const files = after([
	listening,
	connected,
	joined(peerRow(), peerRow({key: '2', name: '', ip: '10.0.0.9', port: 8003, isClassic: true, files: 1})),
	{type: 'local', changed: [localRow('readme.txt')], removed: []},
	remote(remoteRow('a.txt'), remoteRow('b.txt', {state: 'here'}), remoteRow('notes.pdf', {state: 'newer'})),
]);

/** What facts are told as. */
const news = (events: PeerEvent[], before: State = files) => spokenNews(before, after(events, before));

const noActions = new Proxy({} as PeerActions, {get: () => () => {}});

/** The state after these keys, and the lines that the last one was answered with. */
function pressed(keys: string[], from: State = files, table = bindings) {
	const store = createStore(from);
	let lines: string[] = [];
	for (const key of keys) {
		const before = store.getState();
		const {dispatch} = store;
		press(key, {state: before, dispatch, actions: noActions, bindings: table, quit() {}, suspend: undefined});
		lines = spoken(before, store.getState(), table);
	}

	return {state: store.getState(), lines};
}

const running = transferRow(1, {label: 'week 7.mp4', state: 'running', bytes: 0, size: 1000, peer: 'bob'});

describe('what happens', () => {
	it.each<[string, PeerEvent[], string[]]>([
		['the tracker lost', [lost], ['The tracker is lost: refused. Trying again in 4 seconds.']],
		['a try', [{type: 'tracker', address: 'x:1', state: 'connecting'}], []],
		['a peer', [joined(peerRow({key: '3', name: 'carol', files: 1}))], ['carol joined with 1 file.']],
		['a peer that changes', [joined(peerRow({files: 13}))], []],
		['a peer that goes', [{type: 'peers', changed: [], removed: ['2']}], ['10.0.0.9 port 8003 left.']],
		[
			'many peers',
			[joined(...Array.from({length: 40}, (_, index) => peerRow({key: `new ${index}`})))],
			['40 peers joined.'],
		],
		['a download that waits', [transfer(transferRow(1, {label: 'x'}))], ['x waits for its turn.']],
		['one that runs', [transfer(running)], ['Fetching week 7.mp4.']],
		['one that is done', [transfer({...running, state: 'done'})], []],
		['one that pauses', [transfer({...running, bytes: 451, state: 'paused'})], ['week 7.mp4 is paused at 45 percent.']],
		['one that is cancelled', [transfer({...running, state: 'cancelled'})], ['week 7.mp4 is cancelled.']],
		[
			'an upload',
			[transfer(transferRow(2, {label: 'a', direction: 'up', state: 'running', peer: 'eve'}))],
			['Sending a to eve.'],
		],
		[
			'an upload that is done',
			[transfer(transferRow(2, {label: 'a', direction: 'up', state: 'done', peer: 'eve'}))],
			['Sent a to eve.'],
		],
		[
			'many downloads',
			Array.from({length: 9}, (_, index) => transfer(transferRow(index + 10))),
			['9 downloads waiting.'],
		],
		['a notice', [{type: 'notice', level: 'info', text: 'Fetched a from bob'}], ['Fetched a from bob.']],
		[
			'an error and a warning',
			[
				{type: 'notice', level: 'error', text: 'a failed: refused'},
				{type: 'notice', level: 'warning', text: 'Port 8000 is taken; using 8001'},
			],
			['Error: a failed: refused.', 'Warning: Port 8000 is taken; using 8001.'],
		],
		['sync', [{type: 'sync', isOn: true}], ['Sync is on.']],
		['files of others', [remote(remoteRow('new.txt'))], []],
		['our own folder', [{type: 'local', changed: [localRow('x')], removed: []}], []],
	])('is told: %s', (_what, events, lines) => {
		expect(news(events)).toEqual(lines);
	});

	it('is told of the beginning', () => {
		expect(news([listening, connected], initialState)).toEqual([
			'ada shares /home/ada/p2p-share on port 8001.',
			'Connected to the tracker at 10.0.0.2:6969.',
		]);
	});

	it('is told once of a tracker that stays away, and when it is back', () => {
		const lines: string[] = [];
		let told = files;
		let state = files;
		const trying: PeerEvent = {type: 'tracker', address: '10.0.0.2:6969', state: 'connecting'};
		for (const event of [lost, trying, lost, trying, lost, trying, connected]) {
			state = after([event], state);
			lines.push(...spokenNews(told, state));
			told = toldState(told, state);
		}

		expect(lines).toEqual([
			'The tracker is lost: refused. Trying again in 4 seconds.',
			'Connected to the tracker at 10.0.0.2:6969.',
		]);
	});

	it('is told of progress at each quarter', () => {
		let state = after([transfer(running)], files);
		const lines: string[] = [];
		for (const [index, bytes] of [0, 200, 260, 400, 500, 749, 800, 1000].entries()) {
			const before = state;
			state = reduce(state, sampled(index * 1000, [{id: 1, bytes}]));
			lines.push(...spokenNews(before, state));
		}

		expect(lines.map(line => line.replace(/,.*/, ''))).toEqual([
			'week 7.mp4: 25 percent',
			'week 7.mp4: 50 percent',
			'week 7.mp4: 75 percent',
		]);
		expect(lines[0]).toMatch(/ \d+ B\/s, \d+ seconds? to go\.$/);
	});

	it('is nothing while nothing happens', () => {
		expect(spoken(files, files, bindings)).toEqual([]);
		expect(spoken(files, reduce(files, sampled(0, [])), bindings)).toEqual([]);
	});
});

describe('where the user is', () => {
	it.each<[string[], string | RegExp]>([
		[
			['down', 'up'],
			'Remote files, 1 of 3: a.txt, 2.1 MB, changed 2 hours ago, held by 1, missing. Enter: request. Space: mark.',
		],
		[['j'], 'Remote files, 2 of 3: b.txt, 2.1 MB, changed 2 hours ago, held by 1, here.'],
		[
			['G'],
			'Remote files, 3 of 3: notes.pdf, 2.1 MB, changed 2 hours ago, held by 1, newer than yours. Enter: request. Space: mark.',
		],
		[['1'], 'Peers, 1 of 2: 10.0.0.9 port 8003, 1 file, classic.'],
		[['1', 'j'], 'Peers, 2 of 2: bob, 10.0.0.7, 12 files.'],
		[['2'], 'Local files, 1 of 1: readme.txt, 1.2 kB, changed 2 hours ago.'],
		[['tab'], 'Transfers: nothing here.'],
		[['/'], 'Filter of Remote files: type what to look for. Enter keeps it, Escape takes it away.'],
		[
			['/', 'n'],
			'Filter n: 1 of 3 match. The first: notes.pdf, 2.1 MB, changed 2 hours ago, held by 1, newer than yours.',
		],
		[['/', 'z'], 'Filter z: 0 of 3 match.'],
		[['/', 'z', 'enter'], 'Remote files, filter z: nothing matches.'],
		[['f'], 'Type the letter to go to.'],
		[[':'], 'Commands: type what you look for. Down and Up choose, Enter does it, Escape goes back.'],
		[
			[':', 'c', 'a', 'n', 'c'],
			/^canc, command 1 of \d+: cancel\. Cancel the download and throw its part away\. Not now: only in Transfers\.$/,
		],
		[[':', 'z', 'z', 'z'], 'zzz: no command is called that.'],
	])('is said after %j', (keys, line) => {
		expect(pressed(keys).lines).toEqual([typeof line === 'string' ? line : expect.stringMatching(line)]);
	});

	it('is said with the letter that was jumped to', () => {
		const {state, lines} = pressed(['f', 'n']);
		expect(state.mode).toBe('normal');
		expect(lines.join(' ')).toContain('3 of 3: notes.pdf');
	});

	it('is said with the new order, the filter and the marks', () => {
		expect(pressed(['s']).lines[0]).toBe('Sorted by size.');
		expect(pressed(['o']).lines[0]).toBe('Sorted by name, reversed.');
		expect(pressed(['space']).lines).toEqual(['1 marked.', expect.stringContaining('2 of 3: b.txt')]);
		expect(pressed(['a']).lines).toEqual(['2 marked.']);
		expect(pressed(['a', 'escape']).lines).toEqual(['Nothing is marked.']);
		expect(pressed(['space', 'up']).lines[0]).toContain('missing, marked.');
	});

	it('is said with the keys that the user has chosen', () => {
		const table = rebind(bindings, {request: 'R', mark: null});
		expect(pressed(['G'], files, table).lines[0]).toMatch(/newer than yours\. Shift r: request\.$/);
	});

	it('is said again after a key that changes nothing', () => {
		const {state, lines} = pressed(['up', 'up']);
		expect(lines).toEqual([]);
		expect(spokenAgain(state, bindings)[0]).toContain('Remote files, 1 of 3');
	});

	it('is a question before something is lost', () => {
		const state = after([transfer(running)], files);
		expect(pressed(['q'], state).lines).toEqual(['1 transfer running. Quit? Y for yes, n for no.']);
		expect(pressed(['q', 'n'], state).lines[0]).toContain('Remote files, 1 of 3');
	});

	it('says transfers with their rate, time to go and reason', () => {
		let state = after([transfer({...running, bytes: 450})], files);
		state = reduce(state, sampled(0, [{id: 1, bytes: 400, sources: rates(['bob', 0.0001])}]));
		state = reduce(state, sampled(1000, [{id: 1, bytes: 450, sources: rates(['bob', 0.0001])}]));
		expect(pressed(['4'], state).lines).toEqual([
			'Transfers, 1 of 1: week 7.mp4, download from bob, running, 45 percent, 100 B/s, 6 seconds to go. p: pause. x: cancel.',
		]);
		const failed = after([transfer({...running, state: 'failed', error: 'bob closed the connection'})], files);
		expect(pressed(['4'], failed).lines[0]).toMatch(/failed, 0 percent, bob closed the connection\./);
	});

	it('says details line by line', () => {
		const state = after([transfer({...running, root: 'ab12', error: undefined})], files);
		const {lines} = pressed(['4', 'i'], state);
		expect(lines[0]).toMatch(/^Details: week 7\.mp4, download from bob/);
		expect(lines).toContain('Content id: ab12');
		expect(lines.at(-1)).toBe('Escape goes back.');
	});

	it('says all of help at once, a line for each command', () => {
		const {lines} = pressed(['?'], reduce(files, {type: 'join line', line: 'npx p2p-tui 10.0.0.2:6969'}));
		expect(lines).toContain('Enter: Request the file under the cursor, or all that are marked (remote files).');
		expect(lines).toContain('Question mark: All keys.');
		expect(lines).toContain('Others join by: npx p2p-tui 10.0.0.2:6969');
		for (const {help} of bindings.filter(({group}) => group !== 'demo')) {
			expect(lines.some(line => line.includes(help))).toBe(true);
		}
	});

	it('draws nothing in any mode', () => {
		const state = after([transfer({...running, bytes: 450}), {type: 'notice', level: 'info', text: 'x'}], files);
		for (const keys of [['?'], ['4'], ['4', 'i'], [':'], ['/', 'a'], ['q'], ['w'], ['!'], ['5'], ['6'], ['S']]) {
			const {lines} = pressed(keys, state);
			// eslint-disable-next-line no-control-regex -- whatever moves a cursor
			expect(lines.join('\n')).not.toMatch(/[─-▟●◌○✓✗‖▌…↑↓·\u0000-\u0009\u000B-\u001F]/);
		}
	});
});

describe('words', () => {
	it.each([
		['enter', 'Enter'],
		['page-down', 'Page down'],
		['ctrl-n', 'Control n'],
		['s', 's'],
		['S', 'Shift s'],
		['?', 'Question mark'],
	])('call the key %s "%s"', (key, name) => {
		expect(spokenKey(key)).toBe(name);
	});

	it('say times in whole units', () => {
		expect(spokenDuration(0)).toBe('0 seconds');
		expect(spokenDuration(61)).toBe('1 minute');
		expect(spokenDuration(7300)).toBe('2 hours');
		expect(spokenAge(nowMs / 1000 + 50, nowMs)).toBe('changed just now');
		expect(spokenAge(nowMs / 1000 - 3 * 86_400, nowMs)).toBe('changed 3 days ago');
		expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
	});
});
