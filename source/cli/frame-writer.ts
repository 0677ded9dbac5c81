/** What Ink sends before a frame (ansi-escapes): lines erased upwards one by one, or the whole terminal. */
const erasure = /^(?:\u001B\[(?:2K|1A|G|2J|3J|H))+/; // eslint-disable-line no-control-regex

const styles = /\u001B\[[\d;]*m/g; // eslint-disable-line no-control-regex

/** Modes and the cursor's looks: they change nothing that stands on the screen. */
const modes = /^(?:\u001B\[\?[\d;]+[hl])*$/; // eslint-disable-line no-control-regex

/** Characters that take one column in every terminal: ASCII, Latin, and what our own panes are drawn with. */
const narrow = /^[ -~\u00A1-\u00AC\u00AE-\u024F‖…←-↓─-◌✓✗]*$/;

/** The terminal shows what comes between at once, where it knows how (synchronized output, mode 2026). */
const together = {begin: '\u001B[?2026h', end: '\u001B[?2026l'};

const clearScreen = '\u001B[2J';
const eraseLineEnd = '\u001B[K';
const eraseBelow = '\u001B[J';

const toLine = (index: number) => `\u001B[${index + 1};1H`;

export type ScreenSize = {columns: number; rows: number};

/**
Ink erases its last frame line by line and writes the next one in full: a terminal that draws in between flickers. This takes what
Ink writes and gives what changes the screen in the same way: only lines that differ, each written over what stands there, in one
piece. Frames begin in the upper left corner; the screen is ours alone, and lines are not wrapped.

What is not a frame passes as it is, and the next frame is written in full.
*/
export class FrameWriter {
	readonly #size: () => ScreenSize;
	/** What stands on the screen, line by line; undefined where that is not known. */
	#shown: string[] | undefined;
	#frame: string[] = [];
	/** Nothing of ours stands on the screen as far as Ink knows: it writes its next frame without erasing one. */
	#isFresh = true;

	/** @param size - The terminal's size now. */
	constructor(size: () => ScreenSize) {
		this.#size = size;
	}

	/** What to send to the terminal for something that Ink writes. */
	write(chunk: string): string {
		if (chunk === together.begin || chunk === together.end) {
			return '';
		}

		if (modes.test(chunk)) {
			return chunk;
		}

		const erased = erasure.exec(chunk)?.[0] ?? '';
		const isFrame = erased !== '' || this.#isFresh;
		if (!isFrame) {
			this.forget();
			return chunk;
		}

		if (erased === chunk) {
			// The next frame is written over what stands there.
			this.#isFresh = true;
			return '';
		}

		this.#isFresh = false;
		this.#frame = chunk.slice(erased.length).replace(/\n$/, '').split('\n');
		return this.#draw();
	}

	/** The last frame in full, for a screen on which something else stands now. */
	repaint(): string {
		this.forget();
		return this.#draw();
	}

	/** It is not known any more what stands on the screen. */
	forget(): void {
		this.#shown = undefined;
	}

	#draw(): string {
		const {columns, rows} = this.#size();
		const shown = this.#shown;
		// A frame of a taller terminal comes in the moment before that of the new size.
		const lines = this.#frame.slice(0, rows);
		const changes = shown ? [] : [clearScreen];
		for (const [index, line] of lines.entries()) {
			if (shown?.[index] !== line) {
				changes.push(toLine(index) + (shown ? overwritten(line, columns) : line));
			}
		}

		if (shown && lines.length < shown.length) {
			changes.push(toLine(lines.length) + eraseBelow);
		}

		this.#shown = lines;
		if (changes.length === 0) {
			return '';
		}

		// The cursor goes where Ink takes it to be.
		return together.begin + changes.join('') + toLine(lines.length) + together.end;
	}
}

/**
A line over what stood in its place. Erasing behind a line that ends in the last column would erase its last character, because
the cursor stands on that until the next one comes; and where a line ends is known for plain text only.
*/
function overwritten(line: string, columns: number): string {
	const text = line.replaceAll(styles, '');
	if (!narrow.test(text)) {
		return eraseLineEnd + line;
	}

	return text.length < columns ? line + eraseLineEnd : line;
}
