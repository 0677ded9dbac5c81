import {selected} from './selectors.js';
import type {State, WireRow} from './state.js';
import {member} from './wire-text.js';

/** What the filter is narrowed to, one after the other. */
const narrowings = ['peer', 'kind', 'plane', 'all'] as const;
export type Narrowing = (typeof narrowings)[number];

/** One word for a filter, spaces included. */
const word = (text: string) => (/[\s"-]/.test(text) ? `"${text}"` : text);

const filters: Record<Narrowing, (row: WireRow) => string> = {
	peer: ({party}) => word(member('peer', party)),
	kind: ({kind}) => word(member('kind', kind)),
	plane: ({plane}) => word(member('plane', plane)),
	all: () => '',
};

/** What the filter would be narrowed to next by the message under the cursor: its peer, its kind, its plane, and then to all again. */
export function nextNarrowing(state: State): {narrowing: Narrowing; filter: string} | undefined {
	const row = selected(state, 'wire');
	if (!row || row.gapMs !== undefined) {
		return undefined;
	}

	const {filter} = state.panes.wire;
	const index = filter === '' ? -1 : narrowings.findIndex(narrowing => filters[narrowing](row) === filter);
	const narrowing = narrowings[index + 1]!;
	return {narrowing, filter: filters[narrowing](row)};
}
