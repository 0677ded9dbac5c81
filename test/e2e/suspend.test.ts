import process from 'node:process';
import {describe, expect, it} from 'vitest';
import {until} from '../wait.js';
import {startPeer, startTracker} from './swarm.js';
import {cliPath, openTerminal} from './terminal.js';

/** Our program as a job of a shell, which is what Ctrl-Z and `fg` are about. */
async function openShell(line: (program: string) => string = program => program, seen = '3 Remote files 1') {
	const {named, address} = await startTracker();
	await startPeer(address, {'a.txt': 'a'});
	const terminal = await openTerminal(['--norc', '--noprofile', '--noediting', '-i'], {
		file: 'bash',
		env: {PS1: 'shell> ', HISTFILE: ''},
	});
	await terminal.sees('shell>');
	terminal.press('echo before-$((40 + 2))\r');
	await terminal.sees('before-42');
	const program = `'${process.execPath}' '${cliPath}' ${named} --port 0 --host 127.0.0.1 --name ada`;
	terminal.press(`${line(program)}\r`);
	await terminal.sees(seen);
	const isGivenBack = async (text: string | RegExp) => {
		await until('the other screen to be left', () => !terminal.isAlternate());
		await terminal.sees(text);
		expect(terminal.lines()[0]).toContain('shell>');
		await until('the prompt', () => terminal.text().trimEnd().endsWith('\nshell>'));
	};

	return {terminal, isGivenBack};
}

describe('Ctrl-Z', () => {
	it('gives the terminal back to the shell, and fg brings the screen back as it was', async () => {
		const {terminal, isGivenBack} = await openShell();
		terminal.press('/a.t\r');
		await terminal.sees('/a.t');
		for (const round of [1, 2]) {
			terminal.press('\u001A');
			await isGivenBack(/Stopped/);
			const sinceStop = terminal.raw().length;
			// Typed letters are seen again: the terminal is as the shell wants it. So is the cursor.
			terminal.press(
				`echo round-$((${round} + 6)); stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon -e isig | sort\r`,
			);
			await terminal.sees(`round-${round + 6}`);
			await terminal.sees(/echo\r?\s+icanon\s+isig/);
			expect(terminal.raw().lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\u001B[?25l'));
			terminal.press('fg\r');
			await terminal.sees('3 Remote files 1');
			expect(terminal.isAlternate()).toBe(true);
			expect(terminal.text()).toContain('/a.t');
			expect(terminal.text()).not.toContain('shell>');
			expect(terminal.raw().slice(sinceStop)).not.toContain('\u001B[3J');
		}

		terminal.press('q');
		await isGivenBack('shell>');
		terminal.press('echo "code $?, jobs: $(jobs | wc -l)"\r');
		await terminal.sees('code 0, jobs: 0');
		expect(terminal.text()).toContain('before-42');
	});

	it('stops the lines for a screen reader, too, and fg goes on with them', async () => {
		const {terminal} = await openShell(program => `${program} --screen-reader`, 'bob joined');
		terminal.press('\u001A');
		await terminal.sees(/Stopped/);
		terminal.press("stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon -e isig | sort\r");
		await terminal.sees(/echo\r?\s+icanon\s+isig/);
		const {length} = terminal.raw();
		terminal.press('fg\r');
		const isSaid = (text: string) => terminal.raw().slice(length).includes(text);
		await until('where the user is', () => isSaid('Remote files, 1 of 1: a.txt'));
		// A letter is a key again, and is not seen.
		terminal.press('4');
		await until('the answer', () => isSaid('Transfers: nothing here.'));
		terminal.press('q');
		await until('the shell', () => terminal.text().trimEnd().endsWith('shell>'));
		terminal.press('echo "code $?, jobs: $(jobs | wc -l)"\r');
		await terminal.sees('code 0, jobs: 0');
	});

	it('works in every mode', async () => {
		const {terminal, isGivenBack} = await openShell();
		terminal.press('/a');
		await terminal.sees(/\/a/);
		terminal.press('\u001A');
		await isGivenBack(/Stopped/);
		terminal.press('fg\r');
		await terminal.sees('3 Remote files 1');
		terminal.press('.txt');
		await terminal.sees('/a.txt');
		terminal.press('\u0003');
		await isGivenBack('shell>');
	});

	it('has the screen drawn in the size that the terminal was given meanwhile', async () => {
		const {terminal, isGivenBack} = await openShell();
		terminal.press('\u001A');
		await isGivenBack(/Stopped/);
		terminal.resize(60, 20);
		terminal.press('fg\r');
		await terminal.sees('[Remote 1]');
		expect(terminal.lines()[1]).toMatch(/^ Peers 1 *│/);
		terminal.resize(100, 30);
		await terminal.sees('3 Remote files 1');
		terminal.press('q');
		await isGivenBack('shell>');
	});

	it('stops what waits for us, too, as npx does', async () => {
		const {terminal, isGivenBack} = await openShell(program => `sh -c "${program}; echo parent went on"`);
		terminal.press('\u001A');
		await isGivenBack(/Stopped/);
		terminal.press('fg\r');
		await terminal.sees('3 Remote files 1');
		terminal.press('q');
		await isGivenBack('parent went on');
	});

	it('does no harm where no shell could bring the program back', async () => {
		const {named} = await startTracker();
		const terminal = await openTerminal([named, '--port', '0', '--host', '127.0.0.1', '--name', 'ada']);
		await terminal.sees('● tracker');
		terminal.press('\u001A');
		terminal.press('/still here');
		await terminal.sees('/still here');
		expect(terminal.isAlternate()).toBe(true);
		await terminal.sees('● tracker');
		terminal.press('\u0003');
		expect(await terminal.exited()).toBe(0);
	});
});

it.each(['SIGTSTP', 'SIGSTOP'] as const)('is back after a %s from elsewhere', async signal => {
	const {terminal, isGivenBack} = await openShell(program => `${program} & echo "pid: $!:"; fg`);
	const pid = Number(/pid: (\d+):/.exec(terminal.raw())![1]);
	process.kill(pid, signal);
	await terminal.sees(/Stopped/);
	expect(terminal.isAlternate()).toBe(signal === 'SIGSTOP');
	terminal.press('fg\r');
	await until('the screen', () => terminal.isAlternate() && terminal.text().includes('3 Remote files 1'));
	expect(terminal.text()).not.toContain('Stopped');
	terminal.press('jkq');
	await isGivenBack('shell>');
});
