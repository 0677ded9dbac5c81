import {describe, expect, it} from 'vitest';
import type {Transfer} from '../../source/peer/events.js';
import {reduce} from '../../source/state/reducer.js';
import type {State} from '../../source/state/state.js';
import {transferRows} from '../../source/ui/details/transfer-rows.js';
import {transferLine} from '../../source/ui/panes/transfers.js';
import {widthOf} from '../../source/ui/text.js';
import {until} from '../wait.js';
import {after, connected, rates, sampled, transfer, transferRow} from '../state/rows.js';
import {openScreen} from './screen.js';

const root = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const row = (id: number, values: Partial<Transfer> = {}) =>
	transferRow(id, {name: `n${id}`, size: 48e6, root, bytes: 21.6e6, ...values});

const names = [
	'readme.txt',
	'lectures/week 7 sockets.mp4',
	'漢字の長いファイル名'.repeat(12),
	'👩‍👩‍👧'.repeat(40),
	'e\u0301'.repeat(200),
	'a<U+202E>fdp.exe',
	'x'.repeat(255),
	' ',
];

const reason = 'the disk is full; it goes on when 26.4 MB are free';
const longError = `${'漢字'.repeat(30)} closed the connection after 12.3 MB, ${'y'.repeat(90)} and more words to come`;

const states: Array<Partial<Transfer>> = [
	{state: 'running', peer: 'bob, carol, dave'},
	{state: 'running', peer: 'bob', error: reason},
	{state: 'running', peer: 'bob', size: undefined, root: undefined},
	{state: 'running', direction: 'up', peer: 'eve', root: undefined},
	{state: 'waiting'},
	{state: 'waiting', error: 'nobody who holds it is here yet'},
	{state: 'paused', peer: 'bob, carol'},
	{state: 'done', peer: 'bob, carol, dave, erin, frank, grace, heidi', bytes: 48e6},
	{state: 'failed', error: longError},
	{state: 'failed', direction: 'up', error: 'frank went away', peer: 'frank'},
	{state: 'cancelled'},
	{state: 'done', size: 0, bytes: 0},
	{state: 'running', size: 9.9e14, bytes: 4e14, peer: '漢字ピアの名前です'},
];

const sources = rates(['bob', 22], ['carol', 12], ['漢字ピアの名前です', 6]);

const map = (id: number, pieces = `${'#'.repeat(600)}${'>'.repeat(65)}${'.'.repeat(700)}???${'.'.repeat(97)}`) => ({
	id,
	pieces,
	pieceBytes: 32_768,
});

const running = (id: number, bytes = 22e6) => ({id, bytes, sources});

/** The details of transfer 1 are open, as of a reading with its sources and pieces. */
function detailed(values: Partial<Transfer>, hasMap = true): State {
	const state = after([transfer(row(1, values)), transfer(row(2)), transfer(row(3))]);
	const isRunning = values.state === 'running';
	const all = isRunning && values.direction !== 'up' ? [running(1)] : isRunning ? [{id: 1, bytes: 22e6}] : [];
	const readings = [sampled(0, all), sampled(250, all, hasMap ? {pieces: map(1)} : {})];
	const panes = {...state.panes, transfers: {...state.panes.transfers, cursor: {key: 1, index: 0, top: 0}}};
	let current: State = {...state, panes, focus: 'transfers', mode: 'details'};
	for (const reading of readings) {
		current = reduce(current, reading);
	}

	return current;
}

const textOf = (segments: Array<{text: string}>) => segments.map(({text}) => text).join('');

