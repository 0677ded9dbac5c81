import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {cliPath} from '../terminal.js';
import {parseTape} from './parse-tape.js';
import {playTape} from './play-tape.js';
import {svgOf} from './screen-svg.js';

const tapePath = fileURLToPath(new URL('../../../demo.tape', import.meta.url));

it('the tape of the demo, as it is, tells its story with the program that was built', {timeout: 240_000}, async () => {
	const tape = parseTape(await readFile(tapePath, 'utf8'));
	const pictures: string[] = [];
	await playTape(tape, {
		programs: {'p2p-tui': cliPath},
		onScreenshot(_path, screen) {
			pictures.push(svgOf(screen, 'demo'));
		},
	});
	expect(pictures).toHaveLength(1);
	expect(pictures[0]!.length).toBeLessThan(150_000);
});
