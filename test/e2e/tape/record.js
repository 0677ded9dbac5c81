/*
Plays the tape at the top level and writes what came of it beside this script: `demo.cast`, for `asciinema play`, and `demo.svg`, the
screen at the tape's Screenshot, which the README shows. The program is to be built.
*/
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {performance} from 'node:perf_hooks';
import {fileURLToPath} from 'node:url';
import {createCast} from './asciicast.js';
import {parseTape} from './parse-tape.js';
import {playTape} from './play-tape.js';
import {svgOf} from './screen-svg.js';
import {sizeOf} from './tape-settings.js';

const title = 'p2p-tui demo';
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

const tape = parseTape(await readFile(here('../../../demo.tape'), 'utf8'));
const cast = createCast({...sizeOf(tape.settings), title, nowMs: () => performance.now()});
let picture = '';
await playTape(tape, {
	programs: {'p2p-tui': here('../../../dist/source/cli.js')},
	onOutput: cast.add,
	onScreenshot(_path, screen) {
		picture = svgOf(screen, title);
	},
});
await mkdir(here('recorded'), {recursive: true});
await writeFile(here('recorded/demo.cast'), cast.text());
if (picture) {
	await writeFile(here('recorded/demo.svg'), picture);
}

console.log(`Wrote demo.cast${picture ? ' and demo.svg' : '; the tape takes no Screenshot'} into ${here('recorded')}`);
