import type {State} from '../state/state.js';
import type {Binding} from './bindings.js';
import {spokenNews} from './spoken/news.js';
import {spokenChoices, spokenPlace} from './spoken/place.js';

/** Lines to be read aloud in place of a screen: what has happened, and where the user is now, if they have moved. */
export const spoken = (before: State, after: State, bindings: readonly Binding[]): string[] => [
	...spokenNews(before, after),
	...spokenMove(before, after, bindings),
];

/** What a user's own step comes to: nothing while only facts came. */
export function spokenMove(before: State, after: State, bindings: readonly Binding[]): string[] {
	const choices = spokenChoices(before, after);
	return [...choices, ...(hasMoved(before, after) ? spokenPlace(after, bindings) : [])];
}

/** Whether something is another that only the user moves. */
function hasMoved(before: State, after: State): boolean {
	if (before.mode !== after.mode || before.focus !== after.focus) {
		return true;
	}

	const was = before.panes[after.focus];
	const is = after.panes[after.focus];
	return (
		was.cursor.key !== is.cursor.key ||
		was.cursor.index !== is.cursor.index ||
		was.filter !== is.filter ||
		was.sort !== is.sort ||
		was.isReversed !== is.isReversed ||
		before.palette !== after.palette ||
		before.question !== after.question ||
		before.detailed?.key !== after.detailed?.key
	);
}
