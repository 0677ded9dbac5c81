import {type ReactNode} from 'react';
import {Box} from 'ink';
import type {PaneSize} from '../../state/layout.js';
import {useTheme} from '../hooks/use-look.js';
import {cut, widthOf} from '../text.js';
import {Line} from './line.js';

export type PaneProps = {
	readonly title: string;
	readonly size: PaneSize;
	readonly isFocused: boolean;
	readonly children: ReactNode;
};

const frames = {
	focused: {left: '┏', right: '┓', line: '━', style: 'bold'},
	other: {left: '╭', right: '╮', line: '─', style: 'round'},
} as const;

/** A frame with its title in the upper border. The focused one is heavy and its title inverse. */
export function Pane({title, size, isFocused, children}: PaneProps) {
	const {accents, hasDim} = useTheme();
	const frame = isFocused ? frames.focused : frames.other;
	const isFaint = !isFocused && hasDim;
	const shown = cut(` ${title} `, size.width - 3);
	const accent = isFocused ? 'focus' : undefined;
	const edge = {accent, isDim: !isFocused} as const;
	const color = isFocused ? accents.focus : undefined;
	const fill = frame.line.repeat(Math.max(0, size.width - 2 - widthOf(shown)));
	return (
		<Box flexDirection="column" width={size.width} height={size.height} flexShrink={0} overflowY="hidden">
			<Line
				segments={[
					{text: frame.left, ...edge},
					{text: shown, accent, isBold: isFocused, isInverse: isFocused},
					{text: fill + frame.right, ...edge},
				]}
				width={size.width}
			/>
			<Box
				// Ink forgets borderTop when the style of a border changes: begin anew with each style.
				key={frame.style}
				flexDirection="column"
				flexGrow={1}
				borderTop={false}
				borderStyle={frame.style}
				borderDimColor={isFaint}
				overflowY="hidden"
				{...(color && {borderColor: color})}
			>
				{children}
			</Box>
		</Box>
	);
}
