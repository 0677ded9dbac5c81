import {bodyRows, paletteRows} from '../../state/layout.js';
import type {State} from '../../state/state.js';
import {count} from '../format.js';
import {useLook} from '../hooks/use-look.js';
import {matchCommands, type Command} from '../palette.js';
import {cut, fit, widthOf} from '../text.js';
import type {Segment} from '../theme.js';
import {Line} from './line.js';
import {Pane} from './pane.js';

/** The room for names and keys: as the longest of them need, up to this part of the width. */
const maxPart = 0.4;
const gap = 2;

/** Every command by its name, on top of the lower part of the panes, or of all of them where the terminal is short. */
export function Palette({state}: {readonly state: State}) {
	const {bindings} = useLook();
	const {columns, rows} = state.size;
	const {text, index} = state.palette;
	const commands = matchCommands(text, bindings, state);
	const size = {width: columns, height: paletteRows(rows)};
	const inner = columns - 2;
	const height = size.height - 2;
	const top = Math.max(0, Math.min(index - Math.floor(height / 2), commands.length - height));
	const widthFor = (texts: string[]) =>
		Math.min(Math.floor(inner * maxPart), Math.max(...texts.map(wide => widthOf(wide))) + gap);
	const widths = {
		name: widthFor(commands.map(({name}) => name)),
		keys: columns < 60 ? 0 : widthFor(commands.map(({binding}) => binding.shown)),
	};
	return (
		<Pane isFocused title={`: ${text}▏ ${count(commands.length, 'command')}`} size={size}>
			{Array.from({length: height}, (_, row) => {
				const command = commands[top + row];
				const isSelected = command !== undefined && top + row === index;
				return (
					<Line
						key={row}
						isSelected={isSelected}
						segments={command ? commandLine(command, isSelected, inner, widths) : emptyLine(row, commands.length)}
						width={inner}
					/>
				);
			})}
		</Pane>
	);
}

/** `▌ request       enter   Request the file under the cursor`, and why not where it would do nothing. */
function commandLine(
	{binding: {shown, help}, name, whyNot}: Command,
	isSelected: boolean,
	width: number,
	widths: {name: number; keys: number},
): Segment[] {
	const isDim = whyNot !== undefined;
	const room = width - 2 - widths.name - widths.keys - 1;
	return [
		{text: isSelected ? '▌ ' : '  '},
		{text: `${fit(name, widths.name - gap)}  `, isBold: !isDim, isDim},
		{text: widths.keys === 0 ? '' : `${fit(shown, widths.keys - gap)}  `, isDim: true},
		{text: cut(isDim ? `${whyNot}: ${help}` : help, room), isDim},
	];
}

const emptyLine = (row: number, amount: number): Segment[] =>
	row === 0 && amount === 0 ? [{text: '  No command is called that', isDim: true}] : [];

/** Rows of the panes above it that stay in sight. */
export const rowsAbovePalette = (rows: number): number => bodyRows(rows) - paletteRows(rows);
