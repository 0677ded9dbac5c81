import type {KeyContext} from './bindings.js';
import {helpView} from './help-view.js';

/** By how many lines each command that moves in a list scrolls help, given how many are in sight. */
const steps: Readonly<Record<string, (page: number) => number>> = {
	up: () => -1,
	down: () => 1,
	'page-up': page => -page,
	'page-down': page => page,
	top: () => Number.NEGATIVE_INFINITY,
	bottom: () => Number.POSITIVE_INFINITY,
};

/** Help scrolls where it is longer than the screen, by the keys that move in lists; any other key leaves it. */
export function pressHelp(key: string, {state, bindings, dispatch}: KeyContext): void {
	const command = bindings.find(({id, keys}) => id in steps && keys.includes(key));
	const step = steps[command?.id ?? key];
	if (!step) {
		dispatch({type: 'mode', mode: 'normal'});
		return;
	}

	const {lastTop, perColumn} = helpView(state, bindings);
	const top = Math.max(0, Math.min(lastTop, state.scrollTop + step(perColumn)));
	dispatch({type: 'scroll', top});
}
