import type {PeerActions} from '../peer/events.js';
import type {Action} from '../state/actions.js';
import {chosenRow} from '../state/chosen-row.js';
import type {LabActions} from '../state/lab.js';
import {
	bytesOf,
	canBeRequested,
	chosenKeys,
	chosenTransfer,
	detailedKey,
	hasFinished,
	runningTransfers,
	selected,
	waitingDownloads,
} from '../state/selectors.js';
import {sorts} from '../state/sorts.js';
import {paneNames, type PaneName, type State} from '../state/state.js';
import {commandBindings} from './command-bindings.js';
import {copyBindings} from './copy-bindings.js';
import {detailBindings, otherDetailBindings, scrollDetails} from './detail-bindings.js';
import {count, formatSize} from './format.js';
import {labBindings} from './lab-bindings.js';
import {wireBindings} from './wire-bindings.js';

/** What a key can reach. */
export type KeyContext = {
	state: State;
	dispatch: (action: Action) => void;
	actions: PeerActions;
	/** In the demo only. */
	lab?: LabActions | undefined;
	bindings: readonly Binding[];
	/** Put text on the clipboard. @param what - What it is, for the user. */
	copy?: ((text: string, what: string) => void) | undefined;
	quit: () => void;
	/** Stop until the user goes on with us; where that can not be done, it is not there. */
	suspend?: (() => void) | undefined;
};

/** Where help lists a command. */
export type Group = 'moving' | 'files' | 'transfers' | 'wire' | 'panes' | 'demo' | 'program';

/** What a command can be told in the palette. */
export type Argument = {
	/** As the palette writes it. */
	name: string;
	/** What there is to choose from; any text where there are no choices. */
	choices?: (state: State) => readonly string[];
	/** Without it, the command means nothing. */
	isRequired?: true;
};

export type Binding = {
	/** The command's name, in the palette and in the config file. */
	id: string;
	/** Names as `key-names.ts` gives them; the palette has commands without keys, too. */
	keys: readonly string[];
	/** How help and footer write the keys. */
	shown: string;
	/** By its panes where it names none. */
	group?: Group;
	argument?: Argument;
	/** Why it does nothing while `isUseful` says so. */
	whyNot?: string;
	/** One or two words for the footer; bindings without stand in help only. */
	label?: string | ((state: State) => string);
	help: string;
	/** The panes it belongs to; all where it names none. */
	panes?: PaneName[];
	/** It works in details, too. */
	isInDetails?: true;
	/** Whether it would do anything now; the footer shows only what does. */
	isUseful?: (state: State) => boolean;
	/**
	@param key - The name of the key that was pressed; empty where the palette runs it.
	@param argument - What it was told in the palette.
	*/
	run: (context: KeyContext, key: string, argument?: string) => void;
};

/** Whether a binding is for a pane. */
export const isForPane = ({panes}: Pick<Binding, 'panes'>, pane: PaneName): boolean =>
	panes === undefined || panes.includes(pane);

/** An end of any list. */
const farAway = Number.MAX_SAFE_INTEGER;

const move = (rows: number) => (context: KeyContext) => {
	if (context.state.mode === 'details') {
		scrollDetails(context, {rows});
	} else {
		context.dispatch({type: 'move', rows});
	}
};

