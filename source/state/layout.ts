import {extraPanes, mainPanes, type PaneName, type State} from './state.js';

/** Rows and columns of a pane, its borders included. */
export type PaneSize = {width: number; height: number};

/** A pane, or several beside or below each other. */
export type Part =
	({kind: 'pane'; pane: PaneName} & PaneSize) | {kind: 'beside'; parts: Part[]} | {kind: 'below'; parts: Part[]};

export type Layout =
	/** Below the smallest size. */
	| {kind: 'tiny'}
	/** Some panes, with a line of tabs above and a summary of transfers below where not all panes that are open are in sight. */
	| {kind: 'panes'; hasTabs: boolean; body: Part};

export const smallest = {columns: 40, rows: 12};

const fullFrom = {columns: 76, rows: 22};

/** From here on an optional pane has a column of its own, or else a place below the others. */
const wideFrom = {columns: 150, rows: 22};
const tallFrom = 36;

/** From this width on two panes stand side by side where the terminal is too short for four. */
const shortFrom = 100;

/** Header, notice and footer. */
const chromeRows = 3;

/** The tab line, and the summary of transfers, where not all panes are in sight. */
const tabRows = 2;

/** The last row of the terminal stays free: a frame as tall as the terminal makes Ink wipe the scrollback. */
export const frameRows = (rows: number): number => rows - 1;

/** What header, notice and footer leave. */
export const bodyRows = (rows: number): number => frameRows(rows) - chromeRows;

const paneOf = (pane: PaneName, width: number, height: number): Part => ({kind: 'pane', pane, width, height});

/** The four panes in so much room. */
function fourPanes(width: number, height: number): Part {
	const transfers = Math.max(5, Math.floor(height * 0.32));
	const upper = height - transfers;
	const peers = Math.max(5, Math.floor(upper / 2));
	const left = Math.max(28, Math.min(44, Math.floor(width * 0.32)));
	return {
		kind: 'below',
		parts: [
			{
				kind: 'beside',
				parts: [
					{kind: 'below', parts: [paneOf('peers', left, peers), paneOf('local', left, upper - peers)]},
					paneOf('remote', width - left, upper),
				],
			},
			paneOf('transfers', width, transfers),
		],
	};
}

/** What shapes the layout beside the size of the terminal. */
export type LayoutState = Pick<State, 'size' | 'focus' | 'lastFocus' | 'extra' | 'isZoomed'>;

/** Where everything stands. */
export function layoutOf({size: {columns, rows}, focus, lastFocus, extra, isZoomed}: LayoutState): Layout {
	if (columns < smallest.columns || rows < smallest.rows) {
		return {kind: 'tiny'};
	}

	const height = bodyRows(rows);
	const all = (body: Part): Layout => ({kind: 'panes', hasTabs: false, body});
	const some = (body: Part): Layout => ({kind: 'panes', hasTabs: true, body});
	const single = some(paneOf(focus, columns, height - tabRows));
	if (isZoomed || columns < fullFrom.columns) {
		return single;
	}

	if (rows < fullFrom.rows) {
		return columns < shortFrom ? single : some(twoPanes(focus, lastFocus, columns, height - tabRows));
	}

	if (!extra) {
		return all(fourPanes(columns, height));
	}

	if (columns >= wideFrom.columns) {
		const right = Math.floor(columns * 0.44);
		const four = fourPanes(columns - right, height);
		return all({kind: 'beside', parts: [four, paneOf(extra, right, height)]});
	}

	if (rows >= tallFrom) {
		const lower = Math.floor(height * 0.4);
		return all({kind: 'below', parts: [fourPanes(columns, height - lower), paneOf(extra, columns, lower)]});
	}

	return focus === extra ? single : all(fourPanes(columns, height));
}

/** A list on the left and what moves on the right: transfers, or where the focus is on them, the list that had it before. */
function twoPanes(focus: PaneName, lastFocus: PaneName, columns: number, height: number): Part {
	const left = Math.floor(columns * 0.5);
	const list = focus === 'transfers' ? (lastFocus === 'transfers' ? 'remote' : lastFocus) : focus;
	return {
		kind: 'beside',
		parts: [paneOf(list, left, height), paneOf('transfers', columns - left, height)],
	};
}

/** The panes of a part, from left to right and top to bottom. */
export function panesIn(part: Part): Array<Part & {kind: 'pane'}> {
	return part.kind === 'pane' ? [part] : part.parts.flatMap(inner => panesIn(inner));
}

/** The panes that Tab goes through. */
export const openPanes = ({extra}: Pick<State, 'extra'>): PaneName[] => [
	...mainPanes,
	...extraPanes.filter(pane => pane === extra),
];

/** Remote files are a table with a head; the ladder of the wire says above whose each line is. */
const hasHead = (pane: PaneName, {wireView}: Pick<State, 'wireView'>): boolean =>
	pane === 'remote' || (pane === 'wire' && wireView.kind === 'ladder');

/** Rows of a pane that hold list entries: not the borders, not its head. */
export function listRows(state: LayoutState & Pick<State, 'wireView'>, pane: PaneName): number {
	const layout = layoutOf(state);
	const place = layout.kind === 'panes' ? panesIn(layout.body).find(part => part.pane === pane) : undefined;
	return Math.max(1, (place?.height ?? 0) - 2 - (hasHead(pane, state) ? 1 : 0));
}

/** Rows of the palette: with room enough, the lists stay in sight above it. */
export const paletteRows = (rows: number): number =>
	rows < fullFrom.rows ? bodyRows(rows) : Math.max(minPaletteRows, Math.floor(bodyRows(rows) / 2));

const minPaletteRows = 10;

/** Lines of help that can be seen at once: it takes the place of all panes. In wide terminals it has two columns. */
export const helpRows = (columns: number, rows: number): number => (bodyRows(rows) - 2) * helpColumns(columns);

const helpColumnWidth = 58;

export const helpColumns = (columns: number): number => (columns >= 2 * helpColumnWidth ? 2 : 1);
