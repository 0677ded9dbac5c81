import {writeSync} from 'node:fs';
import process from 'node:process';

const enterScreen = '\u001B[?1049h\u001B[2J\u001B[H';
/** Ends a hidden cursor and any style, too: whatever a crash has left. */
const leaveScreen = '\u001B[0m\u001B[?1049l\u001B[?25h';
/** A terminal that does not tell its size is taken for one of this. */
const usual = {columns: 80, rows: 24};

const eraseSavedLines = '\u001B[3J';
const clearScreen = '\u001B[2J\u001B[H';

/**
Take the terminal's other screen, and give the user's own back on every way out: when it is released, when the process ends by
itself, and when it dies of an error.

@param onSize - Told the size now, before the first frame, and at each change.
@returns Gives the screen back; more than once does no harm.
*/
export function takeScreen(onSize: (columns: number, rows: number) => void): () => void {
	const {stdout} = process;
	let isTaken = true;
	const release = () => {
		if (!isTaken) {
			return;
		}

		isTaken = false;
		process.off('exit', release);
		stdout.write = write;
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
		onSize(stdout.columns || usual.columns, stdout.rows || usual.rows);
	};

	// In the moment between a new size and the new frame, the old one may be taller than the terminal: Ink then wipes the user's
	// scrollback, which is not ours.
	const write = stdout.write.bind(stdout);
	stdout.write = (chunk: string | Uint8Array, ...rest: []) =>
		write(typeof chunk === 'string' ? chunk.replaceAll(eraseSavedLines, '') : chunk, ...rest);
	onSize(stdout.columns || usual.columns, stdout.rows || usual.rows);
	stdout.write(enterScreen);
	stdout.prependListener('resize', clear);
	process.on('exit', release);
	return release;
}
