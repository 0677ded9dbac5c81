import type {PaneSize} from '../../state/layout.js';
import {keyOf, viewport, type Rows} from '../../state/selectors.js';
import {paneNames, type PaneName, type State} from '../../state/state.js';
import {emptyRows} from '../empty.js';
import {highlighted} from '../highlight.js';
import {titleOf} from '../pane-title.js';
import type {Segment} from '../theme.js';
import {Line} from './line.js';
import {Pane} from './pane.js';

export type ListPaneProps<Name extends PaneName> = {
	readonly state: State;
	readonly pane: Name;
	readonly size: PaneSize;
	/** The head of a table, in the given number of columns. */
	readonly head?: (width: number) => Segment[];
	/** A row in the given number of columns. */
	readonly line: (row: Rows[Name], width: number, state: State) => Segment[];
	/** The rows are as of some time ago. */
	readonly isStale?: boolean;
};

/** Columns of a row's own: not of the frame, the cursor, and a space behind it. */
export const rowWidth = ({width}: PaneSize): number => width - 5;

/** The room for what is said instead of rows: not of the frame and a space at both sides, and not of the head. */
const emptySize = ({width, height}: PaneSize, hasHead: boolean): PaneSize => ({
	width: width - 4,
	height: height - 2 - (hasHead ? 1 : 0),
});

/** What every pane is given. */
export type PaneViewProps = {
	readonly state: State;
	readonly size: PaneSize;
	/** Its rows are as of some time ago. */
	readonly isStale: boolean;
};

/** A pane with a list, of which only what is in sight is drawn. */
export function ListPane<Name extends PaneName>(props: ListPaneProps<Name>) {
	const {state, pane, size, head, line, isStale = false} = props;
	const {rows, top, cursor, total} = viewport(state, pane);
	const {filter} = state.panes[pane];
	const isFocused = state.focus === pane;
	const width = size.width - 2;
	return (
		<Pane title={`${paneNames.indexOf(pane) + 1} ${titleOf(state, pane)}`} size={size} isFocused={isFocused}>
			{head ? <Line isDim segments={[{text: '  '}, ...head(rowWidth(size))]} width={width} /> : null}
			{total === 0 &&
				emptyRows(state, pane, emptySize(size, head !== undefined)).map((segments, index) => (
					// eslint-disable-next-line react/no-array-index-key -- a row is known by its place
					<Line key={index} segments={[{text: ' '}, ...segments]} width={width} />
				))}
			{rows.map((row, index) => {
				const isSelected = isFocused && top + index === cursor;
				return (
					<Line
						key={keyOf(pane, row)}
						isDim={isStale}
						isSelected={isSelected}
						segments={[{text: isSelected ? '▌ ' : '  '}, ...highlighted(line(row, rowWidth(size), state), filter)]}
						width={width}
					/>
				);
			})}
		</Pane>
	);
}
