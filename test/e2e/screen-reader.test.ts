import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {temporaryFolder, until} from '../wait.js';
import {startPeer, startTracker} from './swarm.js';
import {openTerminal} from './terminal.js';

const peerArguments = ['--port', '0', '--host', '127.0.0.1', '--name', 'ada'];

/** What the program has written so far, by lines; the terminal's own breaks do not count. */
const linesOf = (raw: string) => raw.split('\r\n');

describe('lines for a screen reader', () => {
	it('are only ever added, from the start to the end', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'notes.pdf': 'hello', 'week 7.mp4': 'sockets'});
		const terminal = await openTerminal(['--screen-reader', named, ...peerArguments]);
		// A line that comes after these keys.
		const says = async (text: string | RegExp, keys = '') => {
			const {length} = terminal.raw();
			const from = keys === '' ? 0 : length;
			terminal.press(keys);
			const isThere = () => linesOf(terminal.raw().slice(from)).some(line => line.match(text));
			await until(`${String(text)} in\n${terminal.raw()}`, isThere, 15_000);
		};

		await says('p2p-tui in lines. Question mark: help. q: quit.');
		await says(/^Connected to the tracker at /);
		await says('bob joined with 2 files.');
		await says(
			/^Remote files, 1 of 2: notes\.pdf, 5 B, changed .*, held by 1, missing\. Enter: request\. Space: mark\.$/,
			'k',
		);
		await says(/^Remote files, 2 of 2: week 7\.mp4, 7 B, .* missing\./, 'j');
		await says('Fetched week 7.mp4 from bob.', '\r');
		await says('End of help. Escape goes back.', '?');
		await says(/^Remote files, 2 of 2/, '\u001B');
		await says(/^quit, command 1 of \d+: quit\. Quit; asks while transfers run\. Enter does it\.$/, ':quit');
		const before = terminal.raw();
		terminal.press('\r');
		expect(await terminal.exited()).toBe(0);
		expect(terminal.raw().startsWith(before)).toBe(true);
		// No escape sequence at all: nothing that moves, erases, colours or hides.
		expect(terminal.raw()).not.toContain('\u001B');
		expect(terminal.raw().replaceAll('\r\n', '')).not.toContain('\r');
		expect(terminal.raw()).not.toContain('\b');
		expect(terminal.isAlternate()).toBe(false);
	});

	it('end by a signal and by Ctrl-C, and come by the environment, too', async () => {
		const {named} = await startTracker();
		for (const end of ['\u0003', undefined]) {
			const terminal = await openTerminal([named, ...peerArguments], {env: {INK_SCREEN_READER: 'true', TERM: 'dumb'}});
			await terminal.sees('Connected to the tracker');
			if (end) {
				terminal.press(end);
			} else {
				terminal.pty.kill('SIGTERM');
			}

			expect(await terminal.exited()).toBe(0);
			expect(terminal.raw()).not.toContain('\u001B');
		}
	});
});

describe('the config file', () => {
	it('gives the screen other keys and colours', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'notes.pdf': 'hello'});
		const file = path.join(await temporaryFolder(), 'mine.json');
		await writeFile(file, '{"theme": "plain", "keys": {"quit": "Q", "request": "ctrl-r", "sync": null}}');
		const terminal = await openTerminal([named, '--config', file, ...peerArguments], {env: {FORCE_COLOR: '1'}});
		await terminal.sees('notes.pdf');
		await terminal.sees(/ctrl-r request .*Q quit/);
		terminal.press('q');
		terminal.press('\u0012');
		await terminal.sees('Fetched notes.pdf');
		// eslint-disable-next-line no-control-regex -- colours
		expect(terminal.raw()).not.toMatch(/\u001B\[3[1-7]m/);
		terminal.press('Q');
		expect(await terminal.exited()).toBe(0);
	});

	it('ends the program in one line where it makes no sense', async () => {
		const file = path.join(await temporaryFolder(), 'config.json');
		await writeFile(file, '{"keys": {"requst": "r"}}');
		const terminal = await openTerminal(['127.0.0.1:1', '--config', file, ...peerArguments], {columns: 200});
		expect(await terminal.exited()).toBe(2);
		await terminal.sees(`p2p-tui: ${file}: keys.requst is no command; did you mean request?`);
		expect(terminal.raw()).not.toContain('\u001B[?1049h');
	});
});
