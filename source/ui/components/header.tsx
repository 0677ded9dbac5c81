import {Box} from 'ink';
import type {LabState} from '../../state/lab.js';
import type {State} from '../../state/state.js';
import {sparkline} from '../bar.js';
import {formatRate} from '../format.js';
import {cut, fit, widthOf} from '../text.js';
import type {Segment} from '../theme.js';
import {Line} from './line.js';

const sparkWidth = 5;
const rateWidth = 10;

/** From this width on there is room for addresses and sparklines, and from the other for anything but the least. */
const wideFrom = 100;
const middleFrom = 56;

/** Who we are, how it stands with the tracker, and the rates of everything, in one line. */
export function Header({state, width}: {readonly state: State; readonly width: number}) {
	const rates = rateSegments(state, width);
	const tracker = trackerSegment(state, width);
	const used = [...rates, tracker].reduce((sum, {text}) => sum + widthOf(text), 1);
	const room = Math.max(0, width - used);
	const self = cut(selfText(state, width), Math.max(0, room - 2));
	const segments: Segment[] = [{text: ' '}, {text: fit(self, room), isBold: true}, tracker, ...rates];
	return (
		<Box height={1} flexShrink={0}>
			<Line segments={segments} width={width} />
		</Box>
	);
}

function selfText({self, lab, isSyncing}: State, width: number): string {
	const sync = isSyncing ? ' · sync' : '';
	if (!self) {
		return `p2p-tui${sync}`;
	}

	return width >= wideFrom
		? `p2p-tui  ${self.name} · :${self.port} · ${lab ? labText(lab) : self.dir}${sync}`
		: `${self.name} :${self.port}${lab ? ` · ${labText(lab)}` : ''}${sync}`;
}

/** `demo: bob cut, 100 ms more`: what was done to its links. */
function labText({delayMs, isTrackerDropped, cutPeer, isSlow}: LabState): string {
	const done = [
		isTrackerDropped && 'tracker dropped',
		cutPeer !== undefined && `${cutPeer} cut`,
		isSlow && 'slow',
		delayMs > 0 && `${delayMs} ms more`,
	].filter(text => text !== false);
	return done.length === 0 ? 'demo' : `demo: ${done.join(', ')}`;
}

function trackerSegment({tracker, sample, lab, nowMs}: State, width: number): Segment {
	// The demo's tracker is nobody's to join: what was done to the links has its place.
	const isWide = width >= wideFrom && !lab;
	switch (tracker?.state) {
		case 'connected': {
			const address = isWide ? ` ${tracker.address}` : '';
			const kind = tracker.version === 1 ? ' classic' : '';
			const trackerRttMs = sample?.trackerRttMs;
			const hasRtt = trackerRttMs !== undefined && width >= middleFrom;
			const rtt = hasRtt ? ` ${Math.max(1, Math.round(trackerRttMs))} ms` : '';
			return {text: `● tracker${address}${kind}${rtt}`, accent: 'progress'};
		}

		case 'lost': {
			const seconds = Math.max(0, Math.ceil((tracker.sinceMs + tracker.retryInMs - nowMs) / 1000));
			const next = width >= middleFrom ? `, next try in ${seconds} s` : '';
			return {text: `◌ tracker lost${next}`, accent: 'warning'};
		}

		default: {
			return {text: `◌ connecting${tracker && isWide ? ` to ${tracker.address}` : ''}`, accent: 'warning'};
		}
	}
}

function rateSegments({rates}: State, width: number): Segment[] {
	const spark = (history: number[]): Segment => ({
		text: width >= wideFrom ? ` ${sparkline(history, sparkWidth)}` : '',
		accent: 'progress',
	});
	const rate = (arrow: string, value: number): Segment => {
		const text = formatRate(value);
		return {
			text: `${width >= middleFrom ? '  ' : ' '}${arrow} ${width >= middleFrom ? fit(text, rateWidth, 'right') : text}`,
		};
	};

	return [rate('↓', rates.down), spark(rates.downHistory), rate('↑', rates.up), spark(rates.upHistory)];
}
