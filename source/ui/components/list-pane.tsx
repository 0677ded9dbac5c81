import {Box, Text} from 'ink';
import type {PaneSize} from '../../state/layout.js';
import {keyOf, viewport, type Rows} from '../../state/selectors.js';
import {paneNames, type PaneName, type State} from '../../state/state.js';
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
	/** What to say when there is nothing to list. */
	readonly empty: string;
	/** The rows are as of some time ago. */
	readonly isStale?: boolean;
};

/** Columns of a row's own: not of the frame, the cursor, and a space behind it. */
export const rowWidth = ({width}: PaneSize): number => width - 5;

/** What every pane is given. */
export type PaneViewProps = {
	readonly state: State;
	readonly size: PaneSize;
	/** Its rows are as of some time ago. */
	readonly isStale: boolean;
};

/** A pane with a list, of which only what is in sight is drawn. */
export function ListPane<Name extends PaneName>(props: ListPaneProps<Name>) {
	const {state, pane, size, head, line, empty, isStale = false} = props;
	const {rows, top, cursor, total} = viewport(state, pane);
	const {filter} = state.panes[pane];
	const isFocused = state.focus === pane;
	const width = size.width - 2;
	return (
		<Pane title={`${paneNames.indexOf(pane) + 1} ${titleOf(state, pane)}`} size={size} isFocused={isFocused}>
			{head ? <Line isDim segments={[{text: '  '}, ...head(rowWidth(size))]} width={width} /> : null}
			{total === 0 && (
				<Box paddingX={1}>
					<Text dimColor wrap="wrap">
						{state.panes[pane].filter === '' ? empty : 'Nothing here matches the filter'}
					</Text>
				</Box>
			)}
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
