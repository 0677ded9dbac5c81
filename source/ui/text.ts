import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Text in exactly this many columns: what is too long gives way in the middle, what is short is filled up. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
	if (width <= 0) {
		return '';
	}

	const isLong = stringWidth(text) > width;
	const cut = isLong ? shortened(text, width) : text;
	const fill = ' '.repeat(Math.max(0, width - stringWidth(cut)));
	return align === 'left' ? cut + fill : fill + cut;
}

/** Where a wide character does not fit beside the ellipsis, cli-truncate is one column over: ask it for one less. */
function shortened(text: string, width: number, position: 'middle' | 'end' = 'middle'): string {
	for (let wanted = width; wanted > 0; wanted--) {
		const short = cliTruncate(text, wanted, {position});
		if (stringWidth(short) <= width) {
			return short;
		}
	}

	return '';
}

export const widthOf = (text: string): number => stringWidth(text);

/** Text in at most this many columns, cut at its end. */
export function cut(text: string, width: number): string {
	if (width <= 0) {
		return '';
	}

	return shortened(text, width, 'end');
}
