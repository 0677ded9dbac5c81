import {existsSync} from 'node:fs';
import process from 'node:process';
import {describe, expect, it} from 'vitest';
import {parseTape} from './parse-tape.js';
import {playTape} from './play-tape.js';

const head = [
	'Output a.gif',
	'Set FontFamily "DejaVu Sans Mono"',
	'Set FontSize 18',
	'Set Padding 0',
	'Set TypingSpeed 1ms',
];

/** Play these lines, and keep what was written and seen. */
async function play(lines: string[], programs: Record<string, string> = {}) {
	const shown: string[] = [];
	const hidden: string[] = [];
	const pictures: string[] = [];
	let raw = '';
	await playTape(parseTape([...head, ...lines].join('\n')), {
		programs,
		onOutput(data, isHidden) {
			raw += data;
			(isHidden ? hidden : shown).push(data);
		},
		onScreenshot(name, screen) {
			const rows = Array.from({length: screen.rows}, (_, row) =>
				screen.buffer.active.getLine(row)!.translateToString(true),
			);
			pictures.push(`${name} ${screen.cols}x${screen.rows}\n${rows.join('\n').trim()}`);
		},
	});
	return {shown: shown.join(''), hidden: hidden.join(''), pictures, raw};
}

describe('playing a tape', () => {
	it('types into a shell with the prompt of VHS, in the size of its picture, and sees what comes', async () => {
		const {pictures} = await play([
			'Wait',
			'Type "echo $((6 * 7)) > answer; cat answer; stty size"',
			'Enter',
			String.raw`Wait+Screen /\n42\n28 106\n/`,
			'Wait /^>$/',
			'Screenshot end.png',
		]);
		expect(pictures).toEqual(['end.png 106x28\n> echo $((6 * 7)) > answer; cat answer; stty size\n42\n28 106\n>']);
	});

	it('sends keys as often as they are asked for, and those with Ctrl', async () => {
		await play([
			'Wait',
			'Type "echo abcd"',
			'Left 2',
			'Backspace@5ms 2',
			'Enter',
			String.raw`Wait+Screen /\ncd\n/`,
			'Type `sh -c "echo on; exec sleep 60"`',
			'Enter',
			String.raw`Wait+Screen /\non\n/`,
			'Ctrl+c',
			'Type "echo code $?"',
			'Enter',
			'Wait+Screen /code 130/',
		]);
	});

	it('has an empty home, the environment of the tape, and none of what would change the story', async () => {
		process.env.NO_COLOR = '1';
		process.env.XDG_CONFIG_HOME = '/somewhere';
		const {pictures} = await play([
			'Env GREETING "good evening"',
			'Wait',
			'Type `echo "$GREETING"; pwd | grep -c home; [ "$PWD" = "$HOME" ] && ls -A | wc -l; echo "[$NO_COLOR$XDG_CONFIG_HOME$HISTFILE]"`',
			'Enter',
			String.raw`Wait+Screen /\[\]\n/`,
			'Screenshot a.png',
		]).finally(() => {
			delete process.env.NO_COLOR;
			delete process.env.XDG_CONFIG_HOME;
		});
		expect(pictures[0]).toContain('\ngood evening\n1\n0\n[]\n>');
	});

	it('runs the program that it is given, by its name', async () => {
		const {pictures} = await play(
			[
				'Require greet',
				'Wait',
				'Type "greet; command -v greet"',
				'Enter',
				'Wait+Screen /bin.greet/',
				'Screenshot a.png',
			],
			{greet: new URL('../../../dist/tracker/cli.js', import.meta.url).pathname.replace(/[^/]+$/, 'nowhere.js')},
		);
		expect(pictures[0]).toContain('Cannot find module');
	});

	it('tells what is hidden from what is shown', async () => {
		const {shown, hidden} = await play([
			'Hide',
			'Wait',
			'Type "echo secret"',
			'Enter',
			String.raw`Wait+Screen /\nsecret\n>/`,
			'Show',
			'Type "echo plain"',
			'Enter',
			String.raw`Wait+Screen /\nplain\n/`,
		]);
		expect(hidden).toContain('secret');
		expect(shown).not.toContain('secret');
		expect(shown).toContain('plain');
	});

	it('fails with the line of the tape and the screen where it does not see what it waits for', async () => {
		const failing = play(['Wait', 'Type "echo here I am"', 'Enter', '', 'Wait+Screen@300ms /there you are/']);
		await expect(failing).rejects.toThrow(
			/^demo\.tape:10: Wait\+Screen@300ms \/there you are\/: not seen within 0\.3 s\. The screen:\n> echo here I am\nhere I am\n>/,
		);
	});

	it('looks at the line of the cursor where it is not told to look at the screen', async () => {
		await expect(
			play(['Wait', 'Type "echo above"', 'Enter', String.raw`Wait+Screen /\nabove\n>/`, 'Wait@300ms /above/']),
		).rejects.toThrow('demo.tape:10: Wait@300ms /above/: not seen');
	});

	it('does not wait for anything when the shell has ended', async () => {
		await expect(play(['Wait', 'Type "exit"', 'Enter', 'Wait+Screen@20s /never/'])).rejects.toThrow(
			/^demo\.tape:9: .*the shell has ended/,
		);
	});

	it('fails before it begins where a program is missing', async () => {
		await expect(play(['Require no-such-program', 'Wait'])).rejects.toThrow(
			'demo.tape:6: Required no-such-program, which is not on the path',
		);
	});

	it('takes its folder away, and ends what still runs', async () => {
		const {raw} = await play([
			'Wait',
			'Type "echo at $PWD; sleep 1000"',
			'Enter',
			String.raw`Wait+Screen /\nat .*home\n/`,
		]);
		const [, folder] = /at (\/\S+home)\s/.exec(raw)!;
		expect(existsSync(folder!)).toBe(false);
	});
});
