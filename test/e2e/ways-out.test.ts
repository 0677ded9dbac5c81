import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, it} from 'vitest';
import {temporaryFolder, until} from '../wait.js';
import {startTracker} from './swarm.js';
import {cliPath, openTerminal} from './terminal.js';

const peerArguments = ['--port', '0', '--host', '127.0.0.1', '--name', 'ada'];

/** The screen, open, with code of the test's in the same process. */
async function openScreen(code = '', args: string[] = []) {
	const {named} = await startTracker();
	const folder = await temporaryFolder();
	const file = path.join(folder, 'guest.mjs');
	const sign = path.join(folder, 'now');
	await writeFile(file, `import {existsSync} from 'node:fs';\nconst isTime = () => existsSync('${sign}');\n${code}`);
	const terminal = await openTerminal([named, ...peerArguments, ...args], {env: {NODE_OPTIONS: `--import=${file}`}});
	await terminal.sees('● tracker');
	return {terminal, now: async () => writeFile(sign, '')};
}

const whenItIsTime = (code: string) => `const timer = setInterval(() => {
	if (isTime()) {
		clearInterval(timer);
		${code}
	}
}, 20);`;

/** A row that can not be drawn: what lines are filled up with is not to be had. */
const crashInRender = `const {repeat} = String.prototype;
String.prototype.repeat = function (count) {
	if (isTime() && new Error().stack.includes('at PlainLine ')) {
		throw new Error('boom');
	}

	return repeat.call(this, count);
};`;

describe('a fault', () => {
	it.each([
		['in a render', crashInRender],
		['in a timer', whenItIsTime("throw new Error('boom');")],
		['in a promise that nobody waits for', whenItIsTime("Promise.reject(new Error('boom'));")],
	])('%s gives the terminal back and is told in one line; the log has the stack', async (_where, code) => {
		const {terminal, now} = await openScreen(code, ['--log', 'detail.log']);
		await now();
		terminal.press('?');
		expect(await terminal.exited()).toBe(1);
		expect(terminal.isAlternate()).toBe(false);
		expect(terminal.text().trim()).toBe('p2p-tui: Stopped by a fault of its own (boom); --log FILE keeps the detail');
		expect(terminal.raw()).not.toContain('guest.mjs');
		expect(terminal.raw().lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\u001B[?25l'));
		expect(await readFile(path.join(terminal.cwd, 'detail.log'), 'utf8')).toMatch(/Error: boom\\n +at /);
	});
});

describe('an end that was asked for', () => {
	it.each([
		['q', 'q'],
		['Ctrl-C', '\u0003'],
	])('by %s has exit code 0', async (_name, keys) => {
		const {terminal} = await openScreen();
		terminal.press(keys);
		expect(await terminal.exited()).toBe(0);
		expect(terminal.isAlternate()).toBe(false);
	});

	it.each(['SIGTERM', 'SIGQUIT', 'SIGHUP SIGHUP', 'SIGHUP SIGTERM'])(
		'by %s has exit code 0 and leaves the terminal as it was',
		async signals => {
			const {terminal} = await openScreen();
			for (const signal of signals.split(' ')) {
				terminal.pty.kill(signal);
			}

			expect(await terminal.exited()).toBe(0);
			expect(terminal.isAlternate()).toBe(false);
			expect(terminal.text().trim()).toBe('');
		},
	);
});

/** Runs our program in its own terminal and outlives that; says how the program ended. */
const outliving = `import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
const [cli, report, ...args] = process.argv.slice(2);
process.on('SIGHUP', () => {});
const child = spawn(process.execPath, [cli, ...args], {stdio: ['inherit', 'inherit', 'pipe']});
let errors = '';
child.stderr.on('data', data => {
	errors += data;
});
child.on('close', (code, signal) => {
	writeFileSync(report, JSON.stringify({code, signal, errors}));
});`;

it('ends by itself and says nothing when its terminal is gone, even where no signal tells of it', async () => {
	const {named} = await startTracker();
	const cwd = await temporaryFolder();
	const [wrapper, report] = [path.join(cwd, 'outliving.mjs'), path.join(cwd, 'report.json')];
	await writeFile(wrapper, outliving);
	const terminal = await openTerminal([wrapper, cliPath, report, named, ...peerArguments], {
		file: process.execPath,
		cwd,
	});
	await terminal.sees('● tracker');
	// Its other end, which a terminal program closes when its window is closed.
	(terminal.pty as unknown as {destroy: () => void}).destroy();
	const text = await until('the report', async () => readFile(report, 'utf8').catch(() => ''));
	const {errors, ...ending} = JSON.parse(text) as {errors: string};
	expect(ending).toEqual({code: 0, signal: null});
	// A library shows the cursor again, wherever errors go.
	expect(errors.replaceAll('\u001B[?25h', '')).toBe('');
});

it('has exit code 2 and stays on the plain screen where it can not do what it is told', async () => {
	const wrong = await openTerminal(['--nonsense']);
	expect(await wrong.exited()).toBe(2);
	expect(wrong.text()).toContain('Unknown option --nonsense');
	const {named} = await startTracker();
	const folder = await temporaryFolder();
	await writeFile(path.join(folder, 'file'), '');
	const blocked = await openTerminal([named, '--dir', path.join(folder, 'file/share')]);
	expect(await blocked.exited()).toBe(2);
	for (const terminal of [wrong, blocked]) {
		expect(terminal.raw()).not.toContain('\u001B[?1049h');
	}
});
