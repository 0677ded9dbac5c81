import {Box, Text} from 'ink';
import type {State} from '../../state/state.js';
import {count, formatClock} from '../format.js';
import {runningTransfers} from '../../state/selectors.js';
import {labelOf, usefulBindings} from '../keymap.js';
import {cut} from '../text.js';
import {accents, type Segment} from '../theme.js';
import {Line} from './line.js';

const noticeAccents = {
	info: undefined,
	warning: accents.warning,
	error: accents.trouble,
};

/** The latest notice, with its time. */
export function NoticeLine({state, width}: {readonly state: State; readonly width: number}) {
	const {notice} = state;
	const color = notice && noticeAccents[notice.level];
	return (
		<Box height={1} flexShrink={0}>
			<Text wrap="truncate" {...(color && {color})}>
				{notice ? cut(` ${formatClock(notice.atMs)} ${notice.text}`, width) : ' '}
			</Text>
		</Box>
	);
}

/** The keys that work right now; in the other modes, what they mean there. */
export function Footer({state, width}: {readonly state: State; readonly width: number}) {
	return (
		<Box height={1} flexShrink={0}>
			<Line segments={footerSegments(state, width)} width={width} />
		</Box>
	);
}

function footerSegments(state: State, width: number): Segment[] {
	switch (state.mode) {
		case 'filter': {
			return [{text: ' type to filter · enter keep · esc clear'}];
		}

		case 'quit': {
			const running = count(runningTransfers(state), 'transfer');
			return [
				{
					text: ` ${running} running. Quit? y yes · n no`,
					isBold: true,
					accent: 'warning',
				},
			];
		}

		case 'help': {
			return [{text: ' esc goes back · ↑↓ scroll'}];
		}

		case 'details': {
			return keySegments([...shownKeys(state), {shown: 'esc', label: 'back'}], 1, width);
		}

		case 'normal': {
			return keySegments(shownKeys(state), 2, width);
		}
	}
}

type ShownKey = {shown: string; label: string};

const shownKeys = (state: State): ShownKey[] =>
	usefulBindings(state).map(binding => ({shown: binding.shown, label: labelOf(binding, state)}));

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