describe('a line of the transfers', () => {
	const lineOf = (values: Partial<Transfer>, width: number) =>
		textOf(transferLine(row(1, values), width, detailed(values)));

	it('has the sources with their rates where there is room, and else their number', () => {
		expect(lineOf(states[0]!, 117)).toMatch(/ 45 % +40 MB\/s +0:01 {2}bob {2}22 · carol {2}12 \+1$/);
		expect(lineOf(states[0]!, 160)).toMatch(/ {2}bob {2}22 · carol {2}12 · 漢字ピ.* 6\.0$/);
		expect(lineOf(states[0]!, 77)).toMatch(/40 MB\/s +0:01 {2}3 sources$/);
		expect(lineOf(states[0]!, 57)).toMatch(/40 MB\/s +0:01$/);
	});

	it('has the name of the only source, and of all when it is over', () => {
		const one = reduce(
			after([transfer(row(1, states[0]))], detailed(states[0]!)),
			sampled(500, [{id: 1, bytes: 22e6, sources: rates(['bob', 22])}]),
		);
		expect(textOf(transferLine(row(1, states[0]), 117, one))).toMatch(/ {2}bob$/);
		expect(lineOf({state: 'done', peer: 'bob, carol'}, 117)).toMatch(/✓ done {2}bob, carol$/);
	});

	it('says what it waits for', () => {
		expect(lineOf(states[5]!, 117)).toMatch(/ 45 % {2}… waiting: nobody who holds it is here yet$/);
		expect(lineOf(states[1]!, 117)).toContain(`… waiting: ${reason}`);
		expect(lineOf(states[5]!, 37)).toMatch(/… nobody who hold/);
		expect(lineOf({state: 'paused', error: reason}, 117)).toMatch(/‖ paused/);
		expect(lineOf({state: 'waiting'}, 117)).toMatch(/… waiting/);
	});

	it('keeps to its width in every state, with every name', () => {
		for (const values of states) {
			const state = detailed(values);
			for (const label of names) {
				for (const width of [37, 57, 77, 83, 84, 99, 100, 117, 197]) {
					expect(widthOf(textOf(transferLine(row(1, {...values, label}), width, state)))).toBeLessThanOrEqual(width);
				}
			}
		}
	});
});

