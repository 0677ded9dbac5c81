import type {LocalFile} from '../../peer/events.js';
import type {State} from '../../state/state.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {formatAge, formatSize, percentOf} from '../format.js';
import {fit} from '../text.js';
import type {Segment} from '../theme.js';

const widths = {size: 9, age: 8};

/** `readme.txt            1.2 kB    9 d`, or `big.iso       hashing 61 %`; a narrow pane leaves the age, or the word, out. */
export function localLine({name, label, size, mtime}: LocalFile, width: number, {nowMs, sample}: State): Segment[] {
	const hasAge = width >= 30;
	const figures = widths.size + (hasAge ? widths.age : 0);
	const {indexing} = sample ?? {};
	if (indexing?.name === name) {
		const percent = `${percentOf(indexing.bytes, indexing.size)} %`;
		return [
			{text: fit(label, width - figures), isSought: true},
			{text: fit(hasAge ? `hashing ${percent}` : `# ${percent}`, figures, 'right'), accent: 'progress'},
		];
	}

	return [
		{text: fit(label, width - figures), isSought: true},
		{text: fit(formatSize(size), widths.size, 'right'), isDim: true},
		{text: hasAge ? fit(formatAge(mtime, nowMs), widths.age, 'right') : '', isDim: true},
	];
}

export function LocalFilesPane({state, size}: Omit<PaneViewProps, 'isStale'>) {
	return <ListPane state={state} pane="local" size={size} line={localLine} />;
}
