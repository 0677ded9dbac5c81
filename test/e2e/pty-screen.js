import process from 'node:process';
import {spawn} from '@lydell/node-pty';
import {Unicode11Addon} from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** What would have us draw otherwise than for a user: Ink nothing but the last frame, we ASCII only. */
const notOfAUser = new Set([
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

/**
An environment like a user's.

@param {Record<string, string>} [values] What is to be set in it.
@returns {Record<string, string>}
*/
export function userEnv(values = {}) {
	/** @type {Record<string, string>} */
	const env = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (value !== undefined && !notOfAUser.has(name)) {
			env[name] = value;
		}
	}

	return {...env, TERM: 'xterm-256color', ...values};
}

/**
A program in a real pseudo-terminal, read through a real terminal's eyes. Whoever opens it ends the program and calls `dispose`.

@param {object} options
@param {string} options.file
@param {string[]} options.args
@param {number} options.columns
@param {number} options.rows
@param {string} options.cwd
@param {Record<string, string>} options.env
@param {(data: string) => void} [options.onData] Told all that the program writes.
*/
export function openPtyScreen({file, args, columns, rows, cwd, env, onData}) {
	// The name becomes TERM, whatever the environment says.
	const pty = spawn(file, args, {cols: columns, rows, cwd, env, name: env.TERM ?? 'xterm-256color'});
	const screen = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 1000});
	screen.loadAddon(new Unicode11Addon());
	screen.unicode.activeVersion = '11';
	/** @type {number | undefined} */
	let exitCode;
	pty.onData(data => {
		onData?.(data);
		screen.write(data);
	});
	pty.onExit(({exitCode: code}) => {
		exitCode = code;
	});
	const lines = () => {
		const {active} = screen.buffer;
		return Array.from(
			{length: screen.rows},
			(_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
		);
	};

	return {
		pty,
		screen,
		/** What is in sight, without the blanks at the end of lines. */
		lines,
		text: () => lines().join('\n'),
		/** Undefined as long as the program runs. */
		exitCode: () => exitCode,
		dispose() {
			screen.dispose();
		},
	};
}
