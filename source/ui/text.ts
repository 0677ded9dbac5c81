import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Text in exactly this many columns: what is too long gives way in the middle, what is short is filled up. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
	if (width <= 0) {
		return '';
	}

	const isLong = stringWidth(text) > width;
	const cut = isLong ? cliTruncate(text, width, {position: 'middle'}) : text;
	const fill = ' '.repeat(Math.max(0, width - stringWidth(cut)));
	return align === 'left' ? cut + fill : fill + cut;
}

export const widthOf = (text: string): number => stringWidth(text);

/** Text in at most this many columns, cut at its end. */
export const cut = (text: string, width: number): string => (width <= 0 ? '' : cliTruncate(text, width));
