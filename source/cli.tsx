#!/usr/bin/env node
import process from 'node:process';
import {parseArguments, type Arguments} from './cli/arguments.js';
import {surviveLostTerminal} from './cli/lost-terminal.js';
import {endSignal} from './cli/signals.js';
import {isDumb} from './cli/terminal-kind.js';
import {codeOf, PeerError, UsageError, reasonOf} from './protocol/errors.js';

/*
Set before Ink is imported: React's development build is four times slower, and chalk, which colours for Ink, does not know
NO_COLOR (https://no-color.org).
*/
process.env.NODE_ENV ??= 'production';
if (process.env.NO_COLOR) {
	process.env.FORCE_COLOR = '0';
}

/**
Ink draws nothing but the last frame where CI is set, which a person at a terminal does not want. Taken away, not set to `false`: for
chalk, which colours, it is enough that they are there. Where DEV is set, it would look for the developer tools of React.
*/
function showToPerson(): void {
	delete process.env.CI;
	delete process.env.CONTINUOUS_INTEGRATION;
	delete process.env.DEV;
}

/** Each mode is loaded when it runs: a script does not pay for the screen. */
async function run(options: Arguments): Promise<number> {
	switch (options.command) {
		case 'screen': {
			if (!process.stdin.isTTY || !process.stdout.isTTY) {
				return run({...options, command: 'serve'});
			}

			// Lines to be read aloud need nothing of a terminal but its keys.
			if (isDumb(process.env) && !options.isScreenReader) {
				console.error('p2p-tui: TERM is dumb, so there is no screen; the same without one, as p2p-tui serve does it:');
				return run({...options, command: 'serve'});
			}

			showToPerson();
			const {screen} = await import('./cli/screen.js');
			return screen(options);
		}

		case 'serve': {
			const {serve} = await import('./cli/serve.js');
			return serve(options);
		}

		case 'ls': {
			const {ls} = await import('./cli/ls.js');
			return ls(options);
		}

		case 'get': {
			const {get} = await import('./cli/fetch.js');
			return get(options);
		}

		case 'sync': {
			if (!options.isOnce) {
				return run({...options, command: 'serve'});
			}

			const {syncOnce} = await import('./cli/fetch.js');
			return syncOnce(options);
		}

		case 'tracker': {
			const {ttlMs, isJson, isWireShown, listen} = options;
			const {runTracker} = await import('../tracker/run.js');
			return runTracker({...listen, ttlMs, isJson, isWireShown, signal: endSignal().signal});
		}

		case 'demo': {
			showToPerson();
			const {demo} = await import('./cli/demo/demo.js');
			return demo(options);
		}

		case 'replay':
		case 'echo': {
			return watch(options, options.command);
		}
	}
}

/** Something to watch without a peer of our own: on the screen, or else line by line. */
async function watch(options: Arguments, command: 'replay' | 'echo'): Promise<number> {
	const hasScreen = process.stdin.isTTY && process.stdout.isTTY && !isDumb(process.env);
	if (options.isPlain || options.isJson || !hasScreen) {
		const {replayPlain} = await import('./cli/replay-plain.js');
		const {echoPlain} = await import('./cli/echo-plain.js');
		return command === 'replay' ? replayPlain(options) : echoPlain(options);
	}

	showToPerson();
	const {replay} = await import('./cli/replay.js');
	const {echo} = await import('./cli/echo.js');
	return command === 'replay' ? replay(options) : echo(options);
}

// Whoever reads our output may stop early, as `head` does, and a terminal may go away (EIO): what runs long ends by `endSignal`.
process.stdout.on('error', error => {
	if (!['EPIPE', 'EIO'].includes(codeOf(error) ?? '')) {
		process.exitCode = 1;
	}
});

surviveLostTerminal();

// Last: by then the screen has given the terminal back. The log has the stack.
process.on('uncaughtException', error => {
	process.once('exit', () => {
		console.error(messageOf(error));
	});
	process.exit(1);
});

try {
	const exitCode = await run(parseArguments(import.meta));
	process.exitCode ??= exitCode;
} catch (error) {
	console.error(messageOf(error));
	process.exitCode = error instanceof UsageError ? 2 : 1;
}

function messageOf(error: unknown): string {
	return error instanceof PeerError
		? `p2p-tui: ${error.message}`
		: `p2p-tui: Stopped by a fault of its own (${reasonOf(error)}); --log FILE keeps the detail`;
}
