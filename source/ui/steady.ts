/** What terminals disagree about: joiners, variation selectors, skin tones, keycaps, and long stacks of combining marks. */
const unsteady = /\p{Join_Control}|\p{Variation_Selector}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u20E3|\p{M}{3}/u;

/** What follows the first character of a cluster and takes columns in some terminals and none in others. */
const extras = /\u200D.*|\u200C|\p{Variation_Selector}|\p{Emoji_Modifier}|\u20E3/gsu;

/** Most text, which is told apart soonest. */
const plain = /^[ -~]*$/;

/** Marks that stay on a letter: Vietnamese and Hebrew need two. More would be drawn over the rows above. */
const tooManyMarks = /(\p{M}{2})\p{M}+/gu;

const letterA = 0x41;
const indicatorA = 0x1_f1_e6;

/** Flags are letters to begin with: half of one, where a name is cut, is as wide as whole ones in some terminals. */
const letterOf = (indicator: string) => String.fromCodePoint(indicator.codePointAt(0)! - indicatorA + letterA);

const graphemes = new Intl.Segmenter();

/**
Text that takes as many columns in every terminal as `string-width` says. A family of four is two columns wide in one terminal and
eight in another, where it would push the frame of its pane away: the first of them is shown. Skin tones and variation selectors go for the
same reason (Unicode TR 51 and TR 11 leave the width of such sequences to the terminal). Other text is returned as it is.
*/
export function steady(text: string): string {
	if (plain.test(text) || !unsteady.test(text)) {
		return text;
	}

	return Array.from(graphemes.segment(text), ({segment}) =>
		segment
			.replaceAll(extras, '')
			.replaceAll(tooManyMarks, '$1')
			.replaceAll(/\p{Regional_Indicator}/gu, letterOf),
	).join('');
}
