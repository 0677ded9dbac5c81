#!/usr/bin/env node
import process from 'node:process';
import {runTracker} from '../tracker/run.js';
import {parseArguments, type Arguments} from './cli/arguments.js';
import {endSignal} from './cli/signals.js';
import {PeerError, UsageError, reasonOf} from './protocol/errors.js';

/*
Set before Ink is imported: React's development build is four times slower, and chalk, which colours for Ink, does not know
NO_COLOR (https://no-color.org).
*/
process.env.NODE_ENV ??= 'production';
if (process.env.NO_COLOR) {
	process.env.FORCE_COLOR = '0';
}

/** Each mode is loaded when it runs: a script does not pay for the screen. */
async function run(options: Arguments): Promise<number> {
	switch (options.command) {
		case 'screen': {
			if (!process.stdin.isTTY || !process.stdout.isTTY) {
				return run({...options, command: 'serve'});
			}

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
			const {ttlMs, isJson, listen} = options;
			return runTracker({...listen, ttlMs, isJson, signal: endSignal().signal});
		}

		case 'demo': {
			const {demo} = await import('./cli/demo.js');
			return demo(options);
		}
	}
}

// Whoever reads our output may stop early, as `head` does, and a terminal may go away: what runs long ends by `endSignal`.
process.stdout.on('error', () => {});

try {
	process.exitCode = await run(parseArguments(import.meta));
} catch (error) {
	const isOurs = error instanceof PeerError;
	console.error(`p2p-tui: ${isOurs ? error.message : `stopped by a fault of its own: ${reasonOf(error)}`}`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
}
