import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {connected, listening, localRow, peerRow, remote, remoteRow, transfer, transferRow} from '../state/rows.js';
import {paneAt} from '../../source/state/pane-at.js';
import {rowsOf} from '../../source/state/selectors.js';
import {mainPanes, type PaneName} from '../../source/state/state.js';
import {mouseEvents} from '../../source/ui/mouse-events.js';
import {until} from '../wait.js';
import {openScreen} from './screen.js';

const numbers = Array.from({length: 40}, (_, index) => String(index + 10));

const everything = [
	listening,
	connected,
	{type: 'peers', changed: numbers.map(key => peerRow({key, name: `p${key}`})), removed: []},
	{type: 'local', changed: numbers.map(number => localRow(`l${number}`)), removed: []},
	remote(...numbers.map(number => remoteRow(`r${number}`))),
	...numbers.map(number => transfer(transferRow(Number(number), {name: `t${number}`, label: `t${number}`}))),
] satisfies Parameters<typeof openScreen>[0];

/** Where a text stands on the screen, as a mouse would tell it. */
function placeOf(lines: string[], text: string) {
	const row = lines.findIndex(line => line.includes(text));
	expect(row, `${text} on\n${lines.join('\n')}`).not.toBe(-1);
	return {column: lines[row]!.indexOf(text) + 1, row: row + 1};
}

const click = ({column, row}: {column: number; row: number}) =>
	`\u001B[<0;${column};${row}M\u001B[<0;${column};${row}m`;
const wheel = (button: 64 | 65, {column, row}: {column: number; row: number}) => `\u001B[<${button};${column};${row}M`;

describe('reports of a mouse', () => {
	it.each([
		['[<0;12;5M', [{kind: 'press', column: 12, row: 5}]],
		['\u001B[<0;12;5M', [{kind: 'press', column: 12, row: 5}]],
		[
			'[<0;1;1M\u001B[<0;1;1m\u001B[<64;300;99M',
			[
				{kind: 'press', column: 1, row: 1},
				{kind: 'wheel-up', column: 300, row: 99},
			],
		],
		[
			'[<65;3;4M[<65;3;4M',
			[
				{kind: 'wheel-down', column: 3, row: 4},
				{kind: 'wheel-down', column: 3, row: 4},
			],
		],
		['[<20;2;2M', [{kind: 'press', column: 2, row: 2}]],
		['[<2;2;2M', []],
		['[<35;2;2M', []],
		['a', undefined],
		['[A', undefined],
		['[<0;12;5', undefined],
		['[<0;12;5Mq', undefined],
		['', undefined],
	])('%j are %j', (input, events) => {
		expect(mouseEvents(input)).toEqual(events);
	});

	it('are read whatever comes, and never taken for keys where they are whole', () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(130), fc.nat(999), fc.nat(999), fc.constantFrom('M', 'm'))), reports => {
				const input = reports.map(([button, column, row, end]) => `\u001B[<${button};${column};${row}${end}`).join('');
				expect(mouseEvents(input) === undefined).toBe(reports.length === 0);
			}),
		);
		fc.assert(
			fc.property(fc.string(), text => {
				expect(mouseEvents(text)?.length ?? 0).toBeLessThanOrEqual(text.length);
			}),
		);
	});
});

describe.each([
	[200, 60],
	[120, 40],
	[80, 24],
	[60, 20],
	[40, 12],
])('the mouse at %i x %i', (columns, rows) => {
	it('is where the rows are drawn, in every pane and however far it is scrolled', async () => {
		const {store, press, lines, sees} = openScreen(everything, {columns, rows});
		await sees('r10');
		for (const [index, pane] of mainPanes.entries()) {
			press(String(index + 1));
			await until(`the pane ${pane}`, () => store.getState().focus === pane);
			for (const keys of ['', 'G']) {
				press(keys);
				const shown = /\b[plrt]\d\d\b/g;
				const isAtEnd = () => lines().join('\n').includes(`${pane[0]}49`);
				await until('the end', () => keys === '' || isAtEnd());
				const state = store.getState();
				const names = [...lines().join('\n').matchAll(shown)].map(([name]) => name);
				expect(names.length).toBeGreaterThan(0);
				for (const name of names) {
					const {column, row} = placeOf(lines(), name);
					const there = paneAt(state, column, row);
					expect(there?.row, name).toBeDefined();
					const rowThere = rowsOf(state, there!.pane)[there!.row!]!;
					expect(Object.values(rowThere)).toContain(name);
				}
			}
		}
	});

	it('is on no row at borders, heads and outside of the panes', async () => {
		const {store, lines, sees} = openScreen(everything, {columns, rows});
		await sees('r10');
		const state = store.getState();
		for (const [row, line] of lines().entries()) {
			for (let column = 1; column <= columns; column++) {
				const there = paneAt(state, column, row + 1);
				if (there?.row !== undefined) {
					expect(line).toMatch(/[┃│].*[┃│]/);
				}
			}
		}

		expect(paneAt(state, 1, 1)).toBeUndefined();
		expect(paneAt(state, 1, rows)).toBeUndefined();
		expect(paneAt(state, columns + 1, 5)).toBeUndefined();
	});
});

describe('the mouse', () => {
	const chosen = (store: ReturnType<typeof openScreen>['store'], pane: PaneName) =>
		store.getState().panes[pane].cursor.key;

	it('chooses what is clicked, and does what Enter does at the second click', async () => {
		const {store, press, lines, sees, actions} = openScreen(everything);
		await sees('r10');
		press(click(placeOf(lines(), 'l12')));
		await until('the row', () => chosen(store, 'local') === 'l12');
		expect(store.getState().focus).toBe('local');
		press(click(placeOf(lines(), 'r13')));
		await until('the row', () => chosen(store, 'remote') === 'r13');
		expect(store.getState().focus).toBe('remote');
		expect(actions.request).not.toHaveBeenCalled();
		press(click(placeOf(lines(), 'r13')));
		await until('the request', () => actions.request.mock.calls.length > 0);
		expect(actions.request.mock.calls).toEqual([[['r13']]]);
	});

	it('scrolls the pane that it is over', async () => {
		const {store, press, lines, sees} = openScreen(everything);
		await sees('p10');
		press(wheel(65, placeOf(lines(), 'p10')) + wheel(65, placeOf(lines(), 'p10')));
		await until('the row', () => chosen(store, 'peers') === '16');
		press(wheel(64, placeOf(lines(), 'p10')));
		await until('the row', () => chosen(store, 'peers') === '13');
		expect(store.getState().focus).toBe('peers');
	});

	it('scrolls help, and does nothing where a question is open', async () => {
		const {store, press, sees, quit, tell, actions} = openScreen(everything, {columns: 80, rows: 24});
		tell(transfer(transferRow(1, {state: 'running'})));
		press('?');
		await sees('Keys');
		press(wheel(65, {column: 5, row: 5}));
		await until('the scroll', () => store.getState().scrollTop === 1);
		press('\u001B');
		await sees('r10');
		press('q');
		await sees('Quit?');
		press(click({column: 40, row: 5}) + click({column: 40, row: 5}));
		press('n');
		await until('normal mode', () => store.getState().mode === 'normal');
		expect(quit).not.toHaveBeenCalled();
		expect(actions.request).not.toHaveBeenCalled();
	});
});
