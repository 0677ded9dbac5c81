import type {State} from '../../state/state.js';
import {MessageDetails} from './message-details.js';
import {TransferDetails} from './transfer-details.js';

/** All about the row that was chosen, in place of all panes. */
export function Details({state}: {readonly state: State}) {
	switch (state.detailed?.pane) {
		case 'transfers': {
			return <TransferDetails state={state} />;
		}

		case 'wire': {
			return <MessageDetails state={state} />;
		}

		default: {
			return null;
		}
	}
}
