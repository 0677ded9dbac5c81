import {closeSync} from 'node:fs';
import process from 'node:process';
import {isatty} from 'node:tty';

/**
At its end Node sets the terminal as it was, and aborts with a core dump where that fails with EIO: when its window was closed
meanwhile (`ResetStdio` in Node's `src/node.cc`). It leaves alone what the program has closed. Call this at the start.
*/
export function surviveLostTerminal(): void {
	const terminals = [0, 1, 2].filter(fd => isatty(fd));
	process.on('exit', () => {
		for (const fd of terminals) {
			if (!isatty(fd)) {
				closeSync(fd);
			}
		}
	});
}