const page = (pages: number) => (context: KeyContext) => {
	if (context.state.mode === 'details') {
		scrollDetails(context, {pages});
	} else {
		context.dispatch({type: 'page', pages});
	}
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
export const bindings: readonly Binding[] = [
	{
		id: 'request',
		keys: ['enter'],
		shown: 'enter',
		label: 'request',
		help: 'Request the file under the cursor, or all that are marked',
		panes: ['remote'],
		isInDetails: true,
		whyNot: 'nothing to request here',
		isUseful: state =>
			state.mode === 'details'
				? canBeRequested(chosenRow(state, 'remote'))
				: state.marks.size > 0 || canBeRequested(selected(state, 'remote')),
		run({state, dispatch, actions}) {
			// Details are of one file, whatever is marked.
			const key = detailedKey(state, 'remote');
			actions.request(key === undefined ? chosenKeys(state) : [String(key)]);
			if (key === undefined) {
				dispatch({type: 'unmark all'});
			}
		},
	},
	{
		id: 'mark',
		keys: ['space'],
		shown: 'space',
		label: 'mark',
		help: 'Mark the file, or take its mark away',
		panes: ['remote'],
		whyNot: 'nothing to mark here',
		isUseful: state => canBeRequested(selected(state, 'remote')),
		run({dispatch}) {
			dispatch({type: 'mark'});
		},
	},
	...detailBindings,
	{
		id: 'pause',
		keys: ['p'],
		shown: 'p',
		label: state => (chosenTransfer(state)?.state === 'paused' ? 'go on' : 'pause'),
		help: 'Pause the download, or go on with it',
		panes: ['transfers'],
		isInDetails: true,
		whyNot: 'no download here that could be paused',
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
		id: 'cancel',
		keys: ['x'],
		shown: 'x',
		label: 'cancel',
		help: 'Cancel the download and throw its part away',
		panes: ['transfers'],
		isInDetails: true,
		whyNot: 'nothing to cancel',
		isUseful: isDownload('running', 'waiting', 'paused', 'failed'),
		run(context) {
			const transfer = chosenTransfer(context.state);
			const bytes = transfer ? bytesOf(context.state, transfer) : 0;
			if (transfer && bytes > 0) {
				const text = `Throw ${formatSize(bytes)} of ${transfer.label} away?`;
				context.dispatch({type: 'ask', text, confirmed: {type: 'cancel', id: transfer.id}});
			} else {
				withTransfer((actions, id) => {
					actions.cancel(id);
				})(context);
			}
		},
	},
	{
		id: 'retry',
		keys: ['r'],
		shown: 'r',
		label: 'retry',
		help: 'Try a failed or cancelled download again',
		panes: ['transfers'],
		isInDetails: true,
		whyNot: 'nothing to retry',
		isUseful: isDownload('failed', 'cancelled'),
		run: withTransfer((actions, id) => {
			actions.retry(id);
		}),
	},
	{
		id: 'earlier',
		keys: ['K'],
		shown: 'K',
		label: 'earlier',
		help: 'Let a waiting download have its turn earlier',
		panes: ['transfers'],
		isInDetails: true,
		whyNot: 'no turn to be changed here',
		isUseful: canMove,
		run: moveTurn(-1),
	},
	{
		id: 'later',
		keys: ['J'],
		shown: 'J',
		label: 'later',
		help: 'Let it have its turn later',
		panes: ['transfers'],
		isInDetails: true,
		whyNot: 'no turn to be changed here',
		isUseful: canMove,
		run: moveTurn(1),
	},
	{
		id: 'first',
		keys: ['t'],
		shown: 't',
		label: 'first',
		help: 'Let it have the next turn',
		panes: ['transfers'],
		isInDetails: true,
		whyNot: 'no turn to be changed here',
		isUseful: canMove,
		run: moveTurn(-farAway),
	},
	{
		id: 'clear',
		keys: ['c'],
		shown: 'c',
		label: 'clear',
		help: 'Clear the transfers that are over',
		panes: ['transfers'],
		whyNot: 'no transfer is over',
		isUseful: hasFinished,
		run({actions}) {
			actions.clearFinished();
		},
	},
	...wireBindings,
	...otherDetailBindings,
	...copyBindings,
	{
		id: 'filter',
		keys: ['/'],
		shown: '/',
		label: 'filter',
		help: 'Filter this list; Enter keeps the filter, Esc takes it away',
		group: 'moving',
		argument: {name: 'TEXT'},
		run({dispatch}, _key, text) {
			dispatch(text === undefined ? {type: 'mode', mode: 'filter'} : {type: 'filter', text});
		},
	},
	{
		id: 'sort',
		keys: ['s'],
		shown: 's',
		label: 'sort',
		help: 'Sort this list another way',
		isUseful: ({focus}) => sorts[focus].length > 1,
		group: 'moving',
		argument: {name: 'ORDER', choices: ({focus}) => sorts[focus].map(({label}) => label)},
		run({state, dispatch}, _key, label) {
			dispatch(
				label === undefined
					? {type: 'sort'}
					: {type: 'sort by', index: sorts[state.focus].findIndex(sort => sort.label === label)},
			);
		},
	},
	{
		id: 'sync',
		keys: ['S'],
		shown: 'S',
		label: 'sync',
		help: 'Sync on or off: fetch everything that is missing or newer',
		group: 'files',
		run({state, actions}) {
			actions.setSync(!state.isSyncing);
		},
	},
	...commandBindings,
	{
		id: 'zoom',
		keys: ['+'],
		shown: '+',
		help: 'Give this pane all the room, or give it back',
		group: 'panes',
		run({dispatch}) {
			dispatch({type: 'zoom'});
		},
	},
	{
		id: 'wire',
		keys: ['w'],
		shown: 'w',
		label: ({focus}) => (focus === 'wire' ? 'close' : 'wire'),
		help: 'Every message on the wire; again closes it',
		group: 'panes',
		run({dispatch}) {
			dispatch({type: 'toggle pane', pane: 'wire'});
		},
	},
	{
		id: 'log',
		keys: ['!'],
		shown: '!',
		help: 'What was told, to be read again; again closes it',
		group: 'panes',
		run({dispatch}) {
			dispatch({type: 'toggle pane', pane: 'log'});
		},
	},
	...labBindings,
	{
		id: 'next-pane',
		keys: ['tab'],
		shown: 'tab',
		label: 'pane',
		help: 'To the next pane',
		group: 'panes',
		run({dispatch}) {
			dispatch({type: 'focus by', steps: 1});
		},
	},
	{
		id: 'previous-pane',
		keys: ['shift-tab'],
		shown: 'shift-tab',
		help: 'To the pane before',
		group: 'panes',
		run({dispatch}) {
			dispatch({type: 'focus by', steps: -1});
		},
	},
	{
		id: 'go-to-pane',
		keys: ['1', '2', '3', '4', '5', '6'],
		shown: '1-6',
		help: 'Peers, local files, remote files, transfers, wire, log',
		group: 'panes',
		argument: {name: 'PANE', choices: () => paneNames, isRequired: true},
		run({dispatch, bindings: table}, key, name) {
			// The first of its keys is for the first pane, and so on, whatever the keys are.
			const index = table.find(({id}) => id === 'go-to-pane')?.keys.indexOf(key) ?? -1;
			const pane = paneNames.find(candidate => candidate === name) ?? paneNames[index];
			if (pane) {
				dispatch({type: 'focus', pane});
			}
		},
	},
	{
		id: 'up',
		keys: ['up', 'k'],
		shown: '↑ k',
		help: 'One row up; details scroll',
		group: 'moving',
		isInDetails: true,
		run: move(-1),
	},
	{
		id: 'down',
		keys: ['down', 'j'],
		shown: '↓ j',
		help: 'One row down; details scroll',
		group: 'moving',
		isInDetails: true,
		run: move(1),
	},
	{
		id: 'page-up',
		keys: ['page-up'],
		shown: 'pgup',
		help: 'One page up',
		group: 'moving',
		isInDetails: true,
		run: page(-1),
	},
	{
		id: 'page-down',
		keys: ['page-down'],
		shown: 'pgdn',
		help: 'One page down',
		group: 'moving',
		isInDetails: true,
		run: page(1),
	},
	{
		id: 'top',
		keys: ['g', 'home'],
		shown: 'g',
		help: 'To the first row',
		group: 'moving',
		isInDetails: true,
		run: move(-farAway),
	},
	{
		id: 'bottom',
		keys: ['G', 'end'],
		shown: 'G',
		help: 'To the last row',
		group: 'moving',
		isInDetails: true,
		run: move(farAway),
	},
	{
		id: 'back',
		keys: ['escape'],
		shown: 'esc',
		help: 'Take the filter and all marks away; then leave the zoom, the wire, the log',
		group: 'moving',
		run({state, dispatch}) {
			const {focus, panes, marks, isZoomed, extra} = state;
			if (marks.size > 0 || panes[focus].filter !== '') {
				dispatch({type: 'unmark all'});
				if (panes[focus].filter !== '') {
					dispatch({type: 'filter', text: ''});
				}
			} else if (isZoomed) {
				dispatch({type: 'zoom'});
			} else if (focus === extra) {
				dispatch({type: 'toggle pane', pane: extra});
			}
		},
	},
	{
		id: 'help',
		keys: ['?'],
		shown: '?',
		label: 'help',
		help: 'All keys',
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'help'});
		},
	},
	{
		id: 'quit',
		keys: ['q'],
		shown: 'q',
		label: 'quit',
		help: 'Quit; asks while transfers run',
		run({state, dispatch, quit}) {
			const running = runningTransfers(state);
			if (running > 0) {
				const text = `${count(running, 'transfer')} running. Quit?`;
				dispatch({type: 'ask', text, confirmed: {type: 'quit'}});
			} else {
				quit();
			}
		},
	},
	{
		id: 'quit-now',
		keys: ['ctrl-c'],
		shown: 'ctrl-c',
		isInDetails: true,
		help: 'Quit at once; what is half here is gone on with next time',
		run({quit}) {
			quit();
		},
	},
	{
		id: 'suspend',
		keys: ['ctrl-z'],
		shown: 'ctrl-z',
		isInDetails: true,
		help: 'Suspend; fg brings it back',
		run({suspend}) {
			suspend?.();
		},
	},
];
