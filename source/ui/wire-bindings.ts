import {nextNarrowing, type Narrowing} from '../state/narrow.js';
import {detailedKey} from '../state/selectors.js';
import type {Binding} from './bindings.js';
import {hasDetails} from './detail-bindings.js';

const narrowingLabels: Record<Narrowing, string> = {
	peer: 'this peer',
	kind: 'this kind',
	plane: 'this plane',
	all: 'all again',
};

/** The keys of the wire pane, and of an open message. */
export const wireBindings: readonly Binding[] = [
	{
		id: 'message',
		keys: ['enter'],
		shown: 'enter',
		help: 'Open the message: its fields, what they mean, and its bytes; i, too',
		panes: ['wire'],
		isUseful: hasDetails,
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'details'});
		},
	},
	{
		id: 'pause-wire',
		keys: ['p'],
		shown: 'p',
		label: state => (state.wireView.held ? 'go on' : 'pause'),
		help: 'Hold what comes, or go on with it',
		panes: ['wire'],
		run({dispatch}) {
			dispatch({type: 'pause wire'});
		},
	},
	{
		id: 'ladder',
		keys: ['l'],
		shown: 'l',
		label: state => (state.wireView.kind === 'list' ? 'ladder' : 'list'),
		help: 'Draw the messages between the parties, or list them',
		panes: ['wire'],
		run({state, dispatch}) {
			dispatch({type: 'wire view', kind: state.wireView.kind === 'list' ? 'ladder' : 'list'});
		},
	},
	{
		id: 'narrow-wire',
		keys: ['e'],
		shown: 'e',
		label(state) {
			const next = nextNarrowing(state);
			return next ? narrowingLabels[next.narrowing] : '';
		},
		help: 'Only messages of this peer, then of this kind, then of this plane, then all',
		panes: ['wire'],
		isUseful: state => nextNarrowing(state) !== undefined,
		run({dispatch}) {
			dispatch({type: 'narrow wire'});
		},
	},
	{
		id: 'clear-wire',
		keys: ['c'],
		shown: 'c',
		label: 'clear',
		help: 'Forget the messages so far',
		panes: ['wire'],
		isUseful: ({wire, wireView}) => wire.size > 0 || (wireView.held ?? []).length > 0,
		run({dispatch}) {
			dispatch({type: 'clear wire'});
		},
	},
	{
		id: 'hex',
		keys: ['h'],
		shown: 'h',
		label: state => (state.wireView.bytes === 'hex' ? 'text' : 'hex'),
		help: 'The bytes of an open message as hex, or as text',
		panes: ['wire'],
		isInDetails: true,
		isUseful: state => detailedKey(state, 'wire') !== undefined,
		run({state, dispatch}) {
			dispatch({type: 'wire bytes', bytes: state.wireView.bytes === 'hex' ? 'text' : 'hex'});
		},
	},
];
