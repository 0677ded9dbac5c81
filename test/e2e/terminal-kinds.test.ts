import {describe, expect, it} from 'vitest';
import {startPeer, startTracker} from './swarm.js';
import {openTerminal, type TerminalOptions} from './terminal.js';

/** The screen with two remote files. */
async function openScreen(args: string[] = [], options: TerminalOptions = {}) {
	const {named, address} = await startTracker();
	await startPeer(address, {'a.txt': 'a', 'é 漢字.txt': 'b'});
	return openTerminal([named, '--port', '0', '--host', '127.0.0.1', '--name', 'ada', ...args], options);
}

describe('a terminal that knows only ASCII', () => {
	it.each([
		['by its locale', [], {LANG: 'C'}],
		['by request', ['--ascii'], {LANG: 'en_US.UTF-8'}],
	])('is written nothing else: %s', async (_how, args, env) => {
		const terminal = await openScreen(args, {env});
		await terminal.sees(/\+ +3 Remote files 2 -+\+/);
		await terminal.sees(/\|> +a\.txt .* \+ missing +\|/);
		await terminal.sees(/\? \?{4}\.txt/);
		await terminal.sees('* tracker');
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
		expect(terminal.raw()).toMatch(/^[\0-\u007F]*$/);
	});
});

it('says that a dumb terminal has no screen, and works without one', async () => {
	const terminal = await openScreen(['--sync'], {env: {TERM: 'dumb'}});
	await terminal.sees('TERM is dumb, so there is no screen');
	await terminal.sees(/Fetched a\.txt|a\.txt/);
	expect(terminal.raw()).not.toContain('\u001B[?1049h');
	terminal.press('\u0003');
	expect(await terminal.exited()).toBe(0);
});

describe('the mouse', () => {
	it('is asked for by --mouse, while the screen is ours', async () => {
		const terminal = await openScreen(['--mouse']);
		await terminal.sees(/a\.txt.*missing/);
		const row = terminal.lines().findIndex(line => line.includes('漢字')) + 1;
		terminal.press(`\u001B[<0;50;${row}M\u001B[<0;50;${row}m`);
		await terminal.sees(/▌ +é 漢字/);
		terminal.press(`\u001B[<0;50;${row}M\u001B[<0;50;${row}m`);
		await terminal.sees('Fetched é 漢字.txt from bob');
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
		const raw = terminal.raw();
		expect(raw.indexOf('\u001B[?1000h')).toBeGreaterThan(-1);
		expect(raw.lastIndexOf('\u001B[?1000l')).toBeGreaterThan(raw.lastIndexOf('\u001B[?1000h'));
		expect(raw.lastIndexOf('\u001B[?1006l')).toBeGreaterThan(raw.lastIndexOf('\u001B[?1006h'));
	});

	it('is left to the terminal where nobody asks', async () => {
		const terminal = await openScreen();
		await terminal.sees('3 Remote files 2');
		expect(terminal.raw()).not.toContain('\u001B[?1000h');
	});
});

describe('colours', () => {
	const some = /\u001B\[(?:3[0-7]|9[0-7]|[127]|38;[\d;]+)m/; // eslint-disable-line no-control-regex
	it.each([
		['as the terminal has them', {}, true],
		['as the terminal has them, where CI is set, too', {CI: 'true'}, true],
		['none for NO_COLOR', {NO_COLOR: '1'}, false],
		['as they are where NO_COLOR is empty', {NO_COLOR: ''}, true],
		['none for FORCE_COLOR=0', {FORCE_COLOR: '0'}, false],
		['some for FORCE_COLOR=1', {FORCE_COLOR: '1', TERM: 'unheard-of'}, true],
		['none for a terminal that is not known to have them', {TERM: 'unheard-of'}, false],
		['some for FORCE_COLOR=2', {FORCE_COLOR: '2'}, true],
		['some for FORCE_COLOR=3', {FORCE_COLOR: '3'}, true],
		['none for NO_COLOR, whatever FORCE_COLOR says', {NO_COLOR: '1', FORCE_COLOR: '3'}, false],
	])('are %s', async (_how, env, areThere) => {
		const terminal = await openScreen([], {env});
		await terminal.sees('3 Remote files 2');
		expect(some.test(terminal.raw())).toBe(areThere);
	});
});
