import {describe, expect, it} from 'vitest';
import type {PeerEvent, Source} from '../../source/peer/events.js';
import type {Action} from '../../source/state/actions.js';
import {reduce} from '../../source/state/reducer.js';
import type {PaneName, State} from '../../source/state/state.js';
import {detailOf, lastTopOf} from '../../source/ui/details/detail-of.js';
import {lengthOf, rowsInSight} from '../../source/ui/details/detail.js';
import {detailSize} from '../../source/ui/details/row.js';
import {widthOf} from '../../source/ui/text.js';
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
import {hostileNames, sizes} from './names.js';

const root = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const otherRoot = 'b'.repeat(64);

const source = (key: string, values: Partial<Source> = {}): Source => ({
	key,
	ip: `10.0.0.${key}`,
	port: 8000,
	name: `peer ${key}`,
	isClassic: false,
	isPartial: false,
	...values,
});

const sources = [source('1', {name: 'bob'}), source('2', {name: '', isClassic: true}), source('3', {isPartial: true})];

/** With the details of a pane's first row, or of the one with a key, open. */
function opened(
	events: PeerEvent[],
	pane: PaneName,
	{key, size = [80, 24]}: {key?: string | number; size?: readonly [number, number]} = {},
): State {
	const actions: Action[] = [
		{type: 'resized', columns: size[0], rows: size[1]},
		{type: 'focus', pane},
		{type: 'mode', mode: 'details'},
	];
	let state = after([listening, connected, ...events]);
	for (const action of actions) {
		state = reduce(state, action);
	}

	return key === undefined ? state : {...state, detailed: {pane, key}};
}

const textOf = (segments: Array<{text: string}>) => segments.map(({text}) => text).join('');

function linesOf(state: State): string[] {
	const detail = detailOf(state)!;
	return rowsInSight(detail, 0, lengthOf(detail)).map(row => textOf(row).trimEnd());
}

const versions = [
	remoteRow('notes.pdf', {root, sources, state: 'newer', mtime: nowMs / 1000 - 3600}),
	remoteRow('notes.pdf', {
		key: `notes.pdf\n${otherRoot}`,
		root: otherRoot,
		size: 999,
		state: 'older',
		mtime: nowMs / 1000 - 9 * 86_400,
	}),
];

const here = localRow('notes.pdf', {mtime: nowMs / 1000 - 2 * 86_400, root: 'c'.repeat(64)});

const told = (changed: Parameters<typeof localRow>[1] = {}): PeerEvent => ({
	type: 'local',
	changed: [{...here, ...changed}],
	removed: [],
});

describe('the details of a remote file', () => {
	const text = (events: PeerEvent[] = [remote(...versions), told()], key: string | number = 'notes.pdf') =>
		linesOf(opened(events, 'remote', {key})).join('\n');

	it('say what it is, and what Enter will do', () => {
		expect(text()).toContain(`Content   ${root}`);
		expect(text()).toContain('Size      2.1 MB (2,100,000 bytes)');
		expect(text()).toMatch(/Modified {2}\d{4}-\d\d-\d\d \d\d:\d\d, 1 h ago/);
		expect(text()).toMatch(/State {5}\^ newer than the copy here, which is from [\d-]+ [\d:]+, 2 d\s+ago/);
		expect(text()).toMatch(
			/Enter {5}fetches it from bob, 10\.0\.0\.2:8000, peer 3; the copy here goes to\n +the versions folder/,
		);
	});

	it('list all versions of the name, and which of them this is', () => {
		const lines = text().split('\n');
		expect(lines).toContain('Versions of this name that others hold: 2');
		expect(lines.some(line => /^▸ 1 h +2\.1 MB {2}9f86d081 {2}held by 3 +\^ newer$/.test(line))).toBe(true);
		expect(lines.some(line => /^ {2}9 d +9{3} B {2}b{8} {2}held by 1 +v older$/.test(line))).toBe(true);
	});

	it('list who holds it, where, and what they speak', () => {
		expect(text()).toMatch(
			/Held by 3\n● bob +10\.0\.0\.1:8000 +version 2\n○ +10\.0\.0\.2:8000 +class\n● peer 3 +10\.0\.0\.3:8000 +version 2, parts/,
		);
	});

	it('say how the transfer stands', () => {
		const facts = [
			remote(remoteRow('a', {size: 1000})),
			transfer(transferRow(1, {name: 'a', state: 'running', bytes: 450})),
		];
		expect(text(facts, 'a')).toMatch(
			/Transfer {2}↓ 45 %, 0 B\/s\nEnter +does nothing: it is among the transfers already/,
		);
		const failed = [...facts, transfer(transferRow(1, {name: 'a', state: 'failed', error: 'bob went away'}))];
		expect(text(failed, 'a')).toMatch(/Transfer {2}✗ failed: bob went away\nEnter {5}tries it again/);
		const paused = [...facts, transfer(transferRow(1, {name: 'a', state: 'paused'}))];
		expect(text(paused, 'a')).toMatch(/Enter {5}goes on with it/);
	});

	it.each([
		['here', '= here', 'does nothing: it is here'],
		['older', 'v older than the copy here', 'does nothing: the copy here is newer, and stays'],
		['missing', '+ missing: nothing of that name is here', 'fetches it from bob'],
	] as const)('say what can be done with a file that is %s', (state, words, enter) => {
		const shown = text([remote(remoteRow('a', {state}))], 'a');
		expect(shown).toContain(`State     ${words}`);
		expect(shown).toContain(`Enter     ${enter}`);
	});

	it('say what is not told', () => {
		const unknown = remoteRow('a', {size: undefined});
		expect(text([remote(unknown)], 'a')).toContain('Content   not told yet: who holds it is still hashing it');
		const classic = text([remote({...unknown, sources: [source('2', {isClassic: true})]})], 'a');
		expect(classic).toMatch(/Content {3}not told by class programs\nSize {6}not told by class programs/);
	});

	it('say that it has gone', () => {
		expect(text([], 'gone')).toContain('Nobody who is here holds this version any more. Esc goes back.');
	});
});

