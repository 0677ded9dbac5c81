import prettyBytes from 'pretty-bytes';
import type {SourceRate, Transfer} from '../peer/events.js';
import type {PaneSize} from '../state/layout.js';
import {bytesOf, waitingDownloads} from '../state/selectors.js';
import type {Progress, State} from '../state/state.js';
import {progressBar} from './bar.js';
import {formatEta, formatRate, formatSize, percentOf} from './format.js';
import {legend, pieceMapRows} from './piece-map.js';
import {sourceRates} from './source-rates.js';
import {cut, fit, widthOf, wrapped} from './text.js';
import type {Segment} from './theme.js';
import {nameOfState, waitsFor} from './transfer-state.js';

type Row = Segment[];

/** Columns of the title that are not the name: corners, spaces and the arrow. */
export const titleChrome = 7;

/** What the rows are made of. */
type Facts = {
	transfer: Transfer;
	bytes: number;
	percent: number;
	/** `21.6 MB of 48 MB` */
	amount: string;
	/** While it runs. */
	progress: Progress | undefined;
	/** While it runs by pieces. */
	sources: readonly SourceRate[];
	/** Of a download by pieces that runs, or ran last. */
	map: {pieces: string; pieceBytes: number} | undefined;
	/** What it waits for, or why it failed. */
	reason: string | undefined;
	how: string;
};

/** The columns of the fields' names, and of figures. */
const widths = {label: 10, percent: 7, amount: 22, bytes: 11, rate: 12};

/** What of the terminal's width is not for rows: frame and space. */
export const frameWidth = 4;

const maxBarWidth = 60;
const maxNameWidth = 28;

/** Rows that a long name or reason may take. */
const maxTextRows = 3;

/** With fewer rows than this, each has to say more than one thing. */
const roomyFrom = 12;

/** All about a transfer, in at most so many rows and columns. */
export function detailRows(transfer: Transfer, state: State, size: PaneSize): Row[] {
	const facts = factsOf(transfer, state);
	const rows = size.height < roomyFrom ? denseRows(facts, size) : roomyRows(facts, size);
	return rows.slice(0, size.height);
}

