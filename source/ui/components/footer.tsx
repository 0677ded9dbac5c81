import {Box} from 'ink';
import type {State} from '../../state/state.js';
import {toastOf} from '../../state/toast.js';
import type {Binding} from '../bindings.js';
import {isDetailLong} from '../detail-bindings.js';
import {formatClock} from '../format.js';
import {useLook} from '../hooks/use-look.js';
import {labelOf, usefulBindings} from '../keymap.js';
import {noticeLooks} from '../notice-looks.js';
import {cut} from '../text.js';
import type {Segment} from '../theme.js';
import {Line} from './line.js';

/** From this width on there is room for what else was told. */
const wordsFrom = 56;

/** What is told right now, with its time. */
export function NoticeLine({state, width}: {readonly state: State; readonly width: number}) {
	return (
		<Box height={1} flexShrink={0}>
			<Line segments={noticeSegments(state, width)} width={width} />
		</Box>
	);
}

/** ` 14:02 bob went away (+2, ! shows all)` */
function noticeSegments(state: State, width: number): Segment[] {
	const toast = toastOf(state);
	if (!toast) {
		return [];
	}

	const {notice, more, isFaded} = toast;
	const rest = more === 0 ? '' : width < wordsFrom ? ` (+${more} !)` : ` (+${more}, ! shows all)`;
	const text = cut(` ${formatClock(notice.atMs)} ${notice.text}`, width - rest.length);
	return [
		{text, accent: noticeLooks[notice.level].accent, isDim: isFaded},
		{text: rest, isDim: true},
	];
}

/** The keys that work right now; in the other modes, what they mean there. */
export function Footer({state, width}: {readonly state: State; readonly width: number}) {
	const {bindings} = useLook();
	return (
		<Box height={1} flexShrink={0}>
			<Line segments={footerSegments(state, bindings, width)} width={width} />
		</Box>
	);
}

function footerSegments(state: State, bindings: readonly Binding[], width: number): Segment[] {
	switch (state.mode) {
		case 'filter': {
			return [{text: ' type to filter · enter keep · esc clear'}];
		}

		case 'jump': {
			return [{text: ' type the letter to go to · esc back'}];
		}

		case 'palette': {
			return [{text: ' type a command · ↑↓ choose · enter do it · esc back'}];
		}

		case 'confirm': {
			const advice = ' y yes · n no';
			const text = cut(` ${state.question?.text ?? ''}`, width - advice.length);
			return [{text: text + advice, isBold: true, accent: 'warning'}];
		}

		case 'help': {
			return [{text: ' esc goes back · ↑↓ scroll'}];
		}

		case 'details': {
			const scroll = isDetailLong(state) ? [{shown: '↑↓', label: 'scroll'}] : [];
			return keySegments([...scroll, ...shownKeys(state, bindings), {shown: 'esc', label: 'back'}], 1, width);
		}

		case 'normal': {
			return keySegments(shownKeys(state, bindings), 2, width);
		}
	}
}

type ShownKey = {shown: string; label: string};

const shownKeys = (state: State, bindings: readonly Binding[]): ShownKey[] =>
	usefulBindings(state, bindings).map(binding => ({shown: binding.shown, label: labelOf(binding, state)}));

/** As many as fit; the last ones, such as help and quit, always. */
function keySegments(all: ShownKey[], always: number, width: number): Segment[] {
	const fixed = all.slice(-always);
	const widthOfAll = (some: ShownKey[]) =>
		some.reduce((sum, {shown, label}) => sum + shown.length + label.length + 4, 0);
	const kept = all.slice(0, -always);
	while (kept.length > 0 && widthOfAll([...kept, ...fixed]) > width) {
		kept.pop();
	}

	return [...kept, ...fixed].flatMap(({shown, label}, index) => [
		{text: index === 0 ? ' ' : ' · ', isDim: true},
		{text: shown, isBold: true},
		{text: ` ${label}`},
	]);
}
