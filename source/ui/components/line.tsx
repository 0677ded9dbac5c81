import {Text} from 'ink';
import {useTheme} from '../hooks/use-look.js';
import {widthOf} from '../text.js';
import type {Segment} from '../theme.js';

export type LineProps = {
	readonly segments: Segment[];
	readonly width: number;
	/** The cursor stands on it: inverse over the whole width. */
	readonly isSelected?: boolean;
	readonly isDim?: boolean;
};

/** One row of text in exactly `width` columns; it never wraps. */
export function Line({segments, width, isSelected = false, isDim = false}: LineProps) {
	const {accents, hasDim} = useTheme();
	const used = segments.reduce((sum, {text}) => sum + widthOf(text), 0);
	return (
		<Text wrap="truncate" inverse={isSelected}>
			{segments.map(({text, accent, isBold = false, isDim: isFaint = isDim, isUnderlined = false}, index) => {
				const color = accent && accents[accent];
				const dim = (isFaint || isDim) && !isSelected && hasDim;
				return (
					<Text
						// eslint-disable-next-line react/no-array-index-key -- the pieces of a line have no other name
						key={index}
						{...(color && !isSelected && {color})}
						bold={isBold}
						dimColor={dim}
						underline={isUnderlined}
					>
						{text}
					</Text>
				);
			})}
			{' '.repeat(Math.max(0, width - used))}
		</Text>
	);
}
