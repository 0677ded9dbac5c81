import type {RemoteFile, Source} from '../../peer/events.js';
import type {State} from '../../state/state.js';
import {formatAddress, formatAge, formatSize} from '../format.js';
import {fit} from '../text.js';
import {fileState, remoteStateWords} from '../file-state.js';
import {headRows, lazyRows, type LazyRows} from './detail.js';
import type {Row} from './row.js';

const widths = {state: 12, glyph: 2, age: 8, size: 10, id: 10, holders: 12};

/** From this width on a list has words beside its glyphs. */
const wordsFrom = 56;

/** `+ missing    notes.pdf    2.1 MB`: what a peer holds. */
export function peerFileRow(file: RemoteFile, state: State, width: number): Row {
	const {text, isDim, accent} = fileState(file, state);
	const stateWidth = width >= wordsFrom ? widths.state : widths.glyph;
	return [
		{text: width >= wordsFrom ? fit(text, stateWidth) : fit(text.slice(0, 1), stateWidth), isDim, accent},
		{text: fit(file.label, width - stateWidth - widths.size), isDim},
		{text: fit(formatSize(file.size), widths.size, 'right'), isDim: true},
	];
}

/** `▸ 2 h    2.1 MB  9f86d081  held by 2  ^ newer` */
function versionRow(file: RemoteFile, {isThis, nowMs, width}: {isThis: boolean; nowMs: number; width: number}): Row {
	const hasWords = width >= wordsFrom;
	const {mtime, size, root, sources, state} = file;
	const word = remoteStateWords[state];
	return [
		{text: isThis ? '▸ ' : '  ', isBold: true},
		{text: fit(formatAge(mtime, nowMs), widths.age), isBold: isThis},
		{text: fit(formatSize(size), hasWords ? widths.size : 9, 'right')},
		{text: `  ${fit(root?.slice(0, 8) ?? '?', 8)}`, isDim: true},
		{
			text: hasWords
				? `  ${fit(`held by ${sources.length}`, widths.holders)}`
				: fit(String(sources.length), 4, 'right'),
		},
		{text: hasWords ? word : ` ${word.slice(0, 1)}`},
	];
}

/** The versions of a name; nothing where there is only one. */
export function versionRows(
	versions: readonly RemoteFile[],
	{key, nowMs, width}: {key: string | undefined; nowMs: number; width: number},
): LazyRows[] {
	return versions.length === 0
		? []
		: [
				headRows(`Versions of this name that others hold: ${versions.length}`, width),
				lazyRows(versions, file => versionRow(file, {isThis: file.key === key, nowMs, width})),
			];
}

const speaks = ({isClassic, isPartial}: Source) => (isClassic ? 'class' : isPartial ? 'version 2, parts' : 'version 2');

/** `bob   10.0.0.7:8001   version 2` */
function holderRow(source: Source, width: number): Row {
	const {name, ip, port} = source;
	const address = formatAddress(ip, port);
	const protocolWidth = width >= wordsFrom ? 18 : 0;
	const addressWidth = width >= wordsFrom ? 28 : Math.min(22, width - 8);
	const nameWidth = Math.min(40, width - protocolWidth - addressWidth);
	return [
		{text: fit(`${source.isClassic ? '○' : '●'} ${name}`, nameWidth)},
		{text: fit(address, addressWidth), isDim: true},
		{text: fit(speaks(source), protocolWidth), isDim: true},
	];
}

/** Who holds a version. */
export const holderRows = (sources: readonly Source[], width: number): LazyRows[] =>
	sources.length === 0
		? []
		: [headRows(`Held by ${sources.length}`, width), lazyRows(sources, source => holderRow(source, width))];
