import {describe, expect, it} from 'vitest';
import {
	bodyRows,
	layoutOf,
	listRows,
	openPanes,
	panesIn,
	type LayoutState,
	type Part,
} from '../../source/state/layout.js';
import {topFor} from '../../source/state/selectors.js';
import {initialState} from '../../source/state/state.js';

const stateOf = (columns: number, rows: number, values: Partial<LayoutState> = {}) => ({
	...initialState,
	size: {columns, rows},
	...values,
});

/** `peers local remote transfers`, and `+tabs` where there are tabs. */
function shown(state: LayoutState): string {
	const layout = layoutOf(state);
	return layout.kind === 'tiny'
		? 'tiny'
		: [...panesIn(layout.body).map(({pane}) => pane), ...(layout.hasTabs ? ['+tabs'] : [])].join(' ');
}

const four = 'peers local remote transfers';

/** The size of a part, which must be the sum of what is in it. */
function sizeOf(part: Part): {width: number; height: number} {
	if (part.kind === 'pane') {
		return part;
	}

	const sizes = part.parts.map(inner => sizeOf(inner));
	const [along, across] = part.kind === 'beside' ? (['width', 'height'] as const) : (['height', 'width'] as const);
	expect(new Set(sizes.map(size => size[across])).size).toBe(1);
	return {...sizes[0]!, [along]: sizes.reduce((sum, size) => sum + size[along], 0)};
}

describe('the layout', () => {
	it.each<[number, number, Partial<LayoutState>, string]>([
		[200, 60, {}, four],
		[120, 30, {}, four],
		[80, 24, {}, four],
		[60, 20, {}, 'remote +tabs'],
		[40, 12, {}, 'remote +tabs'],
		[39, 12, {}, 'tiny'],
		[40, 11, {}, 'tiny'],
		[1, 1, {}, 'tiny'],
		[120, 16, {}, 'remote transfers +tabs'],
		[120, 16, {focus: 'transfers', lastFocus: 'peers'}, 'peers transfers +tabs'],
		[120, 16, {focus: 'transfers', lastFocus: 'transfers'}, 'remote transfers +tabs'],
		[200, 60, {isZoomed: true}, 'remote +tabs'],
		[200, 60, {extra: 'wire'}, `${four} wire`],
		[200, 24, {extra: 'wire'}, `${four} wire`],
		[120, 40, {extra: 'log'}, `${four} log`],
		[120, 30, {extra: 'wire', focus: 'wire'}, 'wire +tabs'],
		[120, 30, {extra: 'wire', focus: 'remote'}, four],
		[60, 20, {extra: 'wire', focus: 'wire'}, 'wire +tabs'],
	])('of %i x %i with %j shows %s', (columns, rows, values, expected) => {
		expect(shown(stateOf(columns, rows, values))).toBe(expected);
	});

	it('fills the body exactly, at every size', () => {
		for (const extra of [undefined, 'wire'] as const) {
			for (let columns = 40; columns <= 240; columns += 7) {
				for (let rows = 12; rows <= 80; rows++) {
					const layout = layoutOf(stateOf(columns, rows, {extra}));
					if (layout.kind === 'tiny') {
						throw new Error(`Expected panes at ${columns}x${rows}`);
					}

					const height = bodyRows(rows) - (layout.hasTabs ? 2 : 0);
					const {width, height: filled} = sizeOf(layout.body);
					expect([width, filled]).toEqual([columns, height]);
					expect(Math.min(...panesIn(layout.body).map(pane => pane.height))).toBeGreaterThan(3);
				}
			}
		}
	});

	it('has room for one row at least in every pane', () => {
		expect(listRows(stateOf(40, 12), 'remote')).toBeGreaterThan(1);
		expect(listRows(stateOf(1, 1), 'remote')).toBe(1);
	});

	it('lets Tab go through the panes that are open', () => {
		expect(openPanes({extra: undefined})).toEqual(four.split(' '));
		expect(openPanes({extra: 'wire'})).toEqual([...four.split(' '), 'wire']);
	});
});

describe('scrolling', () => {
	it.each([
		{top: 0, cursor: 0, height: 10, length: 5, expected: 0},
		{top: 0, cursor: 9, height: 10, length: 100, expected: 0},
		{top: 0, cursor: 10, height: 10, length: 100, expected: 1},
		{top: 50, cursor: 40, height: 10, length: 100, expected: 40},
		{top: 95, cursor: 99, height: 10, length: 100, expected: 90},
		{top: 40, cursor: 3, height: 10, length: 5, expected: 0},
		{top: 0, cursor: -1, height: 10, length: 0, expected: 0},
	])(
		'from top $top with the cursor on $cursor shows row $expected first, of $length in $height',
		({top, cursor, height, length, expected}) => {
			expect(topFor(top, cursor, height, length)).toBe(expected);
		},
	);
});
