import prettyBytes from 'pretty-bytes';
import type {WireRow} from '../../state/state.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {formatMilliseconds} from '../format.js';
import {fit} from '../text.js';
import type {Segment} from '../theme.js';

const widths = {time: 13, arrow: 2, kind: 12, bytes: 9};

/** `14:02:11.031 → tracker  init  412 B  port 8001, 12 files, version 2` */
export function wireLine({atMs, direction, party, kind, bytes, summary, problem}: WireRow, width: number): Segment[] {
	const partyWidth = Math.max(8, Math.min(22, Math.floor(width * 0.18)));
	const rest = width - widths.time - widths.arrow - partyWidth - widths.kind - widths.bytes - 3;
	const accent = problem === undefined ? undefined : ('trouble' as const);
	return [
		{text: fit(formatMilliseconds(atMs), widths.time), isDim: true},
		{text: direction === 'in' ? '← ' : '→ ', accent: direction === 'in' ? 'progress' : 'focus'},
		{text: `${fit(party, partyWidth)} `},
		{text: fit(kind, widths.kind), isBold: true, accent},
		{text: fit(prettyBytes(bytes, {maximumFractionDigits: 1}), widths.bytes, 'right'), isDim: true},
		{text: `  ${fit(problem ?? summary, rest)}`, accent},
	];
}

/** Every message of both planes. */
export function WirePane({state, size}: Omit<PaneViewProps, 'isStale'>) {
	return (
		<ListPane
			state={state}
			pane="wire"
			size={size}
			line={wireLine}
			empty="Listening. Every message that this peer sends or gets from now on shows here."
		/>
	);
}
