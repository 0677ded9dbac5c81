import prettyBytes from 'pretty-bytes';
import type {State, WireRow} from '../state/state.js';
import {formatMilliseconds, formatSeconds, formatSize, formatSpan} from './format.js';
import {cut, fit} from './text.js';
import type {Accent, Segment} from './theme.js';

/** What a row that nobody can read begins with: a glyph and a word, whatever the colour. */
export const malformedWord = '✗ malformed';

/** Columns by the room there is: what goes first are the milliseconds, then the summary, then the size. */
export function columnsIn(width: number) {
	const bytes = width < 40 ? 0 : width < 54 ? 7 : 9;
	const kind = 11;
	const fixed = widths.time + widths.arrow + kind + bytes;
	return {
		time: timeWidthIn(width),
		party: width < 54 ? Math.max(7, width - fixed) : Math.max(12, Math.min(25, Math.floor(width * 0.18))),
		kind,
		bytes,
		hasSummary: width >= 54,
	};
}

const widths = {time: 9, longTime: 13, arrow: 2};

/** Columns for a time and the space behind it. */
export const timeWidthIn = (width: number): number => (width >= 72 ? widths.longTime : widths.time);

/** `1.2 kB`, or `1 kB` where there is no room. */
const sizeIn = (bytes: number, width: number) =>
	width >= 9 ? formatSize(bytes) : prettyBytes(bytes, {maximumFractionDigits: 0});

/** `14:02:11.031`, or without what is below a second where there is no room. */
export const timeIn = (atMs: number, width: number): string =>
	fit(width >= widths.longTime ? formatMilliseconds(atMs) : formatSeconds(atMs), width);

export const kindOf = ({kind, problem}: WireRow): string => (problem === undefined ? kind : malformedWord);

export const accentOf = ({direction, problem}: WireRow): Accent => {
	if (problem !== undefined) {
		return 'trouble';
	}

	return direction === 'in' ? 'progress' : 'focus';
};

/** `┄┄ not watched for 12 s ┄┄` */
export function gapLine(row: WireRow, width: number, timeWidth: number): Segment[] {
	const text = ` not watched for ${formatSpan(row.gapMs ?? 0)} `;
	return [
		{text: timeIn(row.atMs, timeWidth), isDim: true},
		{text: cut(`┄┄${text}${'┄'.repeat(Math.max(0, width - timeWidth - text.length - 2))}`, width - timeWidth)},
	];
}

/** `14:02:11.031 → tracker  init  412 B  port 8001, 12 files, version 2` */
export function wireLine(row: WireRow, width: number, _state?: State): Segment[] {
	const columns = columnsIn(width);
	if (row.gapMs !== undefined) {
		return gapLine(row, width, columns.time);
	}

	const {atMs, bytes, summary, problem} = row;
	const rest = width - columns.time - widths.arrow - columns.party - columns.kind - columns.bytes - 2;
	const isMalformed = problem !== undefined;
	return [
		{text: timeIn(atMs, columns.time), isDim: true},
		...partyCells(row, columns.party),
		{text: fit(kindOf(row), columns.kind), isBold: true, isSought: true, ...(isMalformed && {accent: 'trouble'})},
		{text: fit(sizeIn(bytes, columns.bytes), columns.bytes, 'right'), isDim: true},
		...(columns.hasSummary
			? [
					{
						text: `  ${cut(problem ?? summary, rest)}`,
						isSought: true as const,
						...(isMalformed && {accent: 'trouble' as const}),
					},
				]
			: []),
	];
}

/** `→ tracker`, with a space behind it; what the tracker in this program hears and says is `bob → tracker`. */
function partyCells(row: WireRow, width: number): Segment[] {
	const {direction, end, party} = row;
	const accent = direction === 'in' ? ('progress' as const) : ('focus' as const);
	if (end !== 'tracker') {
		return [
			{text: direction === 'in' ? '← ' : '→ ', accent},
			{text: `${fit(party, width - 1)} `, isSought: true},
		];
	}

	const tracker = width >= 18 ? ' tracker' : ' trk';
	const name = cut(party, width - 1 - tracker.length);
	const text = direction === 'in' ? `${name} →${tracker}` : `${tracker.trim()} → ${name}`;
	return [{text: `${fit(text, width + 1)} `, accent, isSought: true}];
}