describe('the details of a local file', () => {
	const text = (events: PeerEvent[]) => linesOf(opened(events, 'local')).join('\n');

	it('say where it is, what it is and who else holds it', () => {
		const shown = text([told({root}), remote({...versions[0]!, state: 'here'}, versions[1]!)]);
		expect(shown).toContain('Path      /home/ada/p2p-share/notes.pdf');
		expect(shown).toContain('Size      1.2 kB (1,200 bytes)');
		expect(shown).toContain(`Content   ${root}`);
		expect(shown).toMatch(/Held by 3\n● bob +10\.0\.0\.1:8000 +version 2\n/);
		expect(shown).toMatch(/Versions of this name that others hold: 1\n {2}9 d .*v older/);
	});

	it('say how far its content is from being known', () => {
		const state = opened([{type: 'local', changed: [localRow('a'), localRow('b')], removed: []}], 'local');
		expect(linesOf(state).join('\n')).toContain('Held by   nobody else');
		const indexing = {name: 'a', label: 'a', bytes: 61, size: 100, filesLeft: 2, bytesLeft: 139};
		const reading = sampled(0, []);
		const hashing = reduce(state, {...reading, sample: {...reading.sample, indexing}});
		expect(linesOf(hashing).join('\n')).toContain('Content   not known yet: hashing, 61 %');
		expect(linesOf({...hashing, detailed: {pane: 'local', key: 'b'}}).join('\n')).toContain(
			'waits to be hashed, 2 left',
		);
	});
});

describe('the details of a peer', () => {
	const events: PeerEvent[] = [
		{
			type: 'peers',
			changed: [peerRow({key: '1', files: 2}), peerRow({key: '2', name: '', isClassic: true})],
			removed: [],
		},
		remote(
			remoteRow('a', {size: undefined}),
			remoteRow('b', {state: 'here'}),
			remoteRow('c', {sources: [source('2')]}),
		),
	];

	it('say who it is, how fast it is, and what it holds', () => {
		let state = opened(events, 'peers', {key: '1'});
		for (const [index, downBytes] of [0, 1e6, 3e6].entries()) {
			const peer = {key: '1', downBytes, upBytes: 500, rttMs: 3.2, httpVersion: '1.1'};
			state = reduce(state, {...sampled(index * 500, []), peer});
		}

		const text = linesOf(state).join('\n');
		expect(detailOf(state)!.title).toBe('● bob');
		expect(text).toContain('Address   10.0.0.7:8001');
		expect(text).toContain('Speaks    version 2 over HTTP/1.1: pieces');
		expect(text).toMatch(/Here {6}since \d\d:\d\d:\d\d, as far as this screen saw it/);
		expect(text).toContain('Trip      3 ms there and back');
		expect(text).toMatch(/Received {2}3 MB +2\.8 MB\/s +▁{6}▄█\nSent {6}50{2} B +0 B\/s/);
		expect(text).toContain('Files     2, 1 of them missing here or newer');
		expect(text).toMatch(/What it holds\n\+ missing +a +\?\n= here +b +2\.1 MB$/);
	});

	it('say what comes from it while the core does not count by peer', () => {
		const running = [{id: 1, bytes: 0, sources: rates(['bob', 2], ['carol', 1])}];
		let state = opened(events, 'peers', {key: '1'});
		for (const atMs of [0, 250]) {
			state = reduce(state, sampled(atMs, running));
		}

		expect(linesOf(state).join('\n')).toMatch(/Received {2}2 MB +2 MB\/s$/m);
		expect(linesOf(state).join('\n')).not.toContain('Sent');
	});

	it('say that it has left', () => {
		const state = after([{type: 'peers', changed: [], removed: ['1']}], opened(events, 'peers', {key: '1'}));
		expect(linesOf(state).join('\n')).toContain('This peer has left. Esc goes back.');
	});

	it('make no rows that are not in sight, however many files there are', () => {
		const rows = Array.from({length: 5000}, (_, index) => remoteRow(`file ${index}`));
		const state = opened([...events, remote(...rows)], 'peers', {key: '1'});
		const detail = detailOf(state)!;
		expect(lengthOf(detail)).toBeGreaterThan(5000);
		let made = 0;
		const counted = (at: (index: number) => Array<{text: string}>) => (index: number) => {
			made++;
			return at(index);
		};

		const parts = detail.parts.map(({length, at}) => ({length, at: counted(at)}));
		expect(textOf(rowsInSight({...detail, parts}, lengthOf(detail) - 10, 10).at(-1)!)).toMatch(/file 4999/);
		expect(made).toBe(10);
	});
});

