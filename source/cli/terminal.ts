import {writeSync} from 'node:fs';
import process from 'node:process';
import {FrameWriter, type ScreenSize} from './frame-writer.js';
import {stopProcess} from './stop-process.js';

/** The other screen, empty, without wrapping (a name that is wider than we think must not move the next line), no cursor. */
const enterScreen = '\u001B[?1049h\u001B[?7l\u001B[2J\u001B[H\u001B[?25l';
/** Ends any style, too: whatever a crash has left. */
const leaveScreen = '\u001B[0m\u001B[?7h\u001B[?1049l\u001B[?25h';

/** Presses and the wheel (1000), told with decimal numbers (1006), so that columns beyond 223 can be said. */
const mouse = {on: '\u001B[?1000h\u001B[?1006h', off: '\u001B[?1006l\u001B[?1000l'};

/** A terminal that does not tell its size is taken for one of this. */
const usual = {columns: 80, rows: 24};

export type ScreenOptions = {
	/** Told the size now, before the first frame, and at each change. */
	onSize: (columns: number, rows: number) => void;
	/** Rewrites what is sent to the terminal, escape sequences left alone. */
	rewrite?: (text: string) => string;
	hasMouse?: boolean;
	/** Told when nothing can be read from the terminal any more. */
	onGone: () => void;
};

export type TakenScreen = {
	/** Give the user's own screen back; more than once does no harm. */
	release: () => void;
	/** Give it back and stop, as Ctrl-Z does; returns when the user has gone on with `fg` and the screen is ours again. */
	suspend: () => void;
};

/**
Take the terminal's other screen, and give the user's own back on every way out: when it is released, when the process ends by
itself, when it dies of an error, and while it is stopped.
*/
export function takeScreen({onSize, onGone, rewrite = text => text, hasMouse = false}: ScreenOptions): TakenScreen {
	const {stdin, stdout} = process;
	const sizeNow = (): ScreenSize => ({
		columns: stdout.columns || usual.columns,
		rows: stdout.rows || usual.rows,
	});
	const frames = new FrameWriter(sizeNow);
	const write = stdout.write.bind(stdout);
	const enter = enterScreen + (hasMouse ? mouse.on : '');
	const leave = (hasMouse ? mouse.off : '') + leaveScreen;

	const giveBack = () => {
		try {
			stdin.setRawMode(false);
			// Written at once: the process may be about to end or to stop.
			writeSync(stdout.fd, leave);
		} catch {
			// The terminal itself has gone.
		}
	};

	const takeAgain = () => {
		// The shell has set the terminal as it likes it. First, because in the background this stops us until we may write.
		stdin.setRawMode(false);
		stdin.setRawMode(true);
		write(enter);
		// The window may have another size: nobody told us while we were stopped. Node looks at it on this signal.
		process.emit('SIGWINCH', 'SIGWINCH');
		write(rewrite(frames.repaint()));
	};

	const suspend = () => {
		if (!isTaken) {
			return;
		}

		giveBack();
		listen(false);
		stopProcess();
		listen(true);
		takeAgain();
	};

	const resized = () => {
		const {columns, rows} = sizeNow();
		// A terminal may have moved lines to fit them in.
		frames.forget();
		onSize(columns, rows);
	};

	const listen = (isOn: boolean) => {
		const change = isOn ? 'on' : 'off';
		// From elsewhere, since raw mode makes a key of Ctrl-Z; and stopped by SIGSTOP, of which a program is not told.
		process[change]('SIGTSTP', suspend);
		process[change]('SIGCONT', takeAgain);
	};

	let isTaken = true;
	const release = () => {
		if (!isTaken) {
			return;
		}

		isTaken = false;
		process.off('exit', releaseAtExit);
		stdout.write = write;
		stdout.off('resize', resized);
		stdin.off('end', onGone);
		listen(false);
		giveBack();
		// What is typed from now on is for the shell.
		stdin.pause();
	};

	const releaseAtExit = () => {
		release();
		// Ink writes its last frame only now, and it would stand on the user's own screen.
		stdout.write = () => true;
	};

	stdout.write = (chunk: string | Uint8Array, ...rest: []) => {
		if (typeof chunk !== 'string') {
			frames.forget();
			return write(chunk, ...rest);
		}

		const text = frames.write(chunk);
		// Who asks to be told when it is written is told, even where there is nothing to write.
		return text === '' && rest.length === 0 ? true : write(rewrite(text), ...rest);
	};

	const {columns, rows} = sizeNow();
	onSize(columns, rows);
	write(enter);
	stdout.prependListener('resize', resized);
	process.on('exit', releaseAtExit);
	// It stays: without a listener, an error that comes late would be a fault of ours.
	stdin.on('end', onGone).on('error', onGone);
	listen(true);
	return {release, suspend};
}
