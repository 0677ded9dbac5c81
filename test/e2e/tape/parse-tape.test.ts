import {describe, expect, it} from 'vitest';
import {parseTape} from './parse-tape.js';
import {sizeOf} from './tape-settings.js';

const font = 'Set FontFamily "DejaVu Sans Mono"';

const parse = (...lines: string[]) => parseTape(['Output demo.gif', font, ...lines].join('\n'));

const actions = (...lines: string[]) => parse(...lines).steps.map(({action}) => action);

describe('a tape', () => {
	it.each([
		['Type "p2p-tui demo"', {type: 'keys', text: [...'p2p-tui demo'], speedMs: undefined}],
		['Type@20ms \'say "é"\'', {type: 'keys', text: [...'say "é"'], speedMs: 20}],
		['Type `a` "b # c"', {type: 'keys', text: [...'a b # c'], speedMs: undefined}],
		['Enter', {type: 'keys', text: ['\r'], speedMs: undefined}],
		['Down@200ms 3 # comment', {type: 'keys', text: ['\u001B[B', '\u001B[B', '\u001B[B'], speedMs: 200}],
		['Escape', {type: 'keys', text: ['\u001B'], speedMs: undefined}],
		['Space 2', {type: 'keys', text: [' ', ' '], speedMs: undefined}],
		['PageDown@.5', {type: 'keys', text: ['\u001B[6~'], speedMs: 500}],
		['Ctrl+c', {type: 'keys', text: ['\u0003'], speedMs: undefined}],
		['Ctrl+Z', {type: 'keys', text: ['\u001A'], speedMs: undefined}],
		['Ctrl+Space', {type: 'keys', text: ['\0'], speedMs: undefined}],
		['Ctrl+Left', {type: 'keys', text: ['\u001B[1;5D'], speedMs: undefined}],
		['Shift+Tab', {type: 'keys', text: ['\u001B[Z'], speedMs: undefined}],
		['Sleep 1', {type: 'sleep', ms: 1000}],
		['Sleep 500ms', {type: 'sleep', ms: 500}],
		['Sleep 1.5s', {type: 'sleep', ms: 1500}],
		['  Sleep   2m  ', {type: 'sleep', ms: 120_000}],
		['Screenshot demo.png', {type: 'screenshot', path: 'demo.png'}],
		['Screenshot "/tmp/x y.png"', {type: 'screenshot', path: '/tmp/x y.png'}],
		['Wait', {type: 'wait', scope: 'Line', timeoutMs: undefined, pattern: undefined}],
		['Wait /done$/', {type: 'wait', scope: 'Line', timeoutMs: undefined, pattern: /done$/u}],
		[String.raw`Wait@3 /a\/b/`, {type: 'wait', scope: 'Line', timeoutMs: 3000, pattern: /a\/b/u}],
		['Wait+Line@10ms', {type: 'wait', scope: 'Line', timeoutMs: 10, pattern: undefined}],
		[
			String.raw`Wait+Screen@20s /(?:100|9\d) %.*[^a-z]x{2,}/`,
			{type: 'wait', scope: 'Screen', timeoutMs: 20_000, pattern: /(?:100|9\d) %.*[^a-z]x{2,}/u},
		],
	])('has %s', (line, action) => {
		expect(actions(line)).toEqual([action]);
	});

	it('has its head before all else, and tells which line is which', () => {
		const {settings, outputs, requires, env, steps} = parse(
			'# A tour',
			'Output "folder/"',
			'Require p2p-tui',
			'',
			'Set Shell bash',
			'Set FontSize 18',
			'Set Padding 0',
			'Set TypingSpeed 60ms',
			'Set Theme {"name": "calm", "background": "#000000"}',
			'Set WindowBar Colorful',
			'Set WaitTimeout 20s',
			String.raw`Set WaitPattern /\$$/`,
			'Env COLORTERM "truecolor"',
			'Env EMPTY ""',
			'Hide',
			'Enter',
			'Show',
		);
		expect(outputs).toEqual(['demo.gif', 'folder/']);
		expect(requires).toEqual([{program: 'p2p-tui', line: 5}]);
		expect(env).toEqual({COLORTERM: 'truecolor', EMPTY: ''});
		expect(settings).toMatchObject({
			fontSize: 18,
			padding: 0,
			typingSpeedMs: 60,
			hasWindowBar: true,
			waitTimeoutMs: 20_000,
			waitPattern: /\$$/u,
		});
		expect(steps.map(({line, source}) => `${line} ${source}`)).toEqual(['17 Hide', '18 Enter', '19 Show']);
	});

	it.each([
		['Frobnicate', 'Frobnicate is no command'],
		['type "a"', 'type is no command'],
		['"Type" "a"', 'Expected a command'],
		['Home', 'no key that VHS knows'],
		['End', 'no key that VHS knows'],
		['F1', 'no key that VHS knows'],
		['Source other.tape', 'This player does not know Source'],
		['Alt+x', 'This player does not know Alt'],
		['Type', 'Expected Type "text"'],
		['Type word', 'Expected Type "text"'],
		['Type "open', 'does not end in this line'],
		['Type "a"b', 'Expected a space before b'],
		['Type "a" Enter', 'Expected Type "text"'],
		[String.raw`Type "say \"x\""`, 'Expected a space before x'],
		['Type+Screen "a"', 'takes nothing like that'],
		['Enter 0', 'Expected how many times'],
		['Enter 1.5', 'Expected how many times'],
		['Enter twice', 'Expected how many times'],
		['Enter 1 2', 'Expected how many times'],
		['Enter@ 2', 'Expected a time'],
		['Enter@1h', 'Expected a time'],
		['Enter Enter', 'Expected how many times'],
		['Ctrl', 'does not take Ctrl with nothing'],
		['Ctrl+s', 'does not take Ctrl with s'],
		['Ctrl+m', 'does not take Ctrl with m'],
		['Ctrl+Home', 'does not take Ctrl with Home'],
		['Ctrl+c 2', 'Expected nothing after Ctrl'],
		['Ctrl+c@1s', 'takes nothing like that'],
		['Shift+a', 'does not take Shift with a'],
		['Sleep', 'Expected one word after Sleep'],
		['Sleep soon', 'Expected a time'],
		['Sleep 1 s', 'Expected one word after Sleep'],
		['Sleep -1', 'Expected a time'],
		['Screenshot demo.jpg', 'ends in .png'],
		['Screenshot /tmp/x.png', 'Expected a space before'],
		['Screenshot 1.png', 'in quotes perhaps'],
		['Wait+Page /x/', 'Expected Wait+Line or Wait+Screen'],
		['Wait@5s+Screen /x/', 'Expected a time'],
		['Wait@0s /x/', 'not 0'],
		['Wait x', 'Expected one /regular expression/'],
		['Wait "x"', 'Expected one /regular expression/'],
		['Wait /x', 'does not end in this line'],
		['Wait /x/y/', 'Expected a space before y'],
		['Wait //', 'Nothing in //'],
		['Wait /(?=x)/', '(?= is'],
		['Wait /(?!x)/', '(?! is'],
		['Wait /(?<=x)y/', '(?<= is'],
		['Wait /(?<name>x)/', '(?< is'],
		['Wait /(?i)x/', '(? is'],
		[String.raw`Wait /(x)\1/`, String.raw`\1 is`],
		[String.raw`Wait /\Ax/`, String.raw`\A is`],
		[String.raw`Wait /\u0041/`, String.raw`\u is`],
		[String.raw`Wait /\é/`, String.raw`\é is`],
		['Wait /[[:alpha:]]/', 'A class like that'],
		['Wait /[^]/', 'A class like that'],
		['Wait /x{1001}/', 'A count above 1000'],
		['Wait /(x/', 'Unterminated group'],
		['Wait /x**/', 'Nothing to repeat'],
		['Hide\nHide\nShow', 'hidden already'],
		['Show', 'Nothing is hidden'],
		['Enter\nHide', 'never shown again'],
		['Hide now', 'Expected nothing after Hide'],
		['Set', 'Expected a setting'],
		['Set Colour red', 'Expected a setting'],
		['Set constructor 1', 'Expected a setting'],
		['Set LineHeight 1.2', 'Expected a setting'],
		['Set FontSize', 'Expected one value for FontSize'],
		['Set FontSize big', 'Expected a number'],
		['Set FontSize "18"', 'Expected a number'],
		['Set Width 1200px', 'Expected a number'],
		['Set Width 12.5', 'Expected a whole number'],
		['Set FontFamily DejaVu Sans Mono', 'Expected one value'],
		['Set FontFamily "Menlo"', 'Expected DejaVu Sans Mono'],
		['Set Shell zsh', 'Expected bash'],
		['Set WindowBar Plain', 'Expected Colorful or'],
		['Set TypingSpeed 1m', 'Expected a time such as 50ms'],
		['Enter\nSet FontSize 18', 'Set must stand before'],
		['Env A "b"\nSet FontSize 18', 'Set must stand before Env'],
		['Enter\nEnv A "b"', 'Env must stand before anything happens'],
		['Enter\nOutput b.gif', 'Output must stand before'],
		['Enter\nRequire bash', 'Require must stand before'],
		['Env A', 'Expected Env NAME "value"'],
		['Env PORT 80', 'in quotes perhaps'],
		['Require', 'Expected one word after Require'],
		['Output demo.avi', 'ends in .gif'],
		['Output demo', 'ends in .gif'],
		['Output /tmp/demo.gif', 'Expected a space before'],
	])('does not have %j', (lines, message) => {
		const isOfTheMiddle = lines.endsWith('Hide\nShow');
		const line = lines.split('\n').length + (isOfTheMiddle ? 1 : 2);
		expect(() => parse(...lines.split('\n'))).toThrow(
			expect.objectContaining({
				name: 'TapeError',
				line,
				message: expect.stringContaining(message) as string,
			}),
		);
	});

	it('has an Output, without which VHS would write nothing', () => {
		expect(() => parseTape(`${font}\nEnter\n`)).toThrow('demo.tape: Without an Output');
	});

	it('has the font whose cells were measured, for its columns follow from that', () => {
		expect(() => parseTape('Output a.gif\nEnter\n')).toThrow('demo.tape: Without Set FontFamily "DejaVu Sans Mono"');
	});

	it.each([
		[['Set FontSize 18', 'Set Padding 0'], {columns: 106, rows: 28}],
		[['Set FontSize 36', 'Set Padding 0', 'Set Width 2400', 'Set Height 1200'], {columns: 106, rows: 28}],
		[['Set FontSize 18', 'Set Padding 10', 'Set Width 1220', 'Set Height 620'], {columns: 106, rows: 28}],
		[['Set FontSize 18', 'Set Padding 0', 'Set Height 630', 'Set WindowBar Rings'], {columns: 106, rows: 28}],
	])('%j makes a terminal of %o', (lines, size) => {
		expect(sizeOf(parse(...lines).settings)).toEqual(size);
	});
});
