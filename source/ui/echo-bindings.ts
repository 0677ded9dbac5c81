import type {Binding} from './bindings.js';

/** What an echo server, which shares no files, has no use for. */
const forFiles: ReadonlySet<string> = new Set([
	'wire',
	'log',
	'zoom',
	'sync',
	'next-pane',
	'previous-pane',
	'go-to-pane',
]);

/** The keys of the echo screen: it has one pane, of the wire. */
export const echoBindings = (bindings: readonly Binding[]): Binding[] =>
	bindings.filter(({id, panes}) => !forFiles.has(id) && (panes === undefined || panes.includes('wire')));