describe('the rows of the details', () => {
	const rowsOf = (values: Partial<Transfer>, width: number, height: number, hasMap = true) =>
		transferRows(row(1, values), detailed(values, hasMap), {width, height}).map(segments => textOf(segments));

	it('say all of a download that runs from several sources', () => {
		const text = rowsOf({...states[0]!, label: 'lectures/week 7 sockets.mp4'}, 76, 18).join('\n');
		expect(text).toContain(`Content   ${root}`);
		expect(text).toContain('State     ↓ running');
		expect(text).toMatch(/Verified {2}█+[▏▎▍▌▋▊▉]?░+ +45 % {3}22 MB of 48 MB/);
		expect(text).toMatch(/Rate {6}40 MB\/s +0:01 to go/);
		expect(text).toContain('Pieces    600 of 1465 · 32 KiB each · 3 that nobody offers now');
		expect(text).toMatch(/\n█{40,}\n.*>+.*\n·+/);
		expect(text).toContain('█ here   ▄ part   > asked   · offered   ? nobody');
		expect(text).toMatch(
			/Sources {3}bob +█+[▏▎▍▌▋▊▉]?░+ +22 MB +22 MB\/s ▁+█\n +carol +█.* 12 MB +12 MB\/s ▁+█\n +漢字ピ/,
		);
	});

	it('say the same in the six rows of the smallest terminal', () => {
		const rows = rowsOf(states[0]!, 36, 6);
		expect(rows).toHaveLength(6);
		expect(rows[0]).toMatch(/^↓ running +45 % {3}22 MB of 48 MB$/);
		expect(rows[1]).toMatch(/^40 MB\/s +0:01 to go$/);
		expect(rows[2]).toBe('bob  22 · carol  12 +1');
		expect(rows[3]).toMatch(/^600 of 1465 × 32 KiB {2}9f86.*…\w*0a08 ?$/);
		expect(rows[4]).toMatch(/^█+.?>+.*\?·+$/);
		expect(rows[5]).toBe('█here ▄part >asked ·offered ?nobody');
	});

	it('say its turn while it waits', () => {
		expect(rowsOf({state: 'waiting'}, 76, 18, false).join('\n')).toContain('… waiting, turn 1 of 3');
	});

	it('say why, as long as it may be', () => {
		const text = rowsOf(states[8]!, 76, 18, false).join(' ');
		expect(text).toContain('✗ failed');
		expect(text).toMatch(/Reason {4}漢字/);
		expect(text).toMatch(/closed the +connection after 12\.3 MB, y+…/);
		expect(rowsOf(states[5]!, 36, 6, false).join('\n')).toMatch(/… waiting.*45 %.*\nnobody who holds it is here yet/);
	});

	it('say to whom an upload goes, and nothing of pieces', () => {
		const text = rowsOf(states[3]!, 76, 18, false).join('\n');
		expect(text).toContain('To        eve');
		expect(text).toMatch(/Sent {6}█/);
		expect(text).not.toMatch(/Pieces|Content|Verified/);
	});

	it('show the whole map when it is done', () => {
		const text = rowsOf({state: 'done', peer: 'bob'}, 76, 18).join('\n');
		expect(text).toContain('Pieces    1465 of 1465');
		expect(text).not.toMatch(/[>?] *\n.*█ here/);
	});

	it('ask for nothing any more once it is paused', () => {
		const text = rowsOf({state: 'paused', peer: 'bob'}, 76, 18).join('\n');
		expect(text).toContain('Pieces    600 of 1465');
		expect(text.split('█ here')[0]).not.toContain('>');
		expect(text).toContain('?');
	});

	it('leave the map where it is when sources come and go', () => {
		const at = (amount: number) => {
			const all = rates(...Array.from({length: amount}, (_, index): [string, number] => [`peer ${index}`, index]));
			const state = reduce(detailed(states[0]!), sampled(500, [{id: 1, bytes: 22e6, sources: all}]));
			const rows = transferRows(row(1, states[0]), state, {width: 76, height: 18}).map(segments => textOf(segments));
			return {legend: rows.findIndex(text => text.startsWith('█ here')), rows};
		};

		expect(new Set([1, 2, 3, 12].map(amount => at(amount).legend)).size).toBe(1);
		expect(at(12).rows).toHaveLength(18);
		expect(at(12).rows.at(-1)).toMatch(/and \d+ more/);
	});

	it.each([
		[36, 6],
		[36, 40],
		[56, 14],
		[76, 18],
		[116, 34],
		[196, 54],
		[196, 6],
	])('keep to %i x %i in every state, with every name', (width, height) => {
		for (const values of states.flatMap(state => names.map(label => ({...state, label})))) {
			for (const hasMap of [true, false]) {
				const rows = rowsOf(values, width, height, hasMap);
				expect(rows.length).toBeLessThanOrEqual(height);
				expect(Math.max(...rows.map(text => widthOf(text))), rows.join('\n')).toBeLessThanOrEqual(width);
			}
		}
	});
});

const sizes = [
	[40, 12],
	[60, 20],
	[80, 24],
	[120, 40],
	[200, 60],
] as const;

