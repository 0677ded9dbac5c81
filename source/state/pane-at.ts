import {layoutOf, listRows, type Layout} from './layout.js';
import {viewport} from './selectors.js';
import {paneNames, type PaneName, type State} from './state.js';

/** The header. */
const rowsAbove = 1;

/** The header and the tabs. */
const rowsAboveSingle = 2;

type Place = {left: number; top: number; width: number; height: number};

/** Where the panes stand on the screen, from 0 on. */
function places(layout: Layout, focus: PaneName): Partial<Record<PaneName, Place>> {
	switch (layout.kind) {
		case 'tiny': {
			return {};
		}

		case 'single': {
			return {[focus]: {left: 0, top: rowsAboveSingle, ...layout.pane}};
		}

		case 'full': {
			const {peers, local, remote, transfers} = layout.panes;
			return {
				peers: {left: 0, top: rowsAbove, ...peers},
				local: {left: 0, top: rowsAbove + peers.height, ...local},
				remote: {left: peers.width, top: rowsAbove, ...remote},
				transfers: {left: 0, top: rowsAbove + remote.height, ...transfers},
			};
		}
	}
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
	if (state.mode === 'help' || state.mode === 'details') {
		return undefined;
	}

	const {columns, rows} = state.size;
	const layout = layoutOf(columns, rows);
	const all = places(layout, state.focus);
	const [x, y] = [column - 1, row - 1];
	const pane = paneNames.find(name => {
		const place = all[name];
		return place && x >= place.left && x < place.left + place.width && y >= place.top && y < place.top + place.height;
	});
	if (!pane) {
		return undefined;
	}

	const {top, total} = viewport(state, pane);
	const count = listRows(layout, pane);
	// The list ends where the lower border is.
	const firstRow = all[pane]!.top + all[pane]!.height - 1 - count;
	const index = y - firstRow;
	return {pane, row: index >= 0 && index < count && top + index < total ? top + index : undefined};
}
