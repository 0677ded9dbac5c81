import {Buffer} from 'node:buffer';
import process from 'node:process';
import {expect, it} from 'vitest';
import {until} from '../wait.js';
import {startPeer, startTracker} from './swarm.js';
import {cliPath, openTerminal} from './terminal.js';

it('stands a storm of sizes while a transfer runs, and leaves the scrollback as it was', async () => {
	const {named, address} = await startTracker();
	const content = Buffer.alloc(2_000_000, 'abc');
	await startPeer(address, {'big.bin': content}, {maxUpBytesPerSecond: 1_000_000});
	// Lines of ours in front of it, some of them scrolled out of sight.
	const program = `seq -f 'line %g' 60; exec "$0" "${cliPath}" ${named} --port 0 --host 127.0.0.1 --name ada`;
	const terminal = await openTerminal(['-c', program, process.execPath], {file: 'sh'});
	await terminal.sees('3 Remote files 1');
	terminal.press('\r');
	await terminal.sees(/↓ big\.bin .* \d+ %/);
	const sizes = [
		[1, 1],
		[100, 30],
		[40, 12],
		[2, 50],
		[200, 60],
		[39, 11],
		[76, 22],
		[120, 2],
		[75, 21],
		[300, 100],
	];
	for (let storm = 0; storm < 50; storm++) {
		const [columns, rows] = sizes[storm % sizes.length]!;
		terminal.resize(columns!, rows!);
		// Some come together, some with a frame between them.
		if (storm % 7 === 0) {
			const before = terminal.raw().length;
			await until('a frame', () => terminal.raw().length > before);
		}
	}

	terminal.resize(100, 30);
	await terminal.sees('3 Remote files 1');
	await terminal.sees('Fetched big.bin from bob');
	await until(`a right frame, not\n${terminal.text()}`, () => {
		const lines = terminal.lines();
		return (
			/^ p2p-tui .* ↑ /.test(lines[0]!) &&
			/^╭ 1 Peers 1 ─+╮┏ 3 Remote files 1 ━+┓$/.test(lines[1]!) &&
			lines.filter(line => line.startsWith('╰')).length === 3 &&
			lines.slice(1, 27).every(line => line.length === 100) &&
			lines[28]!.endsWith('q quit') &&
			lines[29] === ''
		);
	});
	terminal.press('q');
	expect(await terminal.exited()).toBe(0);
	expect(terminal.isAlternate()).toBe(false);
	expect(terminal.raw()).not.toContain('\u001B[3J');
	await until('all lines from before', () => {
		const all = terminal.scrollback();
		const first = all.indexOf('line 1');
		return (
			first !== -1 && Array.from({length: 60}, (_, index) => all[first + index] === `line ${index + 1}`).every(Boolean)
		);
	});
});
