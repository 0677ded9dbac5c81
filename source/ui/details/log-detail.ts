import type {Notice, State} from '../../state/state.js';
import {formatDate, formatSeconds} from '../format.js';
import {noticeLooks} from '../notice-looks.js';
import {fixedRows, type Detail} from './detail.js';
import {detailSize, textField, titleOf} from './row.js';

/** A notice, all of it. */
export function logDetail({text, level, atMs}: Notice, state: State): Detail {
	const {width} = detailSize(state);
	const {glyph, accent} = noticeLooks[level];
	return {
		title: titleOf(glyph, level, width),
		parts: [
			fixedRows([
				...textField('Time', `${formatDate(atMs).slice(0, -6)} ${formatSeconds(atMs)}`, width),
				...textField('Level', level, width, {accent}),
				...textField('Text', text, width),
			]),
		],
	};
}
