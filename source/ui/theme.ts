/** Two accents and what the terminal itself brings. Nothing depends on colour: every state has a glyph and a word, too. */
export const accents = {
	focus: 'cyan',
	progress: 'green',
	trouble: 'red',
	warning: 'yellow',
} as const;

export type Accent = keyof typeof accents;

/** A piece of a line. */
export type Segment = {
	text: string;
	accent?: Accent | undefined;
	isDim?: boolean;
	isBold?: boolean;
};
