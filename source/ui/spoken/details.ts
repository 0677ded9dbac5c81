import type {LocalFile, RemoteFile, RemotePeer, Transfer} from '../../peer/events.js';
import {keyOf, rowsOf, type Rows} from '../../state/selectors.js';
import type {Notice, PaneName, State, WireRow} from '../../state/state.js';
import {formatRate, formatSize} from '../format.js';
import {spokenRow} from './row.js';

type Field = [name: string, value: string | undefined];

const content = (root: string | undefined): Field => ['Content id', root];

function transferFields({id, root, error, state: how}: Transfer, {progress}: State): Field[] {
	const sources = progress.get(id)?.sources ?? [];
	return [
		[how === 'failed' ? 'Reason' : 'Waits for', error],
		...sources.map(({name, bytes, bytesPerSecond}): Field => [
			'Source',
			`${name}, ${formatSize(bytes)}, ${formatRate(bytesPerSecond)}`,
		]),
		content(root),
	];
}

/** What is counted of a peer. */
function readingFields(key: string, {peerReading: reading}: State): Field[] {
	if (reading?.key !== key) {
		return [];
	}

	const {rttMs, downBytes, upBytes, rates} = reading;
	return [
		['Round trip', rttMs === undefined ? undefined : `${Math.max(1, Math.round(rttMs))} milliseconds`],
		['Received', `${formatSize(downBytes)}, ${formatRate(rates.down)}`],
		['Sent', `${formatSize(upBytes)}, ${formatRate(rates.up)}`],
	];
}

const sourcesField = ({sources}: RemoteFile): Field => [
	'Held by',
	sources.map(({name, ip, port}) => name || `${ip} port ${port}`).join(', '),
];

/** What there is to know beside what the row says. */
const fields: {[Pane in PaneName]: (row: Rows[Pane], state: State) => Field[]} = {
	peers: ({key, ip, port, isClassic}: RemotePeer, state) => [
		['Address', `${ip} port ${port}`],
		['Protocol', isClassic ? 'class' : '2'],
		...readingFields(key, state),
	],
	local: ({root}: LocalFile) => [content(root)],
	remote: file => [sourcesField(file), content(file.root)],
	transfers: transferFields,
	wire: ({remote, plane, summary, fields: parts}: WireRow) => [
		['Address', remote],
		['Plane', plane],
		['Message', summary],
		...parts.map(({name, value}): Field => [name, value]),
	],
	log: ({level}: Notice) => [['Level', level]],
};

/** The lines of the details that are open: the row, and a line for each field. */
export function spokenDetails(state: State): string[] {
	const {detailed} = state;
	return detailed ? linesOf(detailed.pane, detailed.key, state) : [];
}

function linesOf<Pane extends PaneName>(pane: Pane, key: string | number, state: State): string[] {
	const row = rowsOf(state, pane).find(candidate => keyOf(pane, candidate) === key);
	if (!row) {
		return [];
	}

	return [
		`Details: ${spokenRow(pane, row, state)}.`,
		...fields[pane](row, state).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])),
	];
}
