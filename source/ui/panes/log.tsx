import type {Notice} from '../../state/state.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {formatSeconds} from '../format.js';
import {noticeLooks} from '../notice-looks.js';
import {fit} from '../text.js';
import type {Segment} from '../theme.js';

/** `14:02:11 ! Port 8000 is taken; using 8001` */
export function logLine({level, text, atMs}: Notice, width: number): Segment[] {
	const {glyph, accent} = noticeLooks[level];
	const time = formatSeconds(atMs);
	return [
		{text: `${time} `, isDim: true},
		{text: `${glyph} `, accent},
		{text: fit(text, width - time.length - 3), accent, isSought: true},
	];
}

/** What was told, to be read again. */
export function LogPane({state, size}: Omit<PaneViewProps, 'isStale'>) {
	return <ListPane state={state} pane="log" size={size} line={logLine} />;
}
