import xterm from '@xterm/headless';
import {describe, expect, it} from 'vitest';
import {createCast} from './asciicast.js';
import {svgOf} from './screen-svg.js';

/** What a terminal looks like after this was written to it. */
async function svgAfter(text: string): Promise<string> {
	const screen = new xterm.Terminal({cols: 20, rows: 3, allowProposedApi: true});
	await new Promise<void>(resolve => {
		screen.write(text, resolve);
	});
	return svgOf(screen, 'a <picture>');
}

const texts = (svg: string) =>
	Array.from(svg.matchAll(/<text (.*?)>(.*?)<\/text>/g), ([, attributes, text]) => ({attributes, text}));

describe('a picture of a screen', () => {
	it('has a text for each run of cells that look alike, at its column, as wide as its cells', async () => {
		const svg = await svgAfter('ab \u001B[1mcd\u001B[0m\r\n  x & <y>');
		expect(texts(svg).map(({text}) => text)).toEqual(['ab', 'cd', 'x &amp; &lt;y&gt;']);
		expect(texts(svg)[0]!.attributes).toBe('x="12" y="25" textLength="16.86" lengthAdjust="spacingAndGlyphs"');
		expect(texts(svg)[1]!.attributes).toMatch(/^x="37.29" y="25" .* font-weight="bold"$/);
		expect(texts(svg)[2]!.attributes).toMatch(/^x="28.86" y="42"/);
		expect(svg).toContain('<title>a &lt;picture&gt;</title>');
	});

	it.each([
		['a colour of the sixteen', '\u001B[32m', 'fill="#98c379"'],
		['a bright one', '\u001B[94m', 'fill="#84c4f9"'],
		['one of the cube', '\u001B[38;5;208m', 'fill="#ff8700"'],
		['a grey', '\u001B[38;5;240m', 'fill="#585858"'],
		['one of 24 bits', '\u001B[38;2;1;2;255m', 'fill="#0102ff"'],
		['dim', '\u001B[2m', 'opacity="0.6"'],
		['italic', '\u001B[3m', 'font-style="italic"'],
		['underlined', '\u001B[4m', 'text-decoration="underline"'],
		['inverse', '\u001B[7m', 'fill="#16181d"'],
	])('shows %s', async (_what, sequence, attribute) => {
		const [shown] = texts(await svgAfter(`${sequence}x`));
		expect(shown!.attributes).toContain(attribute);
	});

	it('paints what is behind the letters, blanks included', async () => {
		const svg = await svgAfter('\u001B[41m x \u001B[0m');
		expect(svg).toContain('<rect x="12" y="12" width="25.29" height="17" fill="#e06c75"/>');
	});

	it('gives a wide character the room of two', async () => {
		const [wide, after] = texts(await svgAfter('日本\u001B[1mx'));
		expect(wide).toMatchObject({text: '日本'});
		expect(wide!.attributes).toContain('textLength="33.72"');
		expect(after!.attributes).toContain('x="45.72"');
	});

	it('is well-formed, whatever is shown', async () => {
		const svg = await svgAfter('"\'&<>]]>\u001B[7m\u0007<!--');
		expect(svg.match(/<text /g)?.length).toBe(svg.match(/<\/text>/g)?.length);
		expect(svg.replaceAll(/<\/?(?:svg|title|rect|g|text)\b[^<>]*>/g, '')).not.toMatch(/[<>]/);
	});
});

describe('a recording', () => {
	it('has a header and a line for each output, and no time for what was hidden', () => {
		let nowMs = 1000;
		const cast = createCast({columns: 106, rows: 28, title: 'demo', nowMs: () => nowMs});
		cast.add('a', false);
		nowMs += 1500;
		cast.add('b', false);
		nowMs += 500;
		cast.add('secret', true);
		nowMs += 10_000;
		cast.add(' setup', true);
		nowMs += 10_000;
		cast.add('c', false);
		nowMs += 250;
		cast.add('\u001B[1md', false);
		const [header, ...events] = cast
			.text()
			.trimEnd()
			.split('\n')
			.map(line => JSON.parse(line) as unknown);
		expect(header).toMatchObject({version: 2, width: 106, height: 28, title: 'demo'});
		expect(events).toEqual([
			[0, 'o', 'a'],
			[1.5, 'o', 'b'],
			[2, 'o', 'secret setupc'],
			[2.25, 'o', '\u001B[1md'],
		]);
	});
});
