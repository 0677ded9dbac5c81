import {Unicode11Addon} from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {safeText} from '../../source/protocol/safe-text.js';
import {steady} from '../../source/ui/steady.js';
import {cut, fit} from '../../source/ui/text.js';

/** Columns that a terminal gives a text. */
async function columnsIn(terminal: InstanceType<typeof xterm.Terminal>, text: string): Promise<number> {
	await new Promise<void>(resolve => {
		terminal.write(`\r\u001B[2K${text}`, resolve);
	});
	return terminal.buffer.active.cursorX;
}

function openTerminal() {
	const terminal = new xterm.Terminal({cols: 200, rows: 5, allowProposedApi: true});
	terminal.loadAddon(new Unicode11Addon());
	terminal.unicode.activeVersion = '11';
	return terminal;
}

const names = [
	['plain.txt', 'plain.txt'],
	['👨‍👩‍👧‍👦.png', '👨.png'],
	['👍🏽', '👍'],
	['🤷🏽‍♀️', '🤷'],
	['I ❤️ NY', 'I ❤ NY'],
	['1️⃣', '1'],
	['🇩🇪 2026', 'DE 2026'],
	['e\u0301', 'e\u0301'],
	['Z͑ͫ̓ͪ̂ͫ̽a', 'Z͑ͫa'],
	['می\u200Cخواهم', 'میخواهم'],
	['第7週 ソケット.mp4', '第7週 ソケット.mp4'],
	['한국어', '한국어'],
] as const;

describe('names', () => {
	it.each(names)('%j are shown as %j, as wide as a terminal shows them', async (name, shown) => {
		expect(steady(name)).toBe(shown);
		expect(await columnsIn(openTerminal(), shown)).toBe(stringWidth(shown));
	});

	it('of any clusters fill exactly their columns', async () => {
		const terminal = openTerminal();
		const cluster = fc.constantFrom(...names.map(([name]) => name), 'a', ' ', '-', '週', 'ß', '\u0301', '\u202E');
		await fc.assert(
			fc.asyncProperty(fc.array(cluster, {maxLength: 12}), fc.integer({min: 1, max: 40}), async (parts, width) => {
				const name = safeText(parts.join(''));
				expect(await columnsIn(terminal, `|${fit(name, width)}|`)).toBe(width + 2);
				expect(await columnsIn(terminal, `|${cut(name, width)}`)).toBeLessThanOrEqual(width + 1);
			}),
			{numRuns: 200},
		);
	});
});
