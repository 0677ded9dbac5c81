import type {Binding} from './bindings.js';
import {themeNameOf, themeNames} from './theme.js';

/** Commands for commands, and what looks different by them. */
export const commandBindings: readonly Binding[] = [
	{
		id: 'palette',
		keys: [':'],
		shown: ':',
		help: 'Find a command by what it does, and do it',
		group: 'program',
		run({dispatch}) {
			dispatch({type: 'mode', mode: 'palette'});
		},
	},
	{
		id: 'theme',
		keys: [],
		shown: '',
		help: 'Other colours',
		group: 'program',
		argument: {name: 'NAME', choices: () => themeNames},
		run({state, dispatch}, _key, name) {
			const next = themeNames[(themeNames.indexOf(themeNameOf(state.settings.theme)) + 1) % themeNames.length];
			dispatch({type: 'settings', settings: {theme: name ?? next}});
		},
	},
];
