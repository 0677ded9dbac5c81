import {Buffer} from 'node:buffer';
import process from 'node:process';
import type {NoticeLevel} from '../peer/events.js';
import type {Store} from '../state/store.js';

/** Terminals take no more at once: xterm and kitty allow about as much. */
export const maxCopiedBytes = 100_000;

type Environment = {TMUX?: string | undefined; STY?: string | undefined};

/** GNU screen cuts longer strings off (768 bytes, its MAXSTR). */
const maxScreenBytes = 500;

/**
The sequence that makes a terminal put text on the clipboard of the machine in front of the user, over SSH, too: OSC 52 (xterm,
ctlseqs, Operating System Commands). What runs a terminal inside a terminal has to be told to pass it on: tmux by a DCS in which
every ESC is doubled, screen by as many DCS as it takes.
*/
export function copySequence(text: string, {TMUX, STY}: Environment): string {
	const sequence = `\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`;
	if (TMUX) {
		return `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`;
	}

	if (STY) {
		const parts = sequence.match(new RegExp(`.{1,${maxScreenBytes}}`, 'gs')) ?? [];
		return parts.map(part => `\u001BP${part}\u001B\\`).join('');
	}

	return sequence;
}

export type CopyOptions = {
	write: (text: string) => void;
	notice: (level: NoticeLevel, text: string) => void;
	env?: Environment;
};

/** @returns Puts text on the clipboard and says so. Whether the terminal obeys, nobody can know. */
export const copier =
	({write, notice, env = process.env}: CopyOptions) =>
	(text: string, what: string): void => {
		const bytes = Buffer.byteLength(text);
		if (bytes > maxCopiedBytes) {
			notice('warning', `Not copied: ${what} has ${bytes} bytes; a terminal takes ${maxCopiedBytes}`);
			return;
		}

		write(copySequence(text, env));
		notice('info', `Copied ${what}`);
	};

/** Copying for whatever shows a store on this terminal. */
export const copierFor = (store: Store): ReturnType<typeof copier> =>
	copier({
		write(text) {
			process.stdout.write(text);
		},
		notice(level, text) {
			store.hear({type: 'notice', level, text}, Date.now());
		},
	});
