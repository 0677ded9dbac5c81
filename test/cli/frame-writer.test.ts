import {Unicode11Addon} from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import {describe, expect, it, onTestFinished} from 'vitest';
import {FrameWriter, type ScreenSize} from '../../source/cli/frame-writer.js';

const size = {columns: 20, rows: 8};

/** A real terminal's eyes. */
function openTerminal({columns, rows}: ScreenSize = size) {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, convertEol: true});
	terminal.loadAddon(new Unicode11Addon());
	terminal.unicode.activeVersion = '11';
	onTestFinished(() => {
		terminal.dispose();
	});
	return {
		async write(text: string) {
			await new Promise<void>(resolve => {
				terminal.write(text, resolve);
			});
		},
		/** Every cell with its looks. */
		cells() {
			const {active} = terminal.buffer;
			return Array.from({length: terminal.rows}, (_, row) =>
				Array.from({length: terminal.cols}, (_, column) => {
					const cell = active.getLine(active.viewportY + row)!.getCell(column)!;
					return `${cell.getChars() || ' '}${cell.getFgColor()}${cell.isInverse()}${cell.isBold()}`;
				}).join(' '),
			);
		},
		text: () =>
			Array.from({length: terminal.rows}, (_, row) => terminal.buffer.active.getLine(row)!.translateToString(true)),
		cursor: () => [terminal.buffer.active.cursorY, terminal.buffer.active.cursorX],
	};
}

/** What Ink 6.8 writes for frames, one after the other: the last one erased, the next one in full, each within its brackets. */
class Ink {
	#lines = 0;

	frame(lines: string[]): string[] {
		const text = lines.map(line => `${line}\n`).join('');
		const chunk = this.erase() + text;
		this.#lines = lines.length + 1;
		return ['\u001B[?2026h', chunk, '\u001B[?2026l'];
	}

	erase(): string {
		const count = this.#lines;
		this.#lines = 0;
		const erased = Array.from({length: count}, () => '\u001B[2K').join('\u001B[1A');
		return count > 0 ? `${erased}\u001B[G` : '';
	}
}

const styled = (text: string, style: number) => (style === 0 ? text : `\u001B[${style}m${text}\u001B[0m`);

const line = fc
	.array(
		fc.tuple(
			fc.constantFrom('a', 'bcd', '┃', '─────', '█▌', ' ', '   ', 'é', '漢', '🚀', 'e\u0301', '↓ ✓'),
			fc.constantFrom(0, 1, 7, 31, 36),
		),
		{maxLength: 9},
	)
	.map(parts => {
		let width = 0;
		return parts
			.filter(([text]) => {
				// A lone combining mark aside, no part is wider than twice its length.
				width += text.length * (text.includes('漢') ? 2 : 1);
				return width <= size.columns;
			})
			.map(([text, style]) => styled(text, style))
			.join('');
	});
const fullLine = fc.constantFrom('x'.repeat(20), `${'─'.repeat(19)}┓`, `${'漢'.repeat(10)}`, styled('▌'.repeat(20), 7));
const frame = fc.array(fc.oneof({weight: 4, arbitrary: line}, fullLine), {minLength: 1, maxLength: size.rows - 1});
const step = fc.oneof(
	{weight: 6, arbitrary: frame.map(lines => ({frame: lines}))},
	fc.constant('erased' as const),
	fc.constant('repaint' as const),
	fc.constant('forget' as const),
	fc.constant('mode' as const),
);

describe('frames', () => {
	it('look the same as Ink would have them, whatever comes before', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, {maxLength: 12}), frame, async (steps, last) => {
				const plain = openTerminal();
				const ours = openTerminal();
				const ink = new Ink();
				const writer = new FrameWriter(() => size);
				await ours.write('\u001B[?7l');
				for (const what of [...steps, {frame: last}]) {
					if (what === 'repaint') {
						await ours.write(writer.repaint());
					} else if (what === 'forget') {
						writer.forget();
					} else {
						const chunks =
							what === 'erased' ? [ink.erase()] : what === 'mode' ? ['\u001B[?25l'] : ink.frame(what.frame);
						for (const chunk of chunks) {
							await plain.write(chunk);
							await ours.write(writer.write(chunk));
						}
					}
				}

				expect(ours.cells()).toEqual(plain.cells());
				expect(ours.cursor()).toEqual(plain.cursor());
			}),
			{numRuns: 150},
		);
	});

	it('are written without a moment in which a line is empty, in one piece', () => {
		const ink = new Ink();
		const writer = new FrameWriter(() => size);
		const written = [['one', 'two', 'x'.repeat(20)], ['one', 'three', 'y'.repeat(20)], ['one']].map(lines =>
			ink.frame(lines).map(chunk => writer.write(chunk)),
		);
		const between = (text: string) => ['', `\u001B[?2026h${text}\u001B[?2026l`, ''];
		expect(written).toEqual([
			between(`\u001B[2J\u001B[1;1Hone\u001B[2;1Htwo\u001B[3;1H${'x'.repeat(20)}\u001B[4;1H`),
			between(`\u001B[2;1Hthree\u001B[K\u001B[3;1H${'y'.repeat(20)}\u001B[4;1H`),
			between('\u001B[2;1H\u001B[J\u001B[2;1H'),
		]);
	});

	it('that change nothing write nothing', () => {
		const ink = new Ink();
		const writer = new FrameWriter(() => size);
		ink.frame(['a', 'b']).map(chunk => writer.write(chunk));
		expect(ink.frame(['a', 'b']).map(chunk => writer.write(chunk))).toEqual(['', '', '']);
	});

	it('are drawn in full after something else was written', async () => {
		const ours = openTerminal();
		const ink = new Ink();
		const writer = new FrameWriter(() => size);
		for (const chunk of [...ink.frame(['one', 'two']), 'a stray word\n', ...ink.frame(['one', 'two!'])]) {
			await ours.write(writer.write(chunk));
		}

		expect(ours.text()).toEqual(['one', 'two!', '', '', '', '', '', '']);
	});

	it('taller than the terminal, as one is for a moment after a resize, wipe no scrollback and scroll nothing', async () => {
		const ours = openTerminal({columns: 20, rows: 3});
		const writer = new FrameWriter(() => ({columns: 20, rows: 3}));
		const tall = writer.write(`\u001B[2J\u001B[3J\u001B[H${['1', '2', '3', '4', '5'].join('\n')}`);
		expect(tall).not.toContain('\u001B[3J');
		await ours.write(tall);
		expect(ours.text()).toEqual(['1', '2', '3']);
		await ours.write(writer.write('\u001B[2K\u001B[1A\u001B[2K\u001B[Ga\nb\n'));
		expect(ours.text()).toEqual(['a', 'b', '']);
	});

	it('with a name that is wider than it seems do not reach into the next line', async () => {
		const ours = openTerminal({columns: 6, rows: 4});
		const writer = new FrameWriter(() => ({columns: 6, rows: 4}));
		await ours.write('\u001B[?7l');
		await ours.write(writer.write(`${'漢'.repeat(5)}\nsecond\n`));
		expect(ours.text()[1]).toBe('second');
	});
});