describe.each(sizes)('at %i x %i', (columns, rows) => {
	const everything = [
		connected,
		...states.map((values, index) => transfer(row(index + 1, {...values, label: names[index % names.length]!}))),
	];

	const open = () => {
		const screen = openScreen(everything, {columns, rows});
		const all = [1, 2, 13].map(id => running(id));
		screen.store.dispatch(sampled(0, all));
		screen.store.dispatch(sampled(250, all));
		/** Every frame is as tall as the screen, and every row of the pane as wide. */
		const expectWhole = () => {
			const lines = screen.lines();
			expect(lines).toHaveLength(rows - 1);
			for (const line of lines) {
				expect(widthOf(line), line).toBeLessThanOrEqual(columns);
				if (/^[┏┃┗╭│╰]/.test(line)) {
					expect(widthOf(line), line).toBe(columns);
				}
			}
		};

		return {...screen, expectWhole};
	};

	it('the transfers pane shows every state and never wraps', async () => {
		const {press, sees, expectWhole} = open();
		press('4');
		await sees(columns < 76 ? '[Xfers 13]' : '┏ 4 Transfers');
		expectWhole();
		for (const key of 'jjjjjjjjjjjjk') {
			press(key);
		}

		await sees(/▌.*✓|▌.*–/);
		expectWhole();
	});

	it('the details show every state and never wrap', async () => {
		const {press, sees, expectWhole, store, frame, lines} = open();
		press('4i');
		await sees('↓ running');
		expect(lines()[1]).toMatch(/^┏ ↓ readme\.txt ━/);
		for (const [index] of states.entries()) {
			const id = store.getState().panes.transfers.cursor.key as number;
			store.dispatch(sampled(500 + index, [running(1)], {pieces: map(id)}));
			await until('the frame', () => lines().length === rows - 1);
			expectWhole();
			const before = frame();
			press(']');
			await until('the next', () => frame() !== before || index >= states.length - 1);
		}

		press('q');
		await sees(columns < 76 ? '[Xfers 13]' : '┏ 4 Transfers');
	});
});

describe('the keys of transfers', () => {
	const waiting = [connected, ...[1, 2, 3].map(id => transfer(row(id, {label: `file ${id}`})))];

	it('move a waiting download earlier, later and to the front', async () => {
		const {press, actions} = openScreen(waiting);
		press('4jJKt');
		await until('moves', () => actions.move.mock.calls.length === 3);
		expect(actions.move.mock.calls).toEqual([
			[2, 1],
			[2, -1],
			[2, -Number.MAX_SAFE_INTEGER],
		]);
	});

	it('stay on the row that moves', async () => {
		const {press, tell, sees} = openScreen(waiting);
		press('4');
		await sees(/▌ ↓ file 1/);
		press('J');
		tell(transfer(row(2, {label: 'file 2', place: 1})));
		tell(transfer(row(1, {label: 'file 1', place: 2})));
		await sees(/file 2.*\n.*▌ ↓ file 1/);
	});

	it('move nothing that runs, is over, or waits alone', async () => {
		const {press, actions, sees} = openScreen([
			connected,
			transfer(row(1, {state: 'running'})),
			transfer(row(2)),
			transfer(row(3, {state: 'done'})),
		]);
		press('4KJtjKJtjKJt');
		await sees('▌');
		expect(actions.move).not.toHaveBeenCalled();
	});

	it.each([
		['i', '\u001B'],
		['\r', 'q'],
		['i', 'i'],
		['i', '\r'],
	])('open details with %j and close them with %j', async (openKey, closeKey) => {
		const {press, sees, frame} = openScreen(waiting);
		press('4');
		await sees('┏ 4 Transfers');
		press(openKey);
		await sees('┏ ↓ file 1');
		expect(frame()).not.toContain('4 Transfers');
		press(closeKey);
		await sees('┏ 4 Transfers');
	});

	it('do in the details what they do in the list, and nothing else', async () => {
		const {press, actions, sees, frame, quit} = openScreen(waiting);
		press('4i');
		await sees(/State +… waiting, turn 1 of 3/);
		await sees(
			/ p pause · x cancel · K earlier · J later · t first · \[ ] others · y copy id · Y copy name · esc back/,
		);
		press(']pxyJcS1s/?');
		await until('all of them', () => actions.move.mock.calls.length > 0);
		expect([actions.pause, actions.cancel, actions.move].map(({mock}) => mock.calls)).toEqual([[[2]], [[2]], [[2, 1]]]);
		expect([actions.clearFinished, actions.setSync].flatMap(({mock}) => mock.calls)).toEqual([]);
		await sees('┏ ↓ file 2');
		expect(frame()).toContain('turn 2 of 3');
		press('\u0003');
		await until('the end', () => quit.mock.calls.length > 0);
	});

	it('open nothing where there is nothing', async () => {
		const {press, sees} = openScreen([connected]);
		press('4i\r');
		await sees('┏ 4 Transfers 0');
	});
});
