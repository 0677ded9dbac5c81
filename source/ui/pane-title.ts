import {arrowOf, rowsOf, runningTransfers, sortOf} from '../state/selectors.js';
import type {PaneName, State} from '../state/state.js';
import {countTransfers} from '../state/transfer-counts.js';

export const paneLabels: Record<PaneName, string> = {
	peers: 'Peers',
	local: 'Local files',
	remote: 'Remote files',
	transfers: 'Transfers',
};

/** A pane's name, how many rows it has, and what is special about them: marks, filter, order. */
export function titleOf(state: State, pane: PaneName): string {
	const {filter, sort, isReversed} = state.panes[pane];
	const isTyping = state.mode === 'filter' && state.focus === pane;
	const all = state[pane].size;
	const amount = filter === '' ? String(all) : `${rowsOf(state, pane).length} of ${all}`;
	return [
		`${paneLabels[pane]} ${pane === 'transfers' && filter === '' ? transferCounts(state) : amount}`,
		pane === 'local' && state.sample?.indexing ? `hashing ${state.sample.indexing.filesLeft} left` : '',
		pane === 'remote' && state.marks.size > 0 ? `${state.marks.size} marked` : '',
		filter !== '' || isTyping ? `/${filter}${isTyping ? '▏' : ''}` : '',
		sort > 0 || isReversed ? `${sortOf(state, pane).label} ${arrowOf(state, pane)}` : '',
	]
		.filter(Boolean)
		.join(' · ');
}

/** `2 running · 1 waiting`; only what there is. */
function transferCounts(state: State): string {
	const counts = countTransfers(state.transfers);
	const parts = (['running', 'waiting', 'paused', 'failed', 'done', 'cancelled'] as const)
		.filter(how => counts[how] > 0)
		.map(how => `${counts[how]} ${how}`);
	return parts.length === 0 ? String(runningTransfers(state)) : parts.join(' · ');
}
