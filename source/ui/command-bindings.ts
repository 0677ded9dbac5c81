import type {Binding} from './bindings.js';
import {themeNameOf, themeNames} from './theme.js';

/** Commands that find: rows of a list, and commands. And what looks different by them. */
export const commandBindings: readonly Binding[] = [
	{
		id: 'reverse-sort',
		keys: ['o'],
		shown: 'o',
		help: 'The other way round',
		group: 'moving',
		run({dispatch}) {
			dispatch({type: 'reverse sort'});
		},
	},
	{
		id: 'jump',
		keys: ['f'],
		shown: 'f',
		help: 'Go to the next row that begins with a letter: f, then the letter',
		group: 'moving',
		argument: {name: 'LETTER'},
		run({dispatch}, _key, text) {
			dispatch(text === undefined ? {type: 'mode', mode: 'jump'} : {type: 'jump', letter: [...text.trim()][0] ?? ''});
		},
	},
	{
		id: 'mark-all',
		keys: ['a'],
		shown: 'a',
		help: 'Mark all files that are shown, or take their marks away',
		panes: ['remote'],
		isUseful: state => state.remote.size > 0,
		whyNot: 'no files here',
		run({dispatch}) {
			dispatch({type: 'mark all'});
		},
	},
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
