import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {openPtyScreen, userEnv} from '../pty-screen.js';
import {TapeError} from './tape-error.js';
import {sizeOf} from './tape-settings.js';

/** @import {Tape, TapeStep} from './parse-tape.js' */
/** @typedef {ReturnType<typeof openPtyScreen>} PtyScreen */

/**
@typedef {object} PlayOptions
@property {Record<string, string>} programs What stands first on the path: file names of Node programs, by the names they are called by.
@property {(data: string, isHidden: boolean) => void} [onOutput] Told all that is written to the terminal.
@property {(path: string, screen: PtyScreen['screen']) => void} [onScreenshot]
*/

/** How often the screen is looked at while a step waits. */
const lookMs = 10;

/** The shell of a tape that is over is given so long to end with what it runs, before it is killed. */
const endTimeoutMs = 5000;

/** What a tape sees of its user: nothing that would make it another story on another machine. */
const ofTheUser = /^(?:XDG_|LC_|P2P_|BASH_|PS\d|PROMPT|NO_COLOR$|FORCE_COLOR$|COLORTERM$|NODE_)/;

/**
Play a tape in a real pseudo-terminal: in bash with VHS's prompt, in an empty home folder.

@param {Tape} tape
@param {PlayOptions} options
@throws {TapeError} When a step does not see what it waits for, or a program is missing; says in which line, and what the screen showed.
*/
export async function playTape(tape, options) {
	const folder = await mkdtemp(path.join(tmpdir(), 'p2p-tui-tape-'));
	/** @type {PtyScreen | undefined} */
	let terminal;
	try {
		const bin = await putPrograms(path.join(folder, 'bin'), options.programs);
		const searched = `${bin}${path.delimiter}${process.env.PATH ?? ''}`;
		checkRequired(tape, searched);
		const home = path.join(folder, 'home');
		await mkdir(home);
		let isHidden = false;
		terminal = openPtyScreen({
			file: 'bash',
			args: ['--noprofile', '--norc', '+o', 'history'],
			...sizeOf(tape.settings),
			cwd: home,
			env: envOf(tape, {HOME: home, PATH: searched}),
			onData(data) {
				options.onOutput?.(data, isHidden);
			},
		});
		for (const step of tape.steps) {
			if (step.action.type === 'hide' || step.action.type === 'show') {
				isHidden = step.action.type === 'hide';
			} else {
				await playStep(tape, step, terminal, options);
			}
		}
	} finally {
		if (terminal) {
			await end(terminal);
		}

		await rm(folder, {recursive: true, force: true});
	}
}

/**
@param {string} bin
@param {Record<string, string>} programs
*/
async function putPrograms(bin, programs) {
	await mkdir(bin);
	for (const [name, file] of Object.entries(programs)) {
		const script = path.join(bin, name);
		await writeFile(script, `#!/bin/sh\nexec '${process.execPath}' '${file}' "$@"\n`);
		await chmod(script, 0o755);
	}

	return bin;
}

/**
@param {Tape} tape
@param {string} searched
*/
function checkRequired({requires}, searched) {
	for (const {program, line} of requires) {
		if (!searched.split(path.delimiter).some(folder => existsSync(path.join(folder, program)))) {
			throw new TapeError(line, `Required ${program}, which is not on the path`);
		}
	}
}

/**
@param {Tape} tape
@param {Record<string, string>} values
*/
function envOf(tape, values) {
	const inherited = Object.entries(userEnv()).filter(([name]) => !ofTheUser.test(name));
	return {...Object.fromEntries(inherited), LANG: 'C.UTF-8', PS1: '> ', ...values, ...tape.env};
}

/**
@param {Tape} tape
@param {TapeStep} step
@param {PtyScreen} terminal
@param {PlayOptions} options
*/
async function playStep({settings}, step, terminal, options) {
	const {action} = step;
	switch (action.type) {
		case 'keys': {
			for (const key of action.text) {
				terminal.pty.write(key);
				await delay(action.speedMs ?? settings.typingSpeedMs);
			}

			break;
		}

		case 'sleep': {
			await delay(action.ms);
			break;
		}

		case 'wait': {
			const {scope, timeoutMs = settings.waitTimeoutMs, pattern = settings.waitPattern} = action;
			const look = () => (scope === 'Line' ? cursorLine(terminal) : firstLines(terminal).join('\n'));
			await waitFor(step, terminal, {timeoutMs, isThere: () => pattern.test(look())});
			break;
		}

		case 'screenshot': {
			options.onScreenshot?.(action.path, terminal.screen);
			break;
		}

		default: {
			break;
		}
	}
}

/**
@param {TapeStep} step
@param {PtyScreen} terminal
@param {{timeoutMs: number, isThere: () => boolean}} wanted
*/
async function waitFor({line, source}, terminal, {timeoutMs, isThere}) {
	const deadline = Date.now() + timeoutMs;
	while (!isThere()) {
		const hasEnded = terminal.exitCode() !== undefined;
		if (hasEnded || Date.now() > deadline) {
			const why = hasEnded ? 'the shell has ended' : `not seen within ${timeoutMs / 1000} s`;
			throw new TapeError(line, `${source}: ${why}. The screen:\n${terminal.text()}`);
		}

		await delay(lookMs);
	}
}

/**
What VHS takes for the line: that of the cursor.

@param {PtyScreen} terminal
*/
function cursorLine({screen}) {
	const {active} = screen.buffer;
	return (
		active
			.getLine(active.baseY + active.cursorY)
			?.translateToString()
			.trimEnd() ?? ''
	);
}

/**
What VHS takes for the screen: as many lines of the buffer as the terminal has, from the first on, scrolled away or not.

@param {PtyScreen} terminal
*/
function firstLines({screen}) {
	const {active} = screen.buffer;
	return Array.from({length: screen.rows}, (_, row) => active.getLine(row)?.translateToString().trimEnd() ?? '');
}

/** @param {PtyScreen} terminal */
async function end({pty, exitCode, dispose}) {
	const deadline = Date.now() + endTimeoutMs;
	if (exitCode() === undefined) {
		pty.kill('SIGHUP');
	}

	while (exitCode() === undefined) {
		if (Date.now() > deadline) {
			pty.kill('SIGKILL');
		}

		await delay(lookMs);
	}

	dispose();
}
