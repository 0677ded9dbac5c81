import type {State} from '../state/state.js';
import type {Binding, Group} from './bindings.js';
import {commandsIn} from './palette.js';
import {paneLabels} from './pane-title.js';
import {fit, widthOf, wrapped} from './text.js';
import {themeNameOf, themes, type Segment} from './theme.js';

/** In the order that help has them. */
const groups: ReadonlyArray<[group: Group, title: string]> = [
	['moving', 'Moving and finding'],
	['files', 'Files'],
	['transfers', 'Transfers'],
	['wire', 'Wire'],
	['panes', 'Panes'],
	['demo', 'The demo'],
	['program', 'Program'],
];

/** What help says of things that are not keys. */
export type HelpFacts = Pick<State, 'joinLine' | 'settings' | 'lab'>;

/** The column of the keys: as the longest need, up to this. Keys that need more have a line of their own. */
const maxKeyWidth = 11;

/** A text is never cut. */
const maxRows = 100;

/** Where a command stands that names no group. */
export function groupOf({group, panes}: Binding): Group {
	if (group) {
		return group;
	}

	if (!panes) {
		return 'program';
	}

	return panes.includes('transfers') ? 'transfers' : panes.includes('wire') ? 'wire' : 'files';
}

/** `Request the file under the cursor (remote files)`; nothing is said of what the group says already. */
function textOf(binding: Binding): string {
	const {help, panes} = binding;
	const isSaid = panes?.length === 1 && panes[0] === groupOf(binding);
	return panes && !isSaid ? `${help} (${panes.map(pane => paneLabels[pane].toLowerCase()).join(', ')})` : help;
}

/** A group of commands with what help says of each. */
export type HelpGroup = {title: string; entries: Array<{binding: Binding; text: string}>};

/** Commands by groups, only of such as have any. */
export const helpGroups = (bindings: readonly Binding[]): HelpGroup[] =>
	groups
		.map(([group, title]) => ({
			title,
			entries: bindings
				.filter(binding => groupOf(binding) === group)
				.map(binding => ({binding, text: textOf(binding)})),
		}))
		.filter(({entries}) => entries.length > 0);

function entryLines({binding, text}: HelpGroup['entries'][number], width: number, keyWidth: number): Segment[][] {
	const shown = binding.shown === '' ? `:${binding.id}` : binding.shown;
	const isLong = widthOf(shown) > keyWidth - 1;
	const lines = wrapped(text, width - keyWidth, maxRows).map((line, index): Segment[] => [
		{text: fit(index === 0 && !isLong ? shown : '', keyWidth), isBold: true},
		{text: line},
	]);
	return isLong ? [[{text: shown, isBold: true}], ...lines] : lines;
}

/** Sentences about things that are not keys. */
const factTexts = ({joinLine, settings: {theme, configFile}}: HelpFacts): string[] => [
	...(joinLine ? [`Others join by: ${joinLine}`] : []),
	`The colours are ${themeNameOf(theme)}: ${themes[themeNameOf(theme)].about}. The command theme changes them.`,
	...(configFile ? [`Keys and colours for good: ${configFile}`] : []),
];

/** All of help in rows of so many columns: the keys of the table by groups, and what else there is to know. */
export function helpLines(width: number, bindings: readonly Binding[], facts: HelpFacts): Segment[][] {
	const commands = commandsIn(bindings, facts);
	const keyWidth = Math.min(maxKeyWidth, Math.max(0, ...commands.map(({shown}) => widthOf(shown))) + 2);
	const sections = helpGroups(commands).map(({title, entries}): Segment[][] => [
		[{text: title, accent: 'focus', isBold: true}],
		...entries.flatMap(entry => entryLines(entry, width, keyWidth)),
	]);
	const end = factTexts(facts).flatMap(text => wrapped(text, width, maxRows).map((line): Segment[] => [{text: line}]));
	return [...sections, end].flatMap((lines, index) => (index === 0 ? lines : [[], ...lines]));
}
