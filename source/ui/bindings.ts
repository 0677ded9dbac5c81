import type {PeerActions} from '../peer/events.js';
import type {Action} from '../state/actions.js';
import {
	canBeRequested,
	chosenKeys,
	chosenTransfer,
	hasFinished,
	runningTransfers,
	selected,
	waitingDownloads,
} from '../state/selectors.js';
import {paneNames, type PaneName, type State} from '../state/state.js';

/** What a key can reach. */
export type KeyContext = {
	state: State;
	dispatch: (action: Action) => void;
	actions: PeerActions;
	quit: () => void;
	/** Stop until the user goes on with us; where that can not be done, it is not there. */
	suspend: (() => void) | undefined;
};

export type Binding = {
	/** Names as `key-names.ts` gives them. */
	keys: string[];
	/** How help and footer write the keys. */
	shown: string;
	/** One or two words for the footer; bindings without stand in help only. */
	label?: string | ((state: State) => string);
	help: string;
	/** The panes it belongs to; all where it names none. */
	panes?: PaneName[];
	/** It works in the details of a transfer, too. */
	isInDetails?: true;
	/** Whether it would do anything now; the footer shows only what does. */
	isUseful?: (state: State) => boolean;
	/** @param key - The name of the key that was pressed. */
	run: (context: KeyContext, key: string) => void;
};

/** An end of any list. */
const farAway = Number.MAX_SAFE_INTEGER;

const move =
	(rows: number) =>
	({dispatch}: KeyContext) => {
		dispatch({type: 'move', rows});
	};

const page =
	(pages: number) =>
	({dispatch}: KeyContext) => {
		dispatch({type: 'page', pages});
	};

/** Do something with the chosen transfer. */
const withTransfer = (act: (actions: PeerActions, id: number, state: string) => void) => (context: KeyContext) => {
	const transfer = chosenTransfer(context.state);
	if (transfer) {
		act(context.actions, transfer.id, transfer.state);
	}
};

const isDownload =
	(...states: string[]) =>
	(state: State) => {
		const transfer = chosenTransfer(state);
		return transfer?.direction === 'down' && states.includes(transfer.state);
	};

/** A download has its turn so many places later. */
const moveTurn = (places: number) => (context: KeyContext) => {
	// The cursor is to stay on the row, not where that was.
	context.dispatch({type: 'move', rows: 0});
	withTransfer((actions, id) => {
		actions.move(id, places);
	})(context);
};

const canMove = (state: State) => isDownload('waiting')(state) && waitingDownloads(state).length > 1;

