import type {State} from '../state/state.js';
import {isForPane, type Binding} from './bindings.js';
import {paneLabels} from './pane-title.js';

/** A command as the palette offers it: one of the table, perhaps with what it is told. */
export type Command = {
	binding: Binding;
	argument?: string | undefined;
	/** What is typed for it: `theme vivid`. What can be added stands in capitals: `theme NAME`. */
	name: string;
	/** Why it would do nothing now. */
	whyNot: string | undefined;
};

/** What of the table there is at all: the demo's commands are nowhere else. */
export const commandsIn = (bindings: readonly Binding[], {lab}: Pick<State, 'lab'>): Binding[] =>
	bindings.filter(({group}) => group !== 'demo' || lab !== undefined);

/** Why a command would do nothing in the pane that has the focus. */
export function whyNot({panes, isUseful, whyNot: reason}: Binding, state: State): string | undefined {
	if (!isForPane({panes}, state.focus)) {
		return `only in ${panes!.map(pane => paneLabels[pane]).join(' and ')}`;
	}

	return isUseful && !isUseful(state) ? (reason ?? 'not now') : undefined;
}

/** What there is to choose from for a command, and the command without. */
function* variants(binding: Binding, state: State, typed: string): Generator<Command, void> {
	const {id, argument} = binding;
	const reason = whyNot(binding, state);
	const beginning = `${id} `;
	if (argument && !argument.choices && typed.startsWith(beginning) && typed.length > beginning.length) {
		yield {binding, argument: typed.slice(beginning.length), name: typed, whyNot: reason};
		return;
	}

	// Once a command is looked for, its choices stand for one that can not be without.
	if (typed === '' || !argument?.isRequired) {
		yield {binding, name: argument ? `${id} ${argument.name}` : id, whyNot: reason};
	}

	if (typed !== '') {
		for (const choice of argument?.choices?.(state) ?? []) {
			yield {binding, argument: choice, name: `${id} ${choice}`, whyNot: reason};
		}
	}
}

/** Whether the letters stand in a text in their order. */
function isWithin(letters: string, text: string): boolean {
	let from = 0;
	for (const letter of letters) {
		from = text.indexOf(letter, from) + 1;
		if (from === 0) {
			return false;
		}
	}

	return true;
}

/** How well a command fits what was typed, best 0; undefined where it does not. */
function rankOf({binding: {id, help}, argument}: Command, typed: string): number | undefined {
	const name = argument === undefined ? id : `${id} ${argument.toLowerCase()}`;
	const words = typed.split(' ').filter(Boolean);
	if (name.startsWith(words.join(' '))) {
		return 0;
	}

	const parts = name.split(/[ -]/);
	if (words.every(word => parts.some(part => part.startsWith(word)))) {
		return 1;
	}

	const all = `${name} ${help.toLowerCase()}`;
	if (words.every(word => all.includes(word))) {
		return 2;
	}

	return isWithin(words.join(''), name) ? 3 : undefined;
}

/**
The commands that fit what was typed, the best first: by the beginning of the name, by the beginnings of its words, by words anywhere
in name and help, and by letters of the name in their order.
*/
export function matchCommands(text: string, bindings: readonly Binding[], state: State): Command[] {
	const typed = text.trimStart();
	const lower = typed.toLowerCase();
	return commandsIn(bindings, state)
		.flatMap(binding => [...variants(binding, state, typed)])
		.map(command => ({command, rank: rankOf(command, lower)}))
		.filter((match): match is {command: Command; rank: number} => match.rank !== undefined)
		.toSorted((a, b) => a.rank - b.rank)
		.map(({command}) => command);
}

/** The one that Enter does. */
export const chosenCommand = (state: State, bindings: readonly Binding[]): Command | undefined =>
	matchCommands(state.palette.text, bindings, state)[state.palette.index];
