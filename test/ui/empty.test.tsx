import {describe, expect, it} from 'vitest';
import type {PeerEvent} from '../../source/peer/events.js';
import {layoutOf, panesIn} from '../../source/state/layout.js';
import {reduce} from '../../source/state/reducer.js';
import {paneNames, type PaneName, type State} from '../../source/state/state.js';
import {emptyRows} from '../../source/ui/empty.js';
import {widthOf} from '../../source/ui/text.js';
import {after, connected, listening, peerRow, remote, remoteRow} from '../state/rows.js';
import {hostileNames, sizes} from './names.js';
import {openScreen} from './screen.js';

const lost: PeerEvent = {
	type: 'tracker',
	address: '10.0.0.2:6969',
	state: 'lost',
	retryInMs: 4000,
	reason: 'Tracker 10.0.0.2:6969 refused the connection',
};

const joinLine = 'npx p2p-tui 192.168.1.5:6969';

const textOf = (state: State, pane: PaneName, width = 76, height = 8) =>
	emptyRows(state, pane, {width, height})
		.map(row => row.map(({text}) => text).join(''))
		.join('\n');

describe('an empty pane', () => {
	it('says how others join, with the line that works', () => {
		const state = {...after([listening, connected]), joinLine};
		expect(textOf(state, 'peers')).toBe(
			`Nobody else is here yet. On another machine:\n${joinLine}\ny copies this line.`,
		);
		expect(textOf(after([connected]), 'peers')).toContain('Others that join the same tracker show here.');
	});

	it('says where to put files, and who has none', () => {
		expect(textOf(after([listening]), 'local')).toMatch(
			/^Nothing is shared yet.*\n\/home\/ada\/p2p-share\nThey show here/,
		);
		expect(textOf(after([connected]), 'remote')).toBe('Nobody shares a file yet.\nNobody else is here.');
		const peers: PeerEvent = {type: 'peers', changed: [peerRow()], removed: []};
		expect(textOf(after([connected, peers]), 'remote')).toContain('1 other here, with nothing to share.');
		expect(textOf(after([]), 'transfers')).toMatch(/press Enter\.\nSpace marks several/);
	});

	it.each(['peers', 'remote'] as const)('of %s says why the tracker is lost, and what comes of it', pane => {
		expect(textOf(after([]), pane)).toMatch(/^Connecting to the tracker\.\n/);
		expect(textOf(after([lost]), pane)).toBe(
			'Tracker 10.0.0.2:6969 refused the connection.\nIt is tried again by itself; what others share comes back with it.',
		);
	});

	it('says what takes the filter away', async () => {
		const {press, sees} = openScreen([connected, remote(remoteRow('a'))]);
		press('/zzz\r');
		await sees('Nothing here matches /zzz/');
		await sees('esc takes the filter away');
	});
});

describe.each(sizes)('empty panes at %i x %i', (columns, rows) => {
	const line = 'npx p2p-tui a-rather-long-name.of.a.machine.example.org:6969';
	const base: State = {...after([listening, connected]), joinLine: line, size: {columns, rows}};

	const roomOf = (state: State, pane: PaneName) => {
		const layout = layoutOf(state);
		const place = layout.kind === 'panes' ? panesIn(layout.body).find(part => part.pane === pane) : undefined;
		return place && {width: place.width - 4, height: place.height - 2 - (pane === 'remote' ? 1 : 0)};
	};

	it.each(paneNames)('%s fits, and the line to type is whole', pane => {
		const state = reduce(base, {type: 'focus', pane});
		const size = roomOf(state, pane)!;
		const text = textOf(state, pane, size.width, size.height);
		const lines = text.split('\n');
		expect(text).not.toContain('…');
		expect(lines.length).toBeLessThanOrEqual(size.height);
		expect(Math.max(...lines.map(each => widthOf(each)))).toBeLessThanOrEqual(size.width);
		if (pane === 'peers') {
			expect(lines.join('').replaceAll(' ', '')).toContain(line.replaceAll(' ', ''));
		}
	});

	it.each(hostileNames)('say what does not match, be it %j', filter => {
		const state = reduce(base, {type: 'filter', text: filter});
		const size = roomOf(state, 'remote')!;
		for (const each of textOf(state, 'remote', size.width, size.height).split('\n')) {
			expect(widthOf(each)).toBeLessThanOrEqual(size.width);
		}
	});
});

describe('what is told', () => {
	const notice = (level: 'info' | 'error', text: string): PeerEvent => ({type: 'notice', level, text});

	it.each([
		[80, / 1 joined \(\+2, ! shows all\)/],
		[40, / 1 joined \(\+2 !\)/],
	])('says how much else was told, at %i columns', async (columns, seen) => {
		const all = ['3 joined', '2 joined', '1 joined'].map(text => notice('info', text));
		const {sees} = openScreen([connected, ...all], {columns, rows: 24});
		await sees(seen);
	});

	it('shows the error first, and all of it in the log', async () => {
		const {sees, press} = openScreen([
			connected,
			notice('error', 'a.iso failed: bob went away'),
			notice('info', 'Fetched b'),
		]);
		await sees('a.iso failed: bob went away (+1, ! shows all)');
		press('!');
		await sees(/· Fetched b/);
		await sees(/✗ a\.iso failed/);
	});
});
