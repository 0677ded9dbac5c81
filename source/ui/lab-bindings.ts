import type {LabActions} from '../state/lab.js';
import {selected} from '../state/selectors.js';
import type {State} from '../state/state.js';
import type {Binding, KeyContext} from './bindings.js';

const isDemo = ({lab}: State) => lab !== undefined;

const withLab = (act: (lab: LabActions, state: State) => void) => (context: KeyContext) => {
	if (context.lab) {
		act(context.lab, context.state);
	}
};

/** What the demo can do to its links, to watch the recovery. */
export const labBindings: readonly Binding[] = [
	{
		id: 'demo-tracker',
		keys: ['T'],
		shown: 'T',
		label: state => (state.lab?.isTrackerDropped ? 'tracker back' : 'drop tracker'),
		help: 'Demo: drop the tracker, or let it back',
		group: 'demo',
		whyNot: 'only in the demo',
		isUseful: isDemo,
		run: withLab(lab => {
			lab.toggleTracker();
		}),
	},
	{
		id: 'demo-cut',
		keys: ['X'],
		shown: 'X',
		label: state => (state.lab?.cutPeer === undefined ? 'cut a peer' : `${state.lab.cutPeer} back`),
		help: 'Demo: cut the peer under the cursor, or the busiest, or let it back',
		group: 'demo',
		whyNot: 'only in the demo',
		isUseful: isDemo,
		run: withLab((lab, state) => {
			lab.toggleCut(state.focus === 'peers' ? selected(state, 'peers')?.name : undefined);
		}),
	},
	{
		id: 'demo-slow',
		keys: ['L'],
		shown: 'L',
		label: state => (state.lab?.isSlow ? 'fast links' : 'slow links'),
		help: 'Demo: slow links, or fast ones again',
		group: 'demo',
		whyNot: 'only in the demo',
		isUseful: isDemo,
		run: withLab(lab => {
			lab.toggleSlow();
		}),
	},
	{
		id: 'demo-delay',
		keys: ['D'],
		shown: 'D',
		label: 'delay',
		help: 'Demo: more delay on every link, then none again',
		group: 'demo',
		whyNot: 'only in the demo',
		isUseful: isDemo,
		run: withLab(lab => {
			lab.cycleDelay();
		}),
	},
];
