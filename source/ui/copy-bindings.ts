import type {State} from '../state/state.js';
import type {Binding, KeyContext} from './bindings.js';
import {idToCopy, pathToCopy, type Copy} from './copy.js';

const copying = (copyOf: (state: State) => Copy | undefined) => ({
	group: 'files' as const,
	whyNot: 'there is nothing to copy here',
	isInDetails: true as const,
	label: (state: State) => copyOf(state)?.label ?? '',
	isUseful: (state: State) => copyOf(state) !== undefined,
	run({state, copy}: KeyContext) {
		const found = copyOf(state);
		if (found) {
			copy?.(found.text, found.what);
		}
	},
});

/** What goes to the clipboard. */
export const copyBindings: readonly Binding[] = [
	{
		id: 'copy-id',
		keys: ['y'],
		shown: 'y',
		help: 'Copy the content id, the address, or the line that others join by',
		...copying(idToCopy),
	},
	{
		id: 'copy-path',
		keys: ['Y'],
		shown: 'Y',
		help: 'Copy the path of a file that is here, or the name of one that is not',
		...copying(pathToCopy),
	},
];
