import {memo} from 'react';
import {Transform} from 'ink';
import {useTheme} from '../hooks/use-look.js';
import {styled} from '../sgr.js';
import {cut, widthOf} from '../text.js';
import type {Segment, Theme} from '../theme.js';

export type LineProps = {
	readonly segments: Segment[];
	readonly width: number;
	/** The cursor stands on it: inverse over the whole width. */
	readonly isSelected?: boolean;
	readonly isDim?: boolean;
};

function PlainLine({segments, width, isSelected = false, isDim = false}: LineProps) {
	const theme = useTheme();
	const inside = within(segments, width);
	const plain = inside.map(({text}) => text).join('');
	const line = styledLine(inside, theme, {isSelected, isDim});
	// To its end, too: where it lies on top of other lines, those are not to show behind it.
	const filled = line + ' '.repeat(width - widthOf(plain));
	const shown = isSelected ? styled(filled, ['inverse']) : filled;
	return (
		<Transform
			accessibilityLabel={plain}
			// Where the terminal has just become narrower, there is no room for it until the next frame.
			transform={(blank, index) => (index === 0 && blank.length === width ? shown : '')}
		>
			{' '.repeat(width)}
		</Transform>
	);
}

/** What there is room for; where that is not all, it ends with an ellipsis. */
function within(segments: Segment[], width: number): Segment[] {
	if (segments.reduce((sum, {text}) => sum + widthOf(text), 0) <= width) {
		return segments;
	}

	const inside: Segment[] = [];
	let left = width - 1;
	for (const segment of segments) {
		const textWidth = widthOf(segment.text);
		if (textWidth > left) {
			// The last character is one more than there is room for, so that it is cut in any case.
			const last = left === 0 ? inside.pop() : undefined;
			inside.push(last ? {...last, text: `${last.text}…`} : {...segment, text: cut(`${segment.text} `, left + 1)});
			return inside;
		}

		inside.push(segment);
		left -= textWidth;
	}

	return inside;
}

function styledLine(
	segments: Segment[],
	{accents, hasDim}: Theme,
	{isSelected, isDim}: {isSelected: boolean; isDim: boolean},
): string {
	return segments
		.map(({text, accent, isBold, isDim: isFaint, isUnderlined, isInverse}) => {
			const color = accent && !isSelected ? accents[accent] : undefined;
			const names = [
				isInverse ? 'inverse' : '',
				isUnderlined ? 'underline' : '',
				isBold ? 'bold' : '',
				color ?? '',
				(isDim || isFaint === true) && !isSelected && hasDim ? 'dim' : '',
			];
			return styled(text, names.filter(Boolean));
		})
		.join('');
}

const isSameSegment = (a: Segment, b: Segment | undefined) =>
	a.text === b?.text &&
	a.accent === b.accent &&
	a.isBold === b.isBold &&
	a.isDim === b.isDim &&
	a.isUnderlined === b.isUnderlined &&
	a.isInverse === b.isInverse;

const isSameLine = (a: LineProps, b: LineProps) =>
	a.width === b.width &&
	a.isSelected === b.isSelected &&
	a.isDim === b.isDim &&
	a.segments.length === b.segments.length &&
	a.segments.every((segment, index) => isSameSegment(segment, b.segments[index]));

/**
One row of text in exactly `width` columns; it never wraps. To Ink it is blank until it is written: Ink measures each text that it
lays out and remembers every one for ever, which would take more memory with each figure that changes.
*/
export const Line = memo(PlainLine, isSameLine);