/** The keys of normal mode, and of details: the only place that says what a key does, read by the screen, help and footer alike. */
export const bindings: Binding[] = [
	{
		keys: ['enter'],
		shown: 'enter',
		label: 'request',
		help: 'Request the file under the cursor, or all that are marked',
		panes: ['remote'],
		isUseful: state => state.marks.size > 0 || canBeRequested(selected(state, 'remote')),
		run({state, dispatch, actions}) {
			actions.request(chosenKeys(state));
			dispatch({type: 'unmark all'});
		},
	},
	{
		keys: ['space'],
		shown: 'space',
		label: 'mark',
		help: 'Mark the file, or take its mark away',
		panes: ['remote'],
		isUseful: state => canBeRequested(selected(state, 'remote')),
		run({dispatch}) {
			dispatch({type: 'mark'});
		},
	},
	{
		keys: ['i', 'enter'],
		shown: 'i',
		label: 'details',
		help: 'Details of the transfer, its sources and pieces; Enter, too',
		panes: ['transfers'],
		isUseful: state => chosenTransfer(state) !== undefined,
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'details'});
		},
	},
	{
		keys: ['p'],
		shown: 'p',
		label: state => (chosenTransfer(state)?.state === 'paused' ? 'go on' : 'pause'),
		help: 'Pause the download, or go on with it',
		panes: ['transfers'],
		isInDetails: true,
		isUseful: isDownload('running', 'waiting', 'paused'),
		run: withTransfer((actions, id, state) => {
			if (state === 'paused') {
				actions.resume(id);
			} else {
				actions.pause(id);
			}
		}),
	},
	{
		keys: ['x'],
		shown: 'x',
		label: 'cancel',
		help: 'Cancel the download and throw its part away',
		panes: ['transfers'],
		isInDetails: true,
		isUseful: isDownload('running', 'waiting', 'paused', 'failed'),
		run: withTransfer((actions, id) => {
			actions.cancel(id);
		}),
	},
	{
		keys: ['r'],
		shown: 'r',
		label: 'retry',
		help: 'Try a failed or cancelled download again',
		panes: ['transfers'],
		isInDetails: true,
		isUseful: isDownload('failed', 'cancelled'),
		run: withTransfer((actions, id) => {
			actions.retry(id);
		}),
	},
	{
		keys: ['K'],
		shown: 'K',
		label: 'earlier',
		help: 'Let a waiting download have its turn earlier',
		panes: ['transfers'],
		isInDetails: true,
		isUseful: canMove,
		run: moveTurn(-1),
	},
	{
		keys: ['J'],
		shown: 'J',
		label: 'later',
		help: 'Let it have its turn later',
		panes: ['transfers'],
		isInDetails: true,
		isUseful: canMove,
		run: moveTurn(1),
	},
	{
		keys: ['t'],
		shown: 't',
		label: 'first',
		help: 'Let it have the next turn',
		panes: ['transfers'],
		isInDetails: true,
		isUseful: canMove,
		run: moveTurn(-farAway),
	},
	{
		keys: ['c'],
		shown: 'c',
		label: 'clear',
		help: 'Clear the transfers that are over',
		panes: ['transfers'],
		isUseful: hasFinished,
		run({actions}) {
			actions.clearFinished();
		},
	},
	{
		keys: ['/'],
		shown: '/',
		label: 'filter',
		help: 'Filter this list; Enter keeps the filter, Esc takes it away',
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'filter'});
		},
	},
	{
		keys: ['s'],
		shown: 's',
		label: 'sort',
		help: 'Sort this list another way',
		run({dispatch}) {
			dispatch({type: 'sort'});
		},
	},
	{
		keys: ['S'],
		shown: 'S',
		label: 'sync',
		help: 'Sync on or off: fetch everything that is missing or newer',
		run({state, actions}) {
			actions.setSync(!state.isSyncing);
		},
	},
	{
		keys: ['tab'],
		shown: 'tab',
		label: 'pane',
		help: 'To the next pane',
		run({dispatch}) {
			dispatch({type: 'focus by', steps: 1});
		},
	},
	{
		keys: ['shift-tab'],
		shown: 'shift-tab',
		help: 'To the pane before',
		run({dispatch}) {
			dispatch({type: 'focus by', steps: -1});
		},
	},
	{
		keys: ['1', '2', '3', '4'],
		shown: '1-4',
		help: 'Peers, local files, remote files, transfers',
		run({dispatch}, key) {
			dispatch({type: 'focus', pane: paneNames[Number(key) - 1]!});
		},
	},
	{keys: ['up', 'k'], shown: '↑ k', help: 'One row up', isInDetails: true, run: move(-1)},
	{keys: ['down', 'j'], shown: '↓ j', help: 'One row down', isInDetails: true, run: move(1)},
	{keys: ['page-up'], shown: 'pgup', help: 'One page up', run: page(-1)},
	{keys: ['page-down'], shown: 'pgdn', help: 'One page down', run: page(1)},
	{
		keys: ['g', 'home'],
		shown: 'g',
		help: 'To the first row',
		run: move(-farAway),
	},
	{keys: ['G', 'end'], shown: 'G', help: 'To the last row', run: move(farAway)},
	{
		keys: ['escape'],
		shown: 'esc',
		help: 'Take the filter and all marks away',
		run({state, dispatch}) {
			dispatch({type: 'unmark all'});
			if (state.panes[state.focus].filter !== '') {
				dispatch({type: 'filter', text: ''});
			}
		},
	},
	{
		keys: ['?'],
		shown: '?',
		label: 'help',
		help: 'All keys',
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'help'});
		},
	},
	{
		keys: ['q'],
		shown: 'q',
		label: 'quit',
		help: 'Quit; asks while transfers run',
		run({state, dispatch, quit}) {
			if (runningTransfers(state) > 0) {
				dispatch({type: 'mode', mode: 'quit'});
			} else {
				quit();
			}
		},
	},
	{
		keys: ['ctrl-c'],
		shown: 'ctrl-c',
		isInDetails: true,
		help: 'Quit at once; what is half here is gone on with next time',
		run({quit}) {
			quit();
		},
	},
	{
		keys: ['ctrl-z'],
		shown: 'ctrl-z',
		isInDetails: true,
		help: 'Suspend; fg brings it back',
		run({suspend}) {
			suspend?.();
		},
	},
];
