import type {WireRow} from '../../state/state.js';
import {ListPane, rowWidth, type PaneViewProps} from '../components/list-pane.js';
import {ladderHead, ladderOf, ladderRow} from '../ladder.js';
import {wireLine} from '../wire-line.js';

/** Every message of both planes, as a list or as a ladder between the parties. */
export function WirePane({state, size}: Omit<PaneViewProps, 'isStale'>) {
	const common = {state, pane: 'wire', size} as const;
	if (state.wireView.kind === 'list') {
		return <ListPane {...common} line={wireLine} />;
	}

	const ladder = ladderOf(state, rowWidth(size));
	return <ListPane {...common} head={() => ladderHead(ladder)} line={(row: WireRow) => ladderRow(row, ladder)} />;
}
