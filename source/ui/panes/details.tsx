import {bodyRows} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import {Line} from '../components/line.js';
import {Pane} from '../components/pane.js';
import {detailOf, lastTopOf} from '../details/detail-of.js';
import {rowsInSight} from '../details/detail.js';
import {detailSize} from '../details/row.js';

/** All about the row that was chosen, in place of all panes. */
export function Details({state}: {readonly state: State}) {
	const detail = detailOf(state);
	if (!detail) {
		return null;
	}

	const {columns, rows} = state.size;
	const top = Math.min(state.scrollTop, lastTopOf(detail, state));
	return (
		<Pane isFocused title={detail.title} size={{width: columns, height: bodyRows(rows)}}>
			{rowsInSight(detail, top, detailSize(state).height).map((segments, index) => (
				// eslint-disable-next-line react/no-array-index-key -- a row is known by its place
				<Line key={index} segments={[{text: ' '}, ...segments]} width={columns - 2} />
			))}
		</Pane>
	);
}
