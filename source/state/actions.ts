import type {PeerDetails, PeerEvent, PieceMap, Sample} from '../peer/events.js';
import type {EchoState} from './echo.js';
import type {LabState} from './lab.js';
import type {ReplayState} from './replay.js';
import type {Confirmed, ExtraPane, Mode, PaneName, Settings, WireView} from './state.js';

/** Everything that can change what the screen shows. */
export type Action =
	/** Facts of the peer core, in their order, and when the last was heard. */
	| {type: 'peer events'; events: readonly PeerEvent[]; nowMs: number}
	/** A reading of the core's counters, and of what the details that are open are about: a transfer's pieces, or a peer. */
	| {
			type: 'sampled';
			sample: Sample;
			pieces?: PieceMap | undefined;
			peer?: PeerDetails | undefined;
			nowMs: number;
	  }
	| {type: 'resized'; columns: number; rows: number}
	| {type: 'join line'; line: string | undefined}
	| {type: 'lab'; lab: LabState}
	| {type: 'echo'; echo: EchoState}
	/** How a recording that is played stands, and what time it is in it. */
	| {type: 'replay'; replay: ReplayState; nowMs: number}
	/** Forget what was told, and keep how the user looks at it. */
	| {type: 'begin again'}
	/** Many at once, which are told once. */
	| {type: 'many'; actions: readonly Action[]}
	| {type: 'focus'; pane: PaneName}
	/** To the next or the previous of the panes that are open. */
	| {type: 'focus by'; steps: number}
	/** Open an optional pane and go there; where the focus is on it already, close it and go back. */
	| {type: 'toggle pane'; pane: ExtraPane}
	| {type: 'zoom'}
	/** By rows, by pages, or to an end: a large number of rows. */
	| {type: 'move'; rows: number}
	| {type: 'page'; pages: number}
	| {type: 'mark'}
	/** All remote files that are shown and can be had; where all are marked already, take these marks away. */
	| {type: 'mark all'}
	| {type: 'unmark all'}
	| {type: 'sort'}
	| {type: 'sort by'; index: number}
	| {type: 'reverse sort'}
	/** To the next row whose label begins with a letter. */
	| {type: 'jump'; letter: string}
	/** Details are of the row under the cursor. */
	| {type: 'mode'; mode: Exclude<Mode, 'confirm'>}
	/** Ask before something is lost. */
	| {type: 'ask'; text: string; confirmed: Confirmed}
	/** The question has had its answer. */
	| {type: 'answered'}
	| {type: 'scroll'; top: number}
	| {type: 'palette'; text: string; index: number}
	| {type: 'wire view'; kind: WireView['kind']}
	/** Hold what comes, or show what was held. */
	| {type: 'pause wire'}
	| {type: 'clear wire'}
	/** Somebody watches the wire from now on, or nobody. */
	| {type: 'watch wire'; isOn: boolean; nowMs: number}
	/** Narrow the messages to the peer, the kind or the plane of the one under the cursor. */
	| {type: 'narrow wire'}
	| {type: 'wire bytes'; bytes: WireView['bytes']}
	| {type: 'settings'; settings: Partial<Settings>}
	| {type: 'filter'; text: string};
