import {layoutOf, listRows, type Part} from './layout.js';
import {viewport} from './selectors.js';
import type {PaneName, State} from './state.js';

/** The header, and the tabs where there are some. */
const headerRows = 1;
const tabsRows = 1;

type Place = {pane: PaneName; left: number; top: number; width: number; height: number};

function sizeOf(part: Part): {width: number; height: number} {
	if (part.kind === 'pane') {
		return part;
	}

	const sizes = part.parts.map(inner => sizeOf(inner));
	const sum = (along: 'width' | 'height') => sizes.reduce((total, size) => total + size[along], 0);
	return part.kind === 'beside'
		? {width: sum('width'), height: sizes[0]!.height}
		: {width: sizes[0]!.width, height: sum('height')};
}

/** Where the panes of a part stand on the screen, from 0 on. */
function placesOf(part: Part, left: number, top: number): Place[] {
	if (part.kind === 'pane') {
		return [{...part, left, top}];
	}

	const places: Place[] = [];
	for (const inner of part.parts) {
		places.push(...placesOf(inner, left, top));
		const {width, height} = sizeOf(inner);
		if (part.kind === 'beside') {
			left += width;
		} else {
			top += height;
		}
	}

	return places;
}

/**
What stands at a place of the screen.

@param column - From 1 on, as terminals count; so is the row.
@returns The pane, and the index in its list of the row there; no index on its border, its head, or below the last row.
*/
export function paneAt(
	state: State,
	column: number,
	row: number,
): {pane: PaneName; row: number | undefined} | undefined {
	const layout = layoutOf(state);
	if (layout.kind === 'tiny' || state.mode === 'help' || state.detailed !== undefined) {
		return undefined;
	}

	const [x, y] = [column - 1, row - 1];
	const there = placesOf(layout.body, 0, headerRows + (layout.hasTabs ? tabsRows : 0)).find(
		({left, top, width, height}) => x >= left && x < left + width && y >= top && y < top + height,
	);
	if (!there) {
		return undefined;
	}

	const {pane} = there;
	const {top, total} = viewport(state, pane);
	const count = listRows(state, pane);
	// The list ends where the lower border is.
	const firstRow = there.top + there.height - 1 - count;
	const index = y - firstRow;
	return {pane, row: index >= 0 && index < count && top + index < total ? top + index : undefined};
}
