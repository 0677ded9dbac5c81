import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {spawn, type IPty} from '@lydell/node-pty';
import {Unicode11Addon} from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import {onTestFinished} from 'vitest';
import {until} from '../wait.js';

/** The built program. */
export const cliPath = fileURLToPath(new URL('../../dist/source/cli.js', import.meta.url));

/** What would have us draw otherwise than for a user: Ink nothing but the last frame, we ASCII only. */
const notTheirs = new Set([
	'CI',
	'CONTINUOUS_INTEGRATION',
	'P2P_TRACKER',
	'NODE_ENV',
	'VITEST',
	'LC_ALL',
	'LC_CTYPE',
	'LANG',
	'NO_COLOR',
	'FORCE_COLOR',
]);

/** An environment like a user's. */
export function userEnv(values: Record<string, string> = {}): Record<string, string> {
	const env: Record<string, string> = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (value !== undefined && !notTheirs.has(name)) {
			env[name] = value;
		}
	}

	return {...env, TERM: 'xterm-256color', ...values};
}

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
	const pty: IPty = spawn(file ?? process.execPath, file ? args : [cliPath, ...args], {
		cols: columns,
		rows,
		cwd,
		env: userEnv(env),
		// It becomes TERM, whatever the environment says.
		name: userEnv(env).TERM!,
	});
	const screen = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 1000});
	screen.loadAddon(new Unicode11Addon());
	screen.unicode.activeVersion = '11';
	let raw = '';
	let exitCode: number | undefined;
	pty.onData(data => {
		raw += data;
		screen.write(data);
	});
	pty.onExit(({exitCode: code}) => {
		exitCode = code;
	});
	onTestFinished(async () => {
		if (exitCode === undefined) {
			pty.kill('SIGKILL');
			await until('the program to end', () => exitCode !== undefined);
		}

		screen.dispose();
		if (!options.cwd) {
			await rm(cwd, {recursive: true, force: true});
		}
	});

	const lines = () => {
		const {active} = screen.buffer;
		return Array.from(
			{length: screen.rows},
			(_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
		);
	};

	const text = () => lines().join('\n');
	return {
		cwd,
		pty,
		lines,
		text,
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
			await until('the program to end', () => exitCode !== undefined, 15_000);
			return exitCode!;
		},
	};
}