describe('the details of a notice', () => {
	it('have all of its text', () => {
		const text = `${'many words '.repeat(30)}end`;
		const state = opened([{type: 'notice', level: 'warning', text}], 'log');
		const lines = linesOf(state);
		expect(lines[0]).toMatch(/Time {6}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
		expect(lines[1]).toBe('Level     warning');
		expect(
			lines
				.slice(2)
				.map(line => line.slice(10).trim())
				.join(' '),
		).toBe(text);
	});
});

describe.each(sizes)('details at %i x %i', (columns, rows) => {
	const size = [columns, rows] as const;

	/** No row is wider than the terminal, none is taller than one row, and no more of them are shown than there is room for. */
	function expectToFit(state: State): void {
		const detail = detailOf(state)!;
		const {width, height} = detailSize(state);
		expect(widthOf(detail.title)).toBeLessThanOrEqual(columns - 5);
		for (let top = 0; top <= lastTopOf(detail, state); top += height) {
			const shown = rowsInSight(detail, top, height).map(row => textOf(row));
			expect(shown.length).toBeLessThanOrEqual(height);
			for (const text of shown) {
				expect(text).not.toContain('\n');
				expect(widthOf(text), text).toBeLessThanOrEqual(width);
			}
		}
	}

	it.each(hostileNames)('fit, with the name %j', label => {
		const long = {...source('1'), name: label, ip: '2001:db8:1234:5678:9abc:def0:1234:5678', port: 65_535};
		const file = remoteRow('a', {label, root, size: 9e15, sources: [long, ...sources], mtime: 9e12});
		const others = Array.from({length: 30}, (_, index) => ({...file, key: `a\n${index}`, mtime: -index}));
		const events: PeerEvent[] = [
			{
				type: 'peers',
				changed: [peerRow({name: label, ip: long.ip, port: 65_535}), peerRow({key: '2', name: ''})],
				removed: [],
			},
			{type: 'local', changed: [localRow('a', {label, root})], removed: []},
			remote(file, ...others),
			transfer(transferRow(1, {name: 'a', label, root, state: 'failed', error: `${label} closed the connection`})),
			{type: 'notice', level: 'error', text: `${label} failed: ${label}`},
		];
		expectToFit(opened(events, 'peers', {key: '1', size}));
		expectToFit(opened(events, 'peers', {key: '2', size}));
		expectToFit(opened(events, 'local', {size}));
		expectToFit(opened(events, 'remote', {size}));
		expectToFit(opened(events, 'transfers', {size}));
		expectToFit(opened(events, 'log', {size}));
		const reading = {...sampled(0, []), peer: {key: '1', downBytes: 9e15, upBytes: 9e15, rttMs: 99_999}};
		expectToFit(reduce(opened(events, 'peers', {key: '1', size}), reading));
	});

	it('have the whole name and content of a file, though it takes rows', () => {
		const name = 'folder/'.repeat(30);
		const lines = linesOf(opened([remote(remoteRow(name, {root}))], 'remote', {size}));
		const whole = lines.map(line => line.slice(10)).join('');
		expect(whole).toContain(root);
		if (columns < 200) {
			expect(whole).toContain(name);
		}
	});
});
