import {Box} from 'ink';
import {bodyRows, helpColumns, helpRows} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import type {Binding} from '../bindings.js';
import {useLook} from '../hooks/use-look.js';
import {paneLabels} from '../pane-title.js';
import {cut, fit} from '../text.js';
import type {Segment} from '../theme.js';
import {Line} from './line.js';
import {Pane} from './pane.js';

const keyWidth = 11;

/** All keys, from the table that the keys themselves are read from. */
export function Help({state}: {readonly state: State}) {
	const {bindings} = useLook();
	const {columns, rows} = state.size;
	const size = {width: columns, height: bodyRows(rows)};
	const perColumn = size.height - 2;
	const width = Math.floor((size.width - 2) / helpColumns(columns));
	const isLonger = bindings.length > helpRows(columns, rows);
	return (
		<Pane
			isFocused
			title={['Keys', isLonger ? '↑↓ more' : '', state.joinLine ? `others join by ${state.joinLine}` : '']
				.filter(Boolean)
				.join(' · ')}
			size={size}
		>
			<Box>
				{Array.from({length: helpColumns(columns)}, (_, column) => (
					<Box key={column} flexDirection="column" width={width}>
						{bindings
							.slice(state.scrollTop + column * perColumn, state.scrollTop + (column + 1) * perColumn)
							.map(binding => (
								<Line key={binding.id} segments={helpSegments(binding, width)} width={width} />
							))}
					</Box>
				))}
			</Box>
		</Pane>
	);
}

function helpSegments({shown, help, panes}: Binding, width: number): Segment[] {
	const where = panes ? ` (${panes.map(pane => paneLabels[pane].toLowerCase()).join(', ')})` : '';
	return [{text: ` ${fit(shown, keyWidth)}`, isBold: true}, {text: cut(help + where, width - keyWidth - 2)}];
}
