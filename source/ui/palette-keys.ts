import type {KeyContext} from './bindings.js';
import {chosenCommand, matchCommands} from './palette.js';

/** What a key means while the palette is open. */
export function pressPalette(key: string, context: KeyContext): void {
	const {state, bindings, dispatch} = context;
	const {text} = state.palette;
	const type = (typed: string) => {
		dispatch({type: 'palette', text: typed, index: 0});
	};

	const choose = (by: number) => {
		const {length} = matchCommands(text, bindings, state);
		if (length > 0) {
			dispatch({type: 'palette', text, index: (state.palette.index + by + length) % length});
		}
	};

	switch (key) {
		case 'escape': {
			dispatch({type: 'mode', mode: 'normal'});
			break;
		}

		case 'enter': {
			runChosen(context);
			break;
		}

		case 'up':
		case 'ctrl-p': {
			choose(-1);
			break;
		}

		case 'down':
		case 'ctrl-n': {
			choose(1);
			break;
		}

		case 'tab': {
			const command = chosenCommand(state, bindings);
			if (command) {
				type([command.binding.id, command.argument ?? ''].join(' '));
			}

			break;
		}

		case 'ctrl-u': {
			type('');
			break;
		}

		case 'backspace': {
			if (text === '') {
				dispatch({type: 'mode', mode: 'normal'});
			} else {
				type([...text].slice(0, -1).join(''));
			}

			break;
		}

		case 'space': {
			type(`${text} `);
			break;
		}

		default: {
			if ([...key].length === 1) {
				type(text + key);
			}
		}
	}
}

/** What would do nothing stays where it is: its line says why. */
function runChosen(context: KeyContext): void {
	const {state, bindings, dispatch} = context;
	const command = chosenCommand(state, bindings);
	if (!command || command.whyNot !== undefined) {
		return;
	}

	const {binding, argument} = command;
	if (argument === undefined && binding.argument?.isRequired) {
		dispatch({type: 'palette', text: `${binding.id} `, index: 0});
		return;
	}

	dispatch({type: 'mode', mode: 'normal'});
	binding.run({...context, state: {...state, mode: 'normal'}}, '', argument);
}
