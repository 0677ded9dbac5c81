import type {RemoteFile} from '../../peer/events.js';
import type {State} from '../../state/state.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {fileState} from '../file-state.js';
import {formatAge, formatSize} from '../format.js';
import {fit} from '../text.js';
import type {Segment} from '../theme.js';

const widths = {mark: 2, size: 10, age: 8, state: 12};

/** Columns go as the pane gets narrower: first the words of who holds it, then the age. */
const columnsIn = (width: number) => ({holders: width >= 68 ? 9 : 4, hasAge: width >= 54});

export const remoteHead = (width: number): Segment[] => [
	{
		text: textOf(width, {
			mark: '',
			name: 'Name',
			size: 'Size',
			age: 'Age',
			holders: columnsIn(width).holders > 4 ? 'Held by' : 'By',
		}),
	},
	{text: '  State'},
];

type Cells = {
	mark: string;
	name: string;
	size: string;
	age: string;
	holders: string;
};

const textOf = (width: number, cells: Cells): string =>
	tableCells(width, cells)
		.map(({text}) => text)
		.join('');

/** All columns but the last. */
function tableCells(width: number, {mark, name, size, age, holders}: Cells): Segment[] {
	const columns = columnsIn(width);
	const fixed = widths.mark + widths.size + (columns.hasAge ? widths.age : 0) + columns.holders + widths.state;
	const figures = [
		fit(size, widths.size, 'right'),
		columns.hasAge ? fit(age, widths.age, 'right') : '',
		fit(holders, columns.holders, 'right'),
	];
	return [{text: fit(mark, widths.mark)}, {text: fit(name, width - fixed), isSought: true}, {text: figures.join('')}];
}

/** `* notes.pdf   2.1 MB   1 h   2  + missing` */
export function remoteLine(file: RemoteFile, width: number, state: State): Segment[] {
	const {key, label, size, mtime, sources} = file;
	const isMarked = state.marks.has(key);
	const cells = {
		mark: isMarked ? '* ' : '',
		name: label,
		size: formatSize(size),
		age: formatAge(mtime, state.nowMs),
		holders: String(sources.length),
	};
	const {text, isDim, accent} = fileState(file, state);
	return [
		...tableCells(width, cells).map(cell => ({...cell, isDim, isBold: isMarked})),
		{
			text: `  ${fit(text, widths.state - 2)}`,
			isDim,
			accent,
		},
	];
}

export function RemoteFilesPane({state, size, isStale}: PaneViewProps) {
	return <ListPane state={state} pane="remote" size={size} head={remoteHead} line={remoteLine} isStale={isStale} />;
}
