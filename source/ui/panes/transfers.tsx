import type {Transfer} from '../../peer/events.js';
import {bytesOf} from '../../state/selectors.js';
import type {State} from '../../state/state.js';
import {progressBar} from '../bar.js';
import {ListPane, type PaneViewProps} from '../components/list-pane.js';
import {formatEta, formatRate, formatSize, percentOf} from '../format.js';
import {sourceRates} from '../source-rates.js';
import {cut, fit} from '../text.js';
import type {Segment} from '../theme.js';
import {glyphs, waitsFor} from '../transfer-state.js';

const widths = {arrow: 2, percent: 7, rate: 12, eta: 9};

/** From this width on there is room for the rates of several sources. */
const wideFrom = 100;

/** Columns go as the pane gets narrower: first the peer, then the time to go, then the rate, of which a glyph stays. */
function columnsIn(width: number) {
	return {
		bar: width >= 84 ? Math.floor(width * 0.22) : Math.max(6, Math.min(10, Math.floor(width * 0.22))),
		rate: width >= 46 ? widths.rate : 0,
		eta: width >= 56 ? widths.eta : 0,
		glyph: width >= 46 ? 0 : 2,
		peer: width >= 70 ? Math.max(13, Math.floor(width * (width >= wideFrom ? 0.28 : 0.18))) : 0,
	};
}

/** `↓ week 7.mp4  ███▌░░░   45 %   40.1 MB/s    0:18  bob  22 · carol  18`; the bar is of verified bytes. */
export function transferLine(transfer: Transfer, width: number, state: State): Segment[] {
	if (transfer.state === 'failed') {
		return failedLine(transfer, width);
	}

	const reason = waitsFor(transfer);
	if (reason !== undefined) {
		return waitingLine(transfer, reason, width, state);
	}

	const {direction, label, size} = transfer;
	const isDone = transfer.state === 'done';
	const columns = columnsIn(width);
	const bytes = bytesOf(state, transfer);
	const percent = isDone ? 100 : percentOf(bytes, size);
	const bar = progressBar(percent / 100, columns.bar);
	const amount = size === undefined && !isDone ? formatSize(bytes) : `${percent} %`;
	const figures = widths.percent + columns.rate + columns.eta + columns.glyph;
	const nameWidth = width - widths.arrow - columns.bar - 1 - figures - columns.peer;
	return [
		{text: direction === 'down' ? '↓ ' : '↑ '},
		{text: `${fit(label, nameWidth)} `, isSought: true},
		// Only what moves has a colour: a list of finished transfers is calm.
		{text: bar.full, ...(transfer.state === 'running' ? {accent: 'progress' as const} : {isDim: true})},
		{text: bar.empty, isDim: true},
		{text: fit(amount, widths.percent, 'right')},
		...pace(transfer, bytes, state, columns),
		{text: cut(`  ${otherSide(transfer, state, columns.peer - 2)}`, columns.peer), isDim: true, isSought: true},
	];
}

/** Who sends it, each with its part of the rate while several do; or to whom it goes. */
function otherSide({id, direction, peer, state: how}: Transfer, state: State, width: number): string {
	if (direction === 'up') {
		return `to ${peer}`;
	}

	const {sources = [], bytesPerSecond = 0} = state.progress.get(id) ?? {};
	return how === 'running' && sources.length > 0 ? sourceRates(sources, bytesPerSecond, width) : peer;
}

/** What it waits for takes the place of the bar. */
function waitingLine(transfer: Transfer, reason: string, width: number, state: State): Segment[] {
	const {label, size} = transfer;
	const nameWidth = Math.max(12, Math.floor(width * 0.3));
	const percent = width >= 56 ? fit(`${percentOf(bytesOf(state, transfer), size)} %`, widths.percent, 'right') : '';
	const room = width - widths.arrow - nameWidth - percent.length - 2;
	return [
		{text: '↓ '},
		{text: fit(label, nameWidth), isSought: true},
		{text: percent},
		{text: cut(`  ${glyphs.waiting} ${width >= 56 ? 'waiting: ' : ''}${reason}`, room + 2), isDim: true},
	];
}

/** Why it failed takes the place of the bar. */
function failedLine({direction, label, error = ''}: Transfer, width: number): Segment[] {
	const nameWidth = Math.max(12, Math.floor(width * 0.3));
	const advice = direction === 'down' ? ' · r retry' : '';
	const room = width - widths.arrow - nameWidth - 2 - advice.length;
	// The glyph says it, too, where the reason needs the room.
	const reason = width >= 56 ? `failed: ${error}` : error;
	return [
		{text: '✗ ', accent: 'trouble'},
		{text: fit(label, nameWidth), isSought: true},
		{text: `  ${fit(reason, room)}${advice}`, accent: 'trouble'},
	];
}

/** Rate and time to go while it runs, otherwise how it stands; where there is no room, a glyph says it. */
function pace(
	{id, state: how, size}: Transfer,
	bytes: number,
	state: State,
	columns: ReturnType<typeof columnsIn>,
): Segment[] {
	if (how !== 'running') {
		const text = columns.glyph > 0 ? glyphs[how] : `${glyphs[how]} ${how}`;
		return [{text: fit(text, columns.rate + columns.eta + columns.glyph, 'right'), isDim: true}];
	}

	const rate = state.progress.get(id)?.bytesPerSecond ?? 0;
	const eta = size === undefined ? '' : formatEta(size - bytes, rate);
	return [{text: fit(formatRate(rate), columns.rate, 'right')}, {text: fit(eta, columns.eta, 'right')}];
}

export function TransfersPane({state, size}: Omit<PaneViewProps, 'isStale'>) {
	return <ListPane state={state} pane="transfers" size={size} line={transferLine} />;
}
