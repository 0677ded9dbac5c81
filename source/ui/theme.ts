/** What a colour is for. Nothing depends on it alone: every state has a glyph and a word, too. */
export type Accent = 'focus' | 'progress' | 'trouble' | 'warning' | 'match';

/** A piece of a line. */
export type Segment = {
	text: string;
	accent?: Accent | undefined;
	isDim?: boolean | undefined;
	isBold?: boolean | undefined;
	isUnderlined?: boolean | undefined;
	isInverse?: boolean | undefined;
	/** The filter of the list looks at it. */
	isSought?: true;
};

export type Theme = {
	/** One sentence, for help. */
	about: string;
	/** Names of the terminal's own sixteen colours: they read on the background that its user has chosen. None: bold instead. */
	accents: Partial<Record<Accent, string>>;
	/** Whether what matters less is faint: some terminals show that too dark to be read. */
	hasDim: boolean;
};

export const themes = {
	calm: {
		about: 'two quiet accents from your own palette',
		accents: {focus: 'cyan', progress: 'green', trouble: 'red', warning: 'yellow', match: 'magenta'},
		hasDim: true,
	},
	vivid: {
		about: 'strong accents and nothing faint, for projectors and tired eyes',
		// Bright green, yellow and cyan can not be read on white: xterm's have a contrast below 1.5 there, of the 3 that WCAG 2.1 asks for.
		accents: {
			focus: 'blueBright',
			progress: 'green',
			trouble: 'redBright',
			warning: 'magentaBright',
			match: 'blueBright',
		},
		hasDim: false,
	},
	plain: {
		about: 'no colours: bold, faint and inverse only',
		accents: {},
		hasDim: true,
	},
} as const satisfies Record<string, Theme>;

export type ThemeName = keyof typeof themes;

export const themeNames = Object.keys(themes) as ThemeName[];

export const themeNameOf = (name: string): ThemeName => themeNames.find(candidate => candidate === name) ?? 'calm';
