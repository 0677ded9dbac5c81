import {arrowOf, rowsOf, runningTransfers, sortOf} from '../state/selectors.js';
import type {PaneName, State} from '../state/state.js';
import {countTransfers} from '../state/transfer-counts.js';

export const paneLabels: Record<PaneName, string> = {
	peers: 'Peers',
	local: 'Local files',
	remote: 'Remote files',
	transfers: 'Transfers',
	wire: 'Wire',
	log: 'Log',
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
		pane === 'wire' ? wireState(state) : '',
		pane === 'remote' && state.marks.size > 0 ? `${state.marks.size} marked` : '',
		filter !== '' || isTyping ? `/${filter}${isTyping ? '▏' : ''}` : '',
		sort > 0 || isReversed ? `${sortOf(state, pane).label} ${arrowOf(state, pane)}` : '',
	]
		.filter(Boolean)
		.join(' · ');
}

/** Whether the pane goes along with what comes. */
function wireState({wireView: {held}, panes}: State): string {
	if (held) {
		return `paused, ${held.length} new`;
	}

	return panes.wire.cursor.key === undefined ? 'following' : 'G follows';
}

/** `2 running · 1 waiting`; only what there is. */
function transferCounts(state: State): string {
	const counts = countTransfers(state.transfers);
	const parts = (['running', 'waiting', 'paused', 'failed', 'done', 'cancelled'] as const)
		.filter(how => counts[how] > 0)
		.map(how => `${counts[how]} ${how}`);
	return parts.length === 0 ? String(runningTransfers(state)) : parts.join(' · ');
}
