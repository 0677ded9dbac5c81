import type {PeerEvent, PieceMap, Sample} from '../peer/events.js';
import type {Mode, PaneName} from './state.js';

/** Everything that can change what the screen shows. */
export type Action =
	/** Facts of the peer core, in their order, and when the last was heard. */
	| {type: 'peer events'; events: readonly PeerEvent[]; nowMs: number}
	/** A reading of the core's counters, and the pieces of the transfer whose details are open. */
	| {type: 'sampled'; sample: Sample; pieces?: PieceMap | undefined; nowMs: number}
	| {type: 'resized'; columns: number; rows: number}
	| {type: 'join line'; line: string | undefined}
	| {type: 'focus'; pane: PaneName}
	/** To the next or the previous pane. */
	| {type: 'focus by'; steps: number}
	/** By rows, by pages, or to an end: a large number of rows. */
	| {type: 'move'; rows: number}
	| {type: 'page'; pages: number}
	| {type: 'mark'}
	/** All remote files that are shown and can be had; where all are marked already, take these marks away. */
	| {type: 'mark all'}
	| {type: 'unmark all'}
	| {type: 'sort'}
	| {type: 'reverse sort'}
	/** To the next row whose label begins with a letter. */
	| {type: 'jump'; letter: string}
	/** Details are of the transfer under the cursor. */
	| {type: 'mode'; mode: Mode}
	| {type: 'scroll help'; top: number}
	| {type: 'filter'; text: string};
