import type {Transfer} from '../../peer/events.js';
import type {PaneSize} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import {progressBar} from '../bar.js';
import {cut, fit, widthOf, wrapped} from '../text.js';
import {denseTransferRows} from './dense-transfer-rows.js';
import {pieceRows} from './piece-rows.js';
import {field, labelOf, labelWidth, titleWidth, type Row} from './row.js';
import {sourceRows} from './source-rows.js';
import {factsOf, maxTextRows, pace, type TransferFacts} from './transfer-facts.js';

/** The columns of figures. */
const widths = {percent: 7, amount: 22};

const maxBarWidth = 60;

/** With fewer rows than this, each has to say more than one thing. */
const roomyFrom = 12;

/** How a transfer stands, in at most so many rows and columns. */
export function transferRows(transfer: Transfer, state: State, size: PaneSize): Row[] {
	const facts = factsOf(transfer, state);
	const rows = size.height < roomyFrom ? denseTransferRows(facts, size) : roomyRows(facts, size);
	return rows.slice(0, size.height);
}

/** A row for each thing. The sources come last: nothing moves when they come or go. */
function roomyRows(facts: TransferFacts, {width, height}: PaneSize): Row[] {
	const {transfer, sources, map, how, reason} = facts;
	const {label, direction, root, peer} = transfer;
	const room = width - labelWidth;
	const isNameLong = widthOf(label) > titleWidth(width);
	const rows = [
		...(isNameLong ? field('Name', wrapped(label, room, maxTextRows)) : []),
		...(root === undefined ? [] : field('Content', [fit(root, Math.min(room, root.length))])),
		...stateRow(facts, cut(how, room)),
		...field('Reason', wrapped(reason ?? '', room, maxTextRows)),
		...amountRows(facts, room),
		...(facts.progress ? field('Rate', [pace(facts)]) : []),
		...(sources.length === 0 ? field(direction === 'up' ? 'To' : 'From', wrapped(peer, room, maxTextRows)) : []),
	];
	if (map) {
		// Its own two lines, and one of space before it and before the sources.
		const free = height - rows.length - 4;
		const maxRows = Math.max(1, Math.floor(free / 2));
		rows.push([], ...pieceRows(map, width, maxRows));
	}

	if (sources.length > 0) {
		rows.push([], ...sourceRows(sources, room, height - rows.length - 1));
	}

	return rows;
}

const stateRow = ({transfer}: TransferFacts, text: string): Row[] => [
	[labelOf('State'), {text, ...(transfer.state === 'failed' && {accent: 'trouble' as const})}],
];

/** Bar, percent and bytes; in a narrow terminal the bytes have a row of their own. */
function amountRows({transfer, percent, amount}: TransferFacts, room: number): Row[] {
	const isWide = room >= 50;
	const barWidth = Math.min(maxBarWidth, room - widths.percent - (isWide ? widths.amount : 0));
	const bar = progressBar(percent / 100, barWidth);
	const isVerified = transfer.direction === 'down' && transfer.root !== undefined;
	const name = isVerified ? 'Verified' : transfer.direction === 'down' ? 'Received' : 'Sent';
	const first: Row = [
		labelOf(name),
		{text: bar.full, accent: 'progress'},
		{text: bar.empty, isDim: true},
		{text: fit(transfer.size === undefined && percent < 100 ? '' : `${percent} %`, widths.percent, 'right')},
	];
	return isWide ? [[...first, {text: `   ${amount}`}]] : [first, ...field('Bytes', [amount])];
}
