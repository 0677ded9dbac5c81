import type {PeerActions} from '../peer/events.js';
import type {ReplayActions} from '../state/replay.js';
import type {Binding} from './bindings.js';
import {labBindings} from './lab-bindings.js';

/** What asks something of the peer: a recording can not do it, and says so without a question first. */
const asksPeer: Record<string, (actions: PeerActions) => void> = {
	request(actions) {
		actions.request([]);
	},
	pause(actions) {
		actions.pause(0);
	},
	cancel(actions) {
		actions.cancel(0);
	},
	retry(actions) {
		actions.retry(0);
	},
	earlier(actions) {
		actions.move(0, 0);
	},
	later(actions) {
		actions.move(0, 0);
	},
	first(actions) {
		actions.move(0, 0);
	},
	clear(actions) {
		actions.clearFinished();
	},
	sync(actions) {
		actions.setSync(false);
	},
};

/** The keys of a recording that is played: its own, and all of these that only look. */
export function replayBindings(bindings: readonly Binding[], replay: ReplayActions): Binding[] {
	const own: Binding[] = [
		{
			id: 'replay-pause',
			keys: ['space'],
			shown: 'space',
			label: ({replay: now}) => (now?.isOver ? 'again' : now?.isPaused ? 'go on' : 'pause'),
			help: 'Pause the recording, or go on with it; at its end, again from the start',
			isInDetails: true,
			run() {
				replay.togglePause();
			},
		},
		{
			id: 'replay-slower',
			keys: ['<'],
			shown: '<',
			label: 'slower',
			help: 'Half as fast',
			isInDetails: true,
			run() {
				replay.slower();
			},
		},
		{
			id: 'replay-faster',
			keys: ['>'],
			shown: '>',
			label: 'faster',
			help: 'Twice as fast',
			isInDetails: true,
			run() {
				replay.faster();
			},
		},
		{
			id: 'replay-step',
			keys: ['.'],
			shown: '.',
			label: 'next',
			help: 'While it is paused: the next event',
			isInDetails: true,
			isUseful: ({replay: now}) => now?.isPaused === true && !now.isOver,
			run() {
				replay.step();
			},
		},
		{
			id: 'replay-restart',
			keys: ['0'],
			shown: '0',
			label: 'from start',
			help: 'The recording from its start',
			isInDetails: true,
			run() {
				replay.restart();
			},
		},
	];
	const taken = new Set(own.flatMap(({keys}) => keys));
	const others = bindings.flatMap(binding => {
		// Nor are there links to be cut.
		if (labBindings.includes(binding)) {
			return [];
		}

		const keys = binding.keys.filter(name => !taken.has(name));
		// Some commands have no key, and are in the palette alone.
		return keys.length > 0 || binding.keys.length === 0 ? [looking({...binding, keys})] : [];
	});
	return [...own, ...others];
}

/** The same binding, where it would only look; else one that the footer does not show. */
function looking(binding: Binding): Binding {
	const ask = asksPeer[binding.id];
	if (ask) {
		const {label, isUseful, ...rest} = binding;
		return {
			...rest,
			run({actions}) {
				ask(actions);
			},
		};
	}

	// Nothing is lost by leaving.
	return binding.id === 'quit'
		? {
				...binding,
				help: 'Quit',
				run({quit}) {
					quit();
				},
			}
		: binding;
}
