import {bodyRows} from '../../state/layout.js';
import {openMessage} from '../../state/wire-rows.js';
import type {State} from '../../state/state.js';
import {Line} from '../components/line.js';
import {Pane} from '../components/pane.js';
import {frameWidth} from '../detail-rows.js';
import {messageRows, messageTitle} from '../details/message-rows.js';

/** The last first row: what is in sight then is the end. */
export const lastMessageTop = (state: State): number =>
	Math.max(0, rowsOfMessage(state).length - (bodyRows(state.size.rows) - 2));

function rowsOfMessage(state: State) {
	const row = openMessage(state);
	const width = state.size.columns - frameWidth;
	return row ? messageRows(row, state.self?.name ?? 'you', width, state.wireView.bytes) : [];
}

/** All about one message, in place of all panes. */
export function MessageDetails({state}: {readonly state: State}) {
	const row = openMessage(state);
	if (!row) {
		return null;
	}

	const {columns, rows} = state.size;
	const size = {width: columns, height: bodyRows(rows)};
	const top = Math.min(state.scrollTop, lastMessageTop(state));
	return (
		<Pane isFocused title={messageTitle(row, state.self?.name ?? 'you')} size={size}>
			{rowsOfMessage(state)
				.slice(top, top + size.height - 2)
				.map((segments, index) => (
					// eslint-disable-next-line react/no-array-index-key -- a row is known by its place
					<Line key={index} segments={[{text: ' '}, ...segments]} width={columns - 2} />
				))}
		</Pane>
	);
}
