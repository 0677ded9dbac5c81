import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {initialState} from '../../source/state/state.js';
import {bindings} from '../../source/ui/bindings.js';
import {helpLines} from '../../source/ui/help-lines.js';
import {connected, listening} from '../state/rows.js';
import {until} from '../wait.js';
import {openScreen} from './screen.js';

const facts = {
	...initialState,
	joinLine: 'npx p2p-tui 192.168.1.5:6969',
	settings: {theme: 'vivid', configFile: '/home/ada/.config/p2p-tui/config.json'},
};

const textOf = (width: number, state = facts) =>
	helpLines(width, bindings, state).map(line => line.map(({text}) => text).join(''));

/** The words of a text, without what wrapping does to the space between them. */
const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);

const inDemo = {...facts, lab: {delayMs: 0, isTrackerDropped: false, cutPeer: undefined, isSlow: false}};

describe('the lines of help', () => {
	it.each([36, 56, 57, 76, 98])('say all of every sentence in %i columns', width => {
		const lines = textOf(width, inDemo);
		expect(Math.max(...lines.map(line => stringWidth(line)))).toBeLessThanOrEqual(width);
		const all = ` ${wordsOf(lines.join(' ')).join(' ')} `;
		for (const {help} of bindings) {
			expect(all).toContain(` ${help}`);
		}

		expect(all).not.toContain('…');
		expect(all).toContain('Others join by: npx p2p-tui 192.168.1.5:6969');
		expect(all).toContain('The colours are vivid');
	});

	it('stand in groups, each with its title, the demo only in the demo', () => {
		const titles = (state: typeof facts) =>
			helpLines(76, bindings, state).flatMap(line => (line[0]?.accent === 'focus' ? [line[0].text] : []));
		expect(titles(facts)).toEqual(
			expect.arrayContaining(['Moving and finding', 'Files', 'Transfers', 'Panes', 'Program']),
		);
		expect(titles(facts)).not.toContain('The demo');
		expect(titles(inDemo)).toContain('The demo');
	});

	it('break a long path rather than leave its end out', () => {
		const lines = textOf(36).join('').replaceAll(/\s/g, '');
		expect(lines).toContain('/home/ada/.config/p2p-tui/config.json');
	});

	it('give keys that are long a line of their own', () => {
		const long = bindings.map(binding => (binding.id === 'quit' ? {...binding, shown: 'ctrl-q shift-tab'} : binding));
		const lines = helpLines(36, long, facts).map(line => line.map(({text}) => text).join(''));
		const index = lines.indexOf('ctrl-q shift-tab');
		expect(lines[index + 1]).toMatch(/^ {11}Quit/);
	});
});

describe('help', () => {
	it.each([
		[200, 60],
		[120, 40],
		[80, 24],
		[60, 20],
		[40, 12],
	])('shows every line when it is scrolled to its end, at %i x %i', async (columns, rows) => {
		const {press, sees, lines, frame, store} = openScreen([listening, connected], {columns, rows});
		store.dispatch({type: 'join line', line: facts.joinLine});
		press('?');
		await sees('┏ Keys');
		const seen = new Set<string>();
		const wordsInSight = () => {
			for (const word of wordsOf(lines().slice(2, -3).join(' ').replaceAll('┃', ' '))) {
				seen.add(word);
			}
		};

		wordsInSight();
		while (frame().includes('↑↓ more')) {
			const before = frame();
			press('\u001B[6~');
			await until('the next page', () => frame() !== before);
			wordsInSight();
		}

		expect(lines().length).toBe(rows - 1);
		expect(Math.max(...lines().map(line => stringWidth(line)))).toBeLessThanOrEqual(columns);
		for (const {help} of bindings.filter(({group}) => group !== 'demo')) {
			expect([...seen]).toEqual(expect.arrayContaining(wordsOf(help)));
		}

		expect([...seen]).toEqual(expect.arrayContaining(['join', 'npx']));
		press('g');
		await until('the beginning', () => store.getState().scrollTop === 0);
		press('?');
		await until('the panes again', () => !frame().includes('┏ Keys'));
	});

	it('has two columns in wide terminals', async () => {
		const {press, sees} = openScreen([listening, connected], {columns: 120, rows: 40});
		press('?');
		await sees(/┃ \S.+ {2}(?:Files|Transfers|Wire|Panes|Program) +┃/);
	});

	it.each(['?', 'q', '\u001B', 'x'])('leaves by the key %j', async key => {
		const {press, sees, frame} = openScreen([listening, connected]);
		press('?');
		await sees('┏ Keys');
		press(key);
		await until('the panes again', () => !frame().includes('┏ Keys'));
	});
});
