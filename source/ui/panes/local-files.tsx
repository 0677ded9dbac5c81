import type {LocalFile} from '../../peer/events.js';
import type {State} from '../../state/state.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {formatAge, formatSize} from '../format.js';
import {fit} from '../text.js';
import type {Segment} from '../theme.js';

/** `readme.txt            1.2 kB    9 d`; a narrow pane leaves the age out. */
export function localLine({label, size, mtime}: LocalFile, width: number, {nowMs}: State): Segment[] {
	const hasAge = width >= 30;
	return [
		{text: fit(label, width - 9 - (hasAge ? 8 : 0))},
		{text: fit(formatSize(size), 9, 'right'), isDim: true},
		{text: hasAge ? fit(formatAge(mtime, nowMs), 8, 'right') : '', isDim: true},
	];
}

export function LocalFilesPane({state, size}: Omit<PaneViewProps, 'isStale'>) {
	const dir = state.self?.dir ?? 'the shared folder';
	return (
		<ListPane
			state={state}
			pane="local"
			size={size}
			line={localLine}
			empty={`Nothing is shared yet. What you put into ${dir} shows here.`}
		/>
	);
}
