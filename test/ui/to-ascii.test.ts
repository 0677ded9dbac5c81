import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {toAscii} from '../../source/ui/to-ascii.js';

describe('a terminal that knows only ASCII', () => {
	it.each([
		['┏ 3 Remote ━━┓', '+ 3 Remote --+'],
		['╭ 1 Peers ──╮', '+ 1 Peers --+'],
		['┃▌ a.txt   │', '|> a.txt   |'],
		['↓ 41 MB/s ▁▂▅▇█', 'v 41 MB/s __=##'],
		['███▌░░', '###>..'],
		['● tracker · ◌ lost · ○ py', '* tracker . o lost . o py'],
		['✓ done ✗ failed ‖ paused … waiting', '+ done x failed | paused ~ waiting'],
		['␛[31m', '^[31m'],
		['música 講義 🚀', 'm?sica ???? ??'],
		['cafe\u0301 👩‍👩‍👧', 'cafe ??'],
		['plain\r\n', 'plain\r\n'],
	])('is shown %j as %j', (text, ascii) => {
		expect(toAscii(text)).toBe(ascii);
	});

	it('has its escape sequences left alone', () => {
		const line = '\u001B[1;1H\u001B[36m┏\u001B[39m\u001B[K\u001B]8;;http://é\u0007▌\u001B]8;;\u001B\\\u001B(B';
		expect(toAscii(line)).toBe(
			'\u001B[1;1H\u001B[36m+\u001B[39m\u001B[K\u001B]8;;http://é\u0007>\u001B]8;;\u001B\\\u001B(B',
		);
	});

	it('gets nothing but ASCII, in as many columns', () => {
		const part = fc.oneof(
			fc.string({unit: 'grapheme'}),
			fc.string({unit: fc.constantFrom(...'┏━┃█▌░●◌↓…✓✗‖│a b')}),
			fc.constantFrom('漢字', '🚀', '👩‍👩‍👧', 'e\u0301', '1️⃣', '❤️', '\u200D', 'नमस्ते', '\u001B[31m', '\u001B[0m'),
		);
		fc.assert(
			fc.property(
				fc.array(part).map(parts => parts.join('')),
				text => {
					const ascii = toAscii(text);
					expect(ascii).toMatch(/^[\0-\u007F]*$/);
					// Between sequences each piece is by itself: a joiner at its beginning joins nothing.
					const widths = text.split(/\u001B\[\d+m/).map(piece => stringWidth(piece)); // eslint-disable-line no-control-regex
					expect(stringWidth(ascii)).toBe(widths.reduce((sum, width) => sum + width, 0));
				},
			),
			{numRuns: 1000},
		);
	});
});
