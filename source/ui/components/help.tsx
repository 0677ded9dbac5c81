import {Box} from 'ink';
import {bodyRows, helpColumns} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import {helpView} from '../help-view.js';
import {useLook} from '../hooks/use-look.js';
import {Line} from './line.js';
import {Pane} from './pane.js';

/** All keys, from the table that the keys themselves are read from. */
export function Help({state}: {readonly state: State}) {
	const {bindings} = useLook();
	const {columns, rows} = state.size;
	const {lines, columnWidth, perColumn, lastTop} = helpView(state, bindings);
	const top = Math.min(state.scrollTop, lastTop);
	const title = lastTop === 0 ? 'Keys' : `Keys · ↑↓ ${top === lastTop ? 'all seen' : 'more'}`;
	return (
		<Pane isFocused title={title} size={{width: columns, height: bodyRows(rows)}}>
			<Box>
				{Array.from({length: helpColumns(columns)}, (_, column) => (
					<Box key={column} flexDirection="column" width={columnWidth}>
						{lines.slice(top + column * perColumn, top + (column + 1) * perColumn).map((segments, index) => (
							// eslint-disable-next-line react/no-array-index-key -- a line is known by its place
							<Line key={index} segments={[{text: ' '}, ...segments]} width={columnWidth} />
						))}
					</Box>
				))}
			</Box>
		</Pane>
	);
}
