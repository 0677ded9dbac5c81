import {describe, expect, it} from 'vitest';
import {bodyRows, layoutOf, listRows} from '../../source/state/layout.js';
import {topFor} from '../../source/state/selectors.js';

describe('the layout', () => {
	it.each([
		[200, 60, 'full'],
		[120, 30, 'full'],
		[80, 24, 'full'],
		[60, 20, 'single'],
		[40, 12, 'single'],
		[39, 12, 'tiny'],
		[40, 11, 'tiny'],
		[1, 1, 'tiny'],
	])('of %i x %i is %s', (columns, rows, kind) => {
		expect(layoutOf(columns, rows).kind).toBe(kind);
	});

	it('fills the body exactly, at every size that shows all panes', () => {
		for (let columns = 76; columns <= 240; columns += 7) {
			for (let rows = 22; rows <= 80; rows++) {
				const layout = layoutOf(columns, rows);
				if (layout.kind !== 'full') {
					throw new Error(`Expected all panes at ${columns}x${rows}`);
				}

				const {peers, local, remote, transfers} = layout.panes;
				expect(peers.height + local.height).toBe(remote.height);
				expect(remote.height + transfers.height).toBe(bodyRows(rows));
				expect(peers.width + remote.width).toBe(columns);
				expect(Math.min(...Object.values(layout.panes).map(({height}) => height))).toBeGreaterThan(2);
			}
		}
	});

	it('has room for one row at least in every pane', () => {
		expect(listRows(layoutOf(40, 12), 'remote')).toBeGreaterThan(1);
		expect(listRows(layoutOf(1, 1), 'remote')).toBe(1);
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
