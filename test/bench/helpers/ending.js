/*
How a program here ends: whatever it has made and started is taken away again on every way out, Ctrl-C and failure included.
*/
import path from 'node:path';
import process from 'node:process';

/** This machine lacks what the program needs; the others can still run. */
export class CannotRunError extends Error {
	name = 'CannotRunError';
}

class InterruptedError extends Error {
	name = 'InterruptedError';
}

/** The exit code of a program that can not run here; 77 says so to automake and meson, too. */
export const cannotRunCode = 77;

const cleanups = [];
const ending = new AbortController();

/** Aborts when the program is about to end: what runs then must start nothing more. */
export const endSignal = ending.signal;

/** Have something done at the end; the last comes first. */
export function onEnd(cleanup) {
	cleanups.push(cleanup);
}

/** Run the program to its end. */
export async function runProgram(main) {
	const cut = new Promise((_resolve, reject) => {
		for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
			process.on(name, () => {
				reject(new InterruptedError(`ended by ${name}`));
			});
		}

		process.on('uncaughtException', reject);
	});
	try {
		await Promise.race([main(), cut]);
	} catch (error) {
		tell(error);
	}

	ending.abort();
	while (cleanups.length > 0) {
		try {
			await cleanups.pop()();
		} catch (error) {
			tell(error);
		}
	}

	process.exit(); // eslint-disable-line unicorn/no-process-exit -- what was cut short may still hold the process
}

function tell(error) {
	const program = path.basename(process.argv[1], '.js');
	if (error instanceof CannotRunError) {
		console.log(`${program} can not run here: ${error.message}`);
		process.exitCode = cannotRunCode;
	} else if (error instanceof InterruptedError) {
		console.error(`${program}: ${error.message}`);
		process.exitCode = 1;
	} else {
		console.error(`${program} failed:`, error);
		process.exitCode = 1;
	}
}
