import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import {until} from '../wait.js';
import {openPtyScreen, userEnv} from './pty-screen.js';

export {userEnv} from './pty-screen.js';

/** The built program. */
export const cliPath = fileURLToPath(new URL('../../dist/source/cli.js', import.meta.url));

export type TerminalOptions = {
	columns?: number;
	rows?: number;
	env?: Record<string, string>;
	cwd?: string;
	/** What runs; our own program with these arguments where none is named. */
	file?: string;
};

/** Our program in a real pseudo-terminal, read through a real terminal's eyes. */
export async function openTerminal(args: string[], options: TerminalOptions = {}) {
	const {columns = 100, rows = 30, env = {}, file} = options;
	const cwd = options.cwd ?? (await mkdtemp(path.join(tmpdir(), 'p2p-tui-pty-')));
	let raw = '';
	const {pty, screen, lines, text, exitCode, dispose} = openPtyScreen({
		file: file ?? process.execPath,
		args: file ? args : [cliPath, ...args],
		columns,
		rows,
		cwd,
		env: userEnv(env),
		onData(data) {
			raw += data;
		},
	});
	onTestFinished(async () => {
		if (exitCode() === undefined) {
			pty.kill('SIGKILL');
			await until('the program to end', () => exitCode() !== undefined);
		}

		dispose();
		if (!options.cwd) {
			await rm(cwd, {recursive: true, force: true});
		}
	});

	return {
		cwd,
		pty,
		lines,
		text,
		/** The user's own screen with all that was scrolled out of it; only while the program does not hold the other. */
		scrollback: () =>
			Array.from({length: screen.buffer.normal.length}, (_, row) =>
				screen.buffer.normal.getLine(row)!.translateToString(true),
			),
		/** Every byte that the program has written. */
		raw: () => raw,
		/** Whether the program holds the terminal's other screen. */
		isAlternate: () => screen.buffer.active.type === 'alternate',
		press(keys: string) {
			pty.write(keys);
		},
		resize(newColumns: number, newRows: number) {
			screen.resize(newColumns, newRows);
			pty.resize(newColumns, newRows);
		},
		async sees(wanted: string | RegExp, timeoutMs = 15_000) {
			const isThere = () => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()));
			try {
				await until(String(wanted), isThere, timeoutMs);
			} catch (error) {
				throw new Error(`${String(error)}. The screen:\n${text()}`, {cause: error});
			}
		},
		async exited(): Promise<number> {
			await until('the program to end', () => exitCode() !== undefined, 15_000);
			return exitCode()!;
		},
	};
}
