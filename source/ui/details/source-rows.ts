import type {SourceTrend} from '../../state/state.js';
import {progressBar, sparkline} from '../bar.js';
import {formatRate, formatSize} from '../format.js';
import {fit} from '../text.js';
import {labelOf, type Row} from './row.js';

const widths = {bytes: 11, rate: 12, trend: 9};

const maxBarWidth = 60;
const maxNameWidth = 28;

/** From these widths on there is room for bytes and a bar, and for how the rate went. */
const bytesFrom = 40;
const trendFrom = 62;

/** Name, a bar of its part of what came, bytes and rate; the rest as a number where there is no room for all. */
export function sourceRows(sources: readonly SourceTrend[], room: number, maxRows: number): Row[] {
	const shown = sources.length > maxRows ? sources.slice(0, Math.max(0, maxRows - 1)) : sources;
	const more = sources.length - shown.length;
	const all = sources.reduce((sum, {bytes}) => sum + bytes, 0);
	const rows = shown.map(source => sourceRow(source, room, all));
	const rest: Row[] = more > 0 ? [[{text: `and ${more} more`, isDim: true}]] : [];
	return [...rows, ...rest].map((row, index) => [labelOf(index === 0 ? 'Sources' : ''), ...row]);
}

function sourceRow({name, bytes, bytesPerSecond, trend}: SourceTrend, room: number, all: number): Row {
	const hasBytes = room >= bytesFrom;
	const hasTrend = room >= trendFrom;
	const figures = widths.rate + (hasBytes ? widths.bytes : 0) + (hasTrend ? widths.trend : 0);
	const nameWidth = hasBytes ? Math.min(maxNameWidth, Math.floor((room - figures) / 2)) : room - figures;
	const barWidth = hasBytes ? Math.min(maxBarWidth, room - figures - nameWidth - 1) : 0;
	const bar = progressBar(all === 0 ? 0 : bytes / all, barWidth);
	return [
		{text: `${fit(name, nameWidth)}${hasBytes ? ' ' : ''}`},
		{text: bar.full, accent: 'progress'},
		{text: bar.empty, isDim: true},
		{text: hasBytes ? fit(formatSize(bytes), widths.bytes, 'right') : ''},
		{text: fit(formatRate(bytesPerSecond), widths.rate, 'right')},
		{text: hasTrend ? ` ${sparkline(trend, widths.trend - 1)}` : '', accent: 'progress'},
	];
}
