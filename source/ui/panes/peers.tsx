import type {RemotePeer} from '../../peer/events.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {count} from '../format.js';
import {fit} from '../text.js';
import type {Segment} from '../theme.js';

const filesWidth = 11;
const addressWidth = 15;

/** `● bob        10.0.0.7     12 files`; a narrow pane leaves the address out. */
export function peerLine({name, ip, port, files, isClassic}: RemotePeer, width: number): Segment[] {
	const hasAddress = width >= 40;
	const nameWidth = width - 2 - filesWidth - (hasAddress ? addressWidth + 1 : 0);
	const shown = name || (hasAddress ? `:${port}` : `${ip}:${port}`);
	return [
		{text: isClassic ? '○ ' : '● ', accent: isClassic ? undefined : 'progress'},
		{text: fit(shown, nameWidth), isSought: true},
		{text: hasAddress ? ` ${fit(ip, addressWidth)}` : '', isDim: true, isSought: true},
		{
			text: fit(isClassic ? `classic ${files}` : count(files, 'file'), filesWidth, 'right'),
			isDim: true,
		},
	];
}

export function PeersPane({state, size, isStale}: PaneViewProps) {
	return <ListPane state={state} pane="peers" size={size} line={peerLine} isStale={isStale} />;
}
