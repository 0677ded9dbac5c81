import type {PaneSize} from '../../state/layout.js';
import {legend, pieceMapRows} from '../piece-map.js';
import {sourceRates} from '../source-rates.js';
import {cut, fit, widthOf, wrapped} from '../text.js';
import {shortPieceText} from './piece-rows.js';
import type {Row} from './row.js';
import {maxTextRows, pace, type TransferFacts} from './transfer-facts.js';

/** How a transfer stands in a few rows: state and bytes, rate or reason, sources, content, map. */
export function denseTransferRows(facts: TransferFacts, {width, height}: PaneSize): Row[] {
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

	const text = shortPieceText(map);
	const rootWidth = width - widthOf(text) - 2;
	rows.push([
		{text: text + '  '},
		{text: root === undefined ? '' : fit(root, Math.min(rootWidth, root.length)), isDim: true},
	]);
	const free = height - rows.length - 1;
	return [...rows, ...pieceMapRows(map.pieces, width, Math.max(1, free)), legend(width)];
}
