import type {PaneName} from './state.js';

/** Rows and columns of a pane, its borders included. */
export type PaneSize = {width: number; height: number};

export type Layout =
	/** All panes at once. */
	| {kind: 'full'; panes: Record<PaneName, PaneSize>}
	/** One pane under a line of tabs. */
	| {kind: 'single'; pane: PaneSize}
	| {kind: 'tiny'};

export const smallest = {columns: 40, rows: 12};

const fullFrom = {columns: 76, rows: 22};

/** Header, notice and footer. */
const chromeRows = 3;

/** The tab line, and the summary of transfers, where one pane is shown. */
const tabRows = 2;

/** The last row of the terminal stays free: a frame as tall as the terminal makes Ink wipe the scrollback. */
export const frameRows = (rows: number): number => rows - 1;

/** Where everything stands, by the size of the terminal. */
export function layoutOf(columns: number, rows: number): Layout {
	if (columns < smallest.columns || rows < smallest.rows) {
		return {kind: 'tiny'};
	}

	const height = bodyRows(rows);
	if (columns < fullFrom.columns || rows < fullFrom.rows) {
		return {kind: 'single', pane: {width: columns, height: height - tabRows}};
	}

	const transfers = Math.max(5, Math.floor(height * 0.32));
	const upper = height - transfers;
	const peers = Math.max(5, Math.floor(upper / 2));
	const left = Math.max(28, Math.min(44, Math.floor(columns * 0.32)));
	return {
		kind: 'full',
		panes: {
			peers: {width: left, height: peers},
			local: {width: left, height: upper - peers},
			remote: {width: columns - left, height: upper},
			transfers: {width: columns, height: transfers},
		},
	};
}

/** Rows of a pane that hold list entries: not the borders, not the head of the remote files. */
export function listRows(layout: Layout, pane: PaneName): number {
	if (layout.kind === 'tiny') {
		return 1;
	}

	const {height} = layout.kind === 'full' ? layout.panes[pane] : layout.pane;
	return Math.max(1, height - 2 - (pane === 'remote' ? 1 : 0));
}

/** Lines of help that can be seen at once: it takes the place of all panes. In wide terminals it has two columns. */
export const helpRows = (columns: number, rows: number): number => (bodyRows(rows) - 2) * helpColumns(columns);

const helpColumnWidth = 76;

export const helpColumns = (columns: number): number => (columns >= 2 * helpColumnWidth ? 2 : 1);

/** What header, notice and footer leave. */
export const bodyRows = (rows: number): number => frameRows(rows) - chromeRows;
