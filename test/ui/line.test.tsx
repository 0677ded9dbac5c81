import {render} from 'ink-testing-library';
import {renderToString, Text} from 'ink';
import {describe, expect, it} from 'vitest';
import {Line} from '../../source/ui/components/line.js';
import {remembered} from '../../source/ui/remember.js';
import type {Segment} from '../../source/ui/theme.js';

const drawn = (segments: Segment[], width: number) => renderToString(<Line segments={segments} width={width} />);

describe('a line', () => {
	it.each([
		[[{text: 'abc'}, {text: 'def'}], 6, 'abcdef'],
		[[{text: 'abc'}, {text: 'def'}], 5, 'abcd…'],
		[[{text: 'abc'}, {text: 'def'}], 4, 'abc…'],
		[[{text: 'abc'}, {text: 'def'}], 3, 'ab…'],
		[[{text: 'abc'}, {text: ''}, {text: 'd'}], 3, 'ab…'],
		[[{text: '写真写真'}], 6, '写真…'],
		[[{text: '写真写真'}], 8, '写真写真'],
		[[{text: 'abc'}], 1, '…'],
		[[], 3, ''],
	] as Array<[Segment[], number, string]>)('of %j in %i columns is %j', (segments, width, expected) => {
		expect(drawn(segments, width)).toBe(expected);
	});

	it('is cut where Ink would cut it', () => {
		const segments = [{text: 'ab '}, {text: 'c'}, {text: 'defg hi'}, {text: '│'}, {text: 'j'}];
		for (let width = 2; width < 16; width++) {
			const whole = segments.map(({text}) => text).join('');
			const byInk = renderToString(<Text wrap="truncate">{whole}</Text>, {columns: width});
			expect(drawn(segments, width)).toBe(byInk);
		}
	});

	it('follows what it is given', () => {
		const app = render(<Line segments={[{text: 'one'}]} width={8} />);
		expect(app.lastFrame()).toBe('one');
		app.rerender(<Line segments={[{text: 'two'}]} width={8} />);
		expect(app.lastFrame()).toBe('two');
		app.rerender(<Line segments={[{text: 'two'}, {text: '!'}]} width={8} />);
		expect(app.lastFrame()).toBe('two!');
		app.unmount();
	});
});

describe('what is remembered', () => {
	it('is worked out once, and forgotten when it has become too much', () => {
		let calls = 0;
		const double = remembered((value: number) => {
			calls++;
			return value * 2;
		});
		expect([double(4), double(4), calls]).toEqual([8, 8, 1]);
		for (let value = 0; value < 20_000; value++) {
			expect(double(value)).toBe(value * 2);
		}

		const before = calls;
		expect(double(4)).toBe(8);
		expect(calls).toBe(before + 1);
	});
});
