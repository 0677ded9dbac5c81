import {writeSync} from 'node:fs';
import process from 'node:process';

const enterScreen = '\u001B[?1049h\u001B[2J\u001B[H';
/** Ends a hidden cursor and any style, too: whatever a crash has left. */
const leaveScreen = '\u001B[0m\u001B[?1049l\u001B[?25h';
const clearScreen = '\u001B[2J\u001B[H';

/**
Take the terminal's other screen, and give the user's own back on every way out: when it is released, when the process ends by
itself, and when it dies of an error.

@returns Gives the screen back; more than once does no harm.
*/
export function takeScreen(): () => void {
	const {stdout} = process;
	let isTaken = true;
	const release = () => {
		if (!isTaken) {
			return;
		}

		isTaken = false;
		process.off('exit', release);
		stdout.off('resize', clear);
		try {
			process.stdin.setRawMode(false);
			// Written at once: the process may be about to end.
			writeSync(stdout.fd, leaveScreen);
		} catch {
			// The terminal itself has gone.
		}
	};

	// What stood where the frame no longer reaches would stay.
	const clear = () => {
		stdout.write(clearScreen);
	};

	stdout.write(enterScreen);
	stdout.prependListener('resize', clear);
	process.on('exit', release);
	return release;
}
