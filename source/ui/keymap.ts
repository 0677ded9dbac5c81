import type {State} from '../state/state.js';
import {isForPane, type Binding, type KeyContext} from './bindings.js';
import {confirm} from './confirm.js';
import {pressHelp} from './help-keys.js';
import {pressPalette} from './palette-keys.js';

/** Bindings that mean something where the user is. */
const isHere = (binding: Binding, {mode, focus}: State) =>
	isForPane(binding, focus) && (mode !== 'details' || binding.isInDetails === true);

/** What the footer shows: what works in this pane right now, by a key. */
export const usefulBindings = (state: State, bindings: readonly Binding[]): Binding[] =>
	bindings.filter(
		binding =>
			binding.label && binding.keys.length > 0 && isHere(binding, state) && (binding.isUseful?.(state) ?? true),
	);

/** What the footer calls a binding now. */
export const labelOf = ({label = ''}: Binding, state: State): string =>
	typeof label === 'function' ? label(state) : label;

const bindingOf = (key: string, {state, bindings}: KeyContext) =>
	bindings.find(candidate => candidate.keys.includes(key) && isHere(candidate, state));

/** Do what the table says of a key. */
function pressBinding(key: string, context: KeyContext): void {
	const binding = bindingOf(key, context);
	if (binding && (binding.isUseful?.(context.state) ?? true)) {
		binding.run(context, key);
	}
}

function pressFilter(key: string, {state, dispatch}: KeyContext): void {
	const {filter} = state.panes[state.focus];
	switch (key) {
		case 'escape': {
			dispatch({type: 'filter', text: ''});
			dispatch({type: 'mode', mode: 'normal'});

			break;
		}

		case 'enter': {
			dispatch({type: 'mode', mode: 'normal'});

			break;
		}

		case 'backspace': {
			dispatch({type: 'filter', text: [...filter].slice(0, -1).join('')});

			break;
		}

		case 'space': {
			dispatch({type: 'filter', text: `${filter} `});

			break;
		}

		default: {
			if ([...key].length === 1) {
				dispatch({type: 'filter', text: filter + key});
			}
		}
	}
}

function pressConfirm(key: string, context: KeyContext): void {
	const {state, dispatch} = context;
	if (key === 'y' || key === 'enter') {
		dispatch({type: 'answered'});
		confirm(state.question?.confirmed, context);
	} else if (key === 'n' || key === 'escape' || key === 'q') {
		dispatch({type: 'answered'});
	}
}

/** The letter after the key that jumps. */
function pressJump(key: string, {dispatch}: KeyContext): void {
	dispatch({type: 'mode', mode: 'normal'});
	if ([...key].length === 1) {
		dispatch({type: 'jump', letter: key});
	}
}

const opensDetails = ({id}: Binding) => id === 'details' || id === 'open' || id === 'message';

/** What a row can do, its details can; the keys that open them close them, too. */
function pressDetails(key: string, context: KeyContext): void {
	const isOpener = context.bindings.some(binding => opensDetails(binding) && binding.keys.includes(key));
	if (key === 'escape' || key === 'q' || (isOpener && !bindingOf(key, context))) {
		context.dispatch({type: 'mode', mode: 'normal'});
	} else {
		pressBinding(key, context);
	}
}

const pressIn = {
	normal: pressBinding,
	filter: pressFilter,
	jump: pressJump,
	palette: pressPalette,
	confirm: pressConfirm,
	help: pressHelp,
	details: pressDetails,
};

/** They mean the same in every mode. */
const everywhere: ReadonlySet<string> = new Set(['ctrl-c', 'ctrl-z']);

/** Do what a key means now. */
export function press(key: string, context: KeyContext): void {
	(everywhere.has(key) ? pressBinding : pressIn[context.state.mode])(key, context);
}