function factsOf(transfer: Transfer, state: State): Facts {
	const {id, size} = transfer;
	const isDone = transfer.state === 'done';
	const bytes = bytesOf(state, transfer);
	const progress = transfer.state === 'running' ? state.progress.get(id) : undefined;
	const map = state.pieces?.id === id ? state.pieces : undefined;
	return {
		transfer,
		bytes,
		percent: isDone ? 100 : percentOf(bytes, size),
		amount: size === undefined || isDone ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(size)}`,
		progress,
		sources: progress?.sources ?? [],
		map: map && {...map, pieces: piecesNow(transfer, map.pieces)},
		reason: transfer.state === 'failed' ? transfer.error : waitsFor(transfer),
		how: howOf(transfer, state),
	};
}

/** The map is as of when it last ran: what was asked for is not any more. */
function piecesNow({state}: Transfer, pieces: string): string {
	if (state === 'done') {
		return '#'.repeat(pieces.length);
	}

	return state === 'running' ? pieces : pieces.replaceAll('>', '.');
}

/** `… waiting, turn 2 of 5` */
function howOf(transfer: Transfer, state: State): string {
	if (transfer.direction === 'up' || transfer.state !== 'waiting') {
		return nameOfState(transfer);
	}

	const waiting = waitingDownloads(state);
	const turn = waiting.findIndex(({id}) => id === transfer.id) + 1;
	return waiting.length > 1 ? `${nameOfState(transfer)}, turn ${turn} of ${waiting.length}` : nameOfState(transfer);
}

/** A name and a value in a row; what is longer goes on below. */
const field = (label: string, values: string[]): Row[] =>
	values.map((text, index) => [{text: fit(index === 0 ? label : '', widths.label), isDim: true}, {text}]);

/** A row for each thing. The sources come last: nothing moves when they come or go. */
function roomyRows(facts: Facts, {width, height}: PaneSize): Row[] {
	const {transfer, sources, map, how, reason} = facts;
	const {label, direction, root, peer} = transfer;
	const room = width - widths.label;
	const isNameLong = widthOf(label) > width + frameWidth - titleChrome;
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
		rows.push(
			[],
			...field('Pieces', [cut(pieceText(map), room)]),
			...pieceMapRows(map.pieces, width, maxRows),
			legend(width),
		);
	}

	if (sources.length > 0) {
		rows.push([], ...sourceRows(sources, room, height - rows.length - 1));
	}

	return rows;
}

const stateRow = ({transfer}: Facts, text: string): Row[] => [
	[
		{text: fit('State', widths.label), isDim: true},
		{text, ...(transfer.state === 'failed' && {accent: 'trouble' as const})},
	],
];

/** Bar, percent and bytes; in a narrow terminal the bytes have a row of their own. */
function amountRows({transfer, percent, amount}: Facts, room: number): Row[] {
	const isWide = room >= 50;
	const barWidth = Math.min(maxBarWidth, room - widths.percent - (isWide ? widths.amount : 0));
	const bar = progressBar(percent / 100, barWidth);
	const isVerified = transfer.direction === 'down' && transfer.root !== undefined;
	const name = isVerified ? 'Verified' : transfer.direction === 'down' ? 'Received' : 'Sent';
	const first: Row = [
		{text: fit(name, widths.label), isDim: true},
		{text: bar.full, accent: 'progress'},
		{text: bar.empty, isDim: true},
		{text: fit(transfer.size === undefined && percent < 100 ? '' : `${percent} %`, widths.percent, 'right')},
	];
	return isWide ? [[...first, {text: `   ${amount}`}]] : [first, ...field('Bytes', [amount])];
}

/** `40.1 MB/s   0:18 to go` */
function pace({transfer: {size}, bytes, progress}: Facts): string {
	const rate = progress?.bytesPerSecond ?? 0;
	const eta = size === undefined ? '' : formatEta(size - bytes, rate);
	return `${fit(formatRate(rate), widths.rate)}${eta && `${eta} to go`}`;
}

const countOf = (pieces: string, kind: string) => pieces.split(kind).length - 1;

/** `96 of 183 · 256 KiB each · 2 that nobody offers now` */
function pieceText({pieces, pieceBytes}: {pieces: string; pieceBytes: number}): string {
	const missing = countOf(pieces, '?');
	return [
		`${countOf(pieces, '#')} of ${pieces.length}`,
		`${formatPiece(pieceBytes)} each`,
		missing > 0 ? `${missing} that nobody offers now` : '',
	]
		.filter(Boolean)
		.join(' · ');
}

/** Pieces are powers of two. */
const formatPiece = (bytes: number) => prettyBytes(bytes, {binary: true});

/** Name, a bar of its part of what came, bytes and rate; the rest as a number where there is no room for all. */
function sourceRows(sources: readonly SourceRate[], room: number, maxRows: number): Row[] {
	const shown = sources.length > maxRows ? sources.slice(0, Math.max(0, maxRows - 1)) : sources;
	const more = sources.length - shown.length;
	const all = sources.reduce((sum, {bytes}) => sum + bytes, 0);
	const rows = shown.map(source => sourceRow(source, room, all));
	const rest: Row[] = more > 0 ? [[{text: `and ${more} more`, isDim: true}]] : [];
	return [...rows, ...rest].map((row, index) => [
		{text: fit(index === 0 ? 'Sources' : '', widths.label), isDim: true},
		...row,
	]);
}

function sourceRow({name, bytes, bytesPerSecond}: SourceRate, room: number, all: number): Row {
	const hasBytes = room >= 40;
	const figures = widths.rate + (hasBytes ? widths.bytes : 0);
	const nameWidth = hasBytes ? Math.min(maxNameWidth, Math.floor((room - figures) / 2)) : room - figures;
	const barWidth = hasBytes ? Math.min(maxBarWidth, room - figures - nameWidth - 1) : 0;
	const bar = progressBar(all === 0 ? 0 : bytes / all, barWidth);
	return [
		{text: `${fit(name, nameWidth)}${hasBytes ? ' ' : ''}`},
		{text: bar.full, accent: 'progress'},
		{text: bar.empty, isDim: true},
		{text: hasBytes ? fit(formatSize(bytes), widths.bytes, 'right') : ''},
		{text: fit(formatRate(bytesPerSecond), widths.rate, 'right')},
	];
}

/** The same in a few rows: state and bytes, rate or reason, sources, content, map. */
function denseRows(facts: Facts, {width, height}: PaneSize): Row[] {
	const {transfer, sources, progress, map, percent, amount, how, reason} = facts;
	const {direction, peer, root, state} = transfer;
	const figures = `${percent} %   ${amount}`;
	const rows: Row[] = [
		[{text: fit(how.split(',')[0]!, width - widthOf(figures))}, {text: figures}],
		...wrapped(reason ?? '', width, maxTextRows).map((text): Row => [
			{text, ...(state === 'failed' && {accent: 'trouble' as const})},
		]),
	];
	if (progress) {
		rows.push([{text: pace(facts)}]);
	}

	if (sources.length > 1) {
		rows.push([{text: sourceRates(sources, progress!.bytesPerSecond, width)}]);
	} else if (peer !== '') {
		rows.push([{text: cut(`${direction === 'up' ? 'to' : 'from'} ${sources[0]?.name ?? peer}`, width)}]);
	}

	if (!map) {
		return root === undefined ? rows : [...rows, [{text: fit(root, Math.min(width, root.length)), isDim: true}]];
	}

	const text = `${countOf(map.pieces, '#')} of ${map.pieces.length} × ${formatPiece(map.pieceBytes)}`;
	const rootWidth = width - widthOf(text) - 2;
	rows.push([
		{text: text + '  '},
		{text: root === undefined ? '' : fit(root, Math.min(rootWidth, root.length)), isDim: true},
	]);
	const free = height - rows.length - 1;
	return [...rows, ...pieceMapRows(map.pieces, width, Math.max(1, free)), legend(width)];
}
