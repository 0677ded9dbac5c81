import {Box} from 'ink';
import {runningTransfers} from '../../state/selectors.js';
import {openPanes} from '../../state/layout.js';
import type {PaneName, State} from '../../state/state.js';
import {count, formatRate} from '../format.js';
import type {Segment} from '../theme.js';
import {Line} from './line.js';

const labels: Record<PaneName, string> = {
	peers: 'Peers',
	local: 'Local',
	remote: 'Remote',
	transfers: 'Xfers',
	wire: 'Wire',
	log: 'Log',
};

/** ` Peers 4 │ Local 12 │ [Remote 31] │ Xfers 2 `, for terminals that show one pane at a time. */
export function Tabs({state, width}: {readonly state: State; readonly width: number}) {
	const segments = openPanes(state).flatMap((pane, index): Segment[] => {
		const isFocused = pane === state.focus;
		const isNarrow = width < 50;
		const text =
			isNarrow && !isFocused
				? `${labels[pane].slice(0, 3)}${state.extra ? '' : ` ${state[pane].size}`}`
				: `${labels[pane]} ${state[pane].size}`;
		return [
			{text: index === 0 ? '' : '│', isDim: true},
			{
				text: isFocused ? `[${text}]` : ` ${text} `,
				isBold: isFocused,
				...(isFocused && {accent: 'focus' as const}),
			},
		];
	});
	return (
		<Box height={1} flexShrink={0}>
			<Line segments={segments} width={width} />
		</Box>
	);
}

/** What runs, in one line, while another pane is shown. */
export function TransferSummary({state, width}: {readonly state: State; readonly width: number}) {
	const running = runningTransfers(state);
	const {down, up} = state.rates;
	const text =
		running === 0
			? ' No transfers running'
			: ` ${count(running, 'transfer')} running ↓ ${formatRate(down)} ↑ ${formatRate(up)}`;
	return (
		<Box height={1} flexShrink={0}>
			<Line isDim={running === 0} segments={[{text}]} width={width} />
		</Box>
	);
}
