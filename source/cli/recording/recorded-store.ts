import type {Action} from '../../state/actions.js';
import type {Store} from '../../state/store.js';
import type {Recorded} from './entry.js';
import type {Recording} from './recording.js';

/** What an action adds to a recording: what the peer and the program tell, not what the user looks at. */
function recordedOf(action: Action): Recorded[] {
	switch (action.type) {
		case 'peer events': {
			return action.events.map(event => ({event}));
		}

		case 'sampled': {
			const {sample, pieces} = action;
			return [{sample, pieces}];
		}

		case 'join line': {
			return [{joinLine: action.line}];
		}

		case 'lab': {
			return [{lab: action.lab}];
		}

		case 'echo': {
			return [{echo: action.echo}];
		}

		default: {
			return [];
		}
	}
}

/** The same store; what it is told goes into the recording, too, and what goes wrong there is told to it. */
export function recordedStore(store: Store, recording: Recording | undefined): Store {
	if (!recording) {
		return store;
	}

	recording.onProblem = text => {
		store.hear({type: 'notice', level: 'warning', text}, Date.now());
	};

	return {
		...store,
		hear(event, nowMs) {
			recording.write({event});
			store.hear(event, nowMs);
		},
		dispatch(action) {
			for (const recorded of recordedOf(action)) {
				recording.write(recorded);
			}

			store.dispatch(action);
		},
	};
}
