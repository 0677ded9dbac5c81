import {bodyRows} from '../../state/layout.js';
import {chosenTransfer} from '../../state/selectors.js';
import type {State} from '../../state/state.js';
import {Line} from '../components/line.js';
import {Pane} from '../components/pane.js';
import {detailRows, frameWidth, titleChrome} from '../detail-rows.js';
import {fit} from '../text.js';

/** All about one transfer, in place of all panes. */
export function TransferDetails({state}: {readonly state: State}) {
	const transfer = chosenTransfer(state);
	if (!transfer) {
		return null;
	}

	const {columns, rows} = state.size;
	const size = {width: columns, height: bodyRows(rows)};
	const arrow = transfer.direction === 'down' ? '↓' : '↑';
	return (
		<Pane isFocused title={`${arrow} ${fit(transfer.label, columns - titleChrome).trimEnd()}`} size={size}>
			{detailRows(transfer, state, {width: columns - frameWidth, height: size.height - 2}).map((segments, index) => (
				// eslint-disable-next-line react/no-array-index-key -- a row is known by its place
				<Line key={index} segments={[{text: ' '}, ...segments]} width={columns - 2} />
			))}
		</Pane>
	);
}
