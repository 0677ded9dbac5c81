import {cursorIndex, rowsOf, selected, sortOf} from '../../state/selectors.js';
import type {PaneName, State} from '../../state/state.js';
import type {Binding} from '../bindings.js';
import {commandsIn, chosenCommand, matchCommands} from '../palette.js';
import {helpGroups} from '../help-lines.js';
import {labelOf, usefulBindings} from '../keymap.js';
import {paneLabels} from '../pane-title.js';
import {spokenDetails} from './details.js';
import {spokenRow} from './row.js';
import {commaed, listed, sentence, spokenKey} from './words.js';

/** Where the user is and what is there: `Remote files, 3 of 31: notes.pdf, 2.1 MB, … missing. Enter: request.` */
export function spokenPlace(state: State, bindings: readonly Binding[]): string[] {
	switch (state.mode) {
		case 'normal': {
			return [`${rowText(state)} ${hintText(state, bindings)}`.trimEnd()];
		}

		case 'filter': {
			return [filterText(state)];
		}

		case 'jump': {
			return ['Type the letter to go to.'];
		}

		case 'palette': {
			return [paletteText(state, bindings)];
		}

		case 'confirm': {
			return [`${sentence(state.question?.text ?? '')} Y for yes, n for no.`];
		}

		case 'help': {
			return spokenHelp(state, bindings);
		}

		case 'details': {
			return [...spokenDetails(state), hintText(state, bindings), 'Escape goes back.'].filter(Boolean);
		}
	}
}

/** Lines that are said at once are not said again by a key that changes nothing. */
export const spokenAgain = (state: State, bindings: readonly Binding[]): string[] =>
	state.mode === 'help' || state.mode === 'details'
		? [`${state.mode === 'help' ? 'Help' : spokenDetails(state)[0]!} Escape goes back.`]
		: spokenPlace(state, bindings);

function rowText(state: State): string {
	const {focus, panes} = state;
	const {filter} = panes[focus];
	const row = selected(state, focus);
	const pane = commaed([paneLabels[focus], filter && `filter ${filter}`]);
	if (!row) {
		return `${pane}: ${filter === '' ? 'nothing here' : 'nothing matches'}.`;
	}

	const place = `${cursorIndex(state, focus) + 1} of ${rowsOf(state, focus).length}`;
	return `${pane}, ${place}: ${sentence(spokenRow(focus, row, state))}`;
}

/** More hints than this are rather heard in help. */
const maxHints = 2;

/** What keys do with the row, by the table: `Enter: request. Space: mark.` */
function hintText(state: State, bindings: readonly Binding[]): string {
	return usefulBindings(state, bindings)
		.filter(({panes, keys}) => panes?.includes(state.focus) && keys.length > 0)
		.slice(0, maxHints)
		.map(binding => `${spokenKey(binding.keys[0]!)}: ${labelOf(binding, state)}.`)
		.join(' ');
}

function filterText(state: State): string {
	const {focus, panes} = state;
	const {filter} = panes[focus];
	if (filter === '') {
		return `Filter of ${paneLabels[focus]}: type what to look for. Enter keeps it, Escape takes it away.`;
	}

	const rows = rowsOf(state, focus);
	const first = selected(state, focus);
	const matches = `Filter ${filter}: ${rows.length} of ${state[focus].size} match.`;
	return first ? `${matches} The first: ${sentence(spokenRow(focus, first, state))}` : matches;
}

function paletteText(state: State, bindings: readonly Binding[]): string {
	const {text, index} = state.palette;
	if (text === '' && index === 0) {
		return 'Commands: type what you look for. Down and Up choose, Enter does it, Escape goes back.';
	}

	const commands = matchCommands(text, bindings, state);
	const command = chosenCommand(state, bindings);
	if (!command) {
		return `${text}: no command is called that.`;
	}

	const {binding, name, whyNot} = command;
	const does = whyNot === undefined ? 'Enter does it' : `Not now: ${whyNot}`;
	const typed = text === '' ? 'Command' : `${text.trim()}, command`;
	return `${typed} ${index + 1} of ${commands.length}: ${name}. ${sentence(binding.help)} ${sentence(does)}`;
}

/** All keys, a line for each command, by groups. */
function spokenHelp(state: State, bindings: readonly Binding[]): string[] {
	const groups = helpGroups(commandsIn(bindings, state));
	return [
		...groups.flatMap(({title, entries}) => [
			`${title}.`,
			...entries.map(({binding, text}) => `${keysText(binding)}: ${sentence(text)}`),
		]),
		...(state.joinLine ? [`Others join by: ${state.joinLine}`] : []),
		...(state.settings.configFile ? [`Keys for good: ${state.settings.configFile}`] : []),
		'End of help. Escape goes back.',
	];
}

const keysText = ({keys, id}: Binding): string =>
	keys.length === 0 ? `Command ${id}` : listed(keys.map(key => spokenKey(key)));

/** What has changed about the list that the user looks at: its order, its filter, the marks. */
export function spokenChoices(before: State, after: State): string[] {
	const {focus} = after;
	const texts: string[] = [];
	if (before.settings.theme !== after.settings.theme) {
		texts.push(`Colours: ${after.settings.theme}.`);
	}

	if (before.focus === focus) {
		texts.push(...orderText(before, after, focus));
	}

	if (before.marks.size !== after.marks.size) {
		texts.push(after.marks.size === 0 ? 'Nothing is marked.' : `${after.marks.size} marked.`);
	}

	return texts;
}

function orderText(before: State, after: State, pane: PaneName): string[] {
	const was = before.panes[pane];
	const is = after.panes[pane];
	return was.sort === is.sort && was.isReversed === is.isReversed
		? []
		: [`Sorted by ${sortOf(after, pane).label}${is.isReversed ? ', reversed' : ''}.`];
}
