import {Box, renderToString, Text, type TextProps} from 'ink';
import {themes, type Theme} from './theme.js';

/** What stands before and after a text in a style; nothing where the terminal shows none. */
type Pair = {before: string; after: string};

const colors = [...new Set(Object.values(themes).flatMap(({accents}: Theme) => Object.values(accents)))];

const styles: Record<string, TextProps> = {
	bold: {bold: true},
	dim: {dimColor: true},
	inverse: {inverse: true},
	underline: {underline: true},
	...Object.fromEntries(colors.map(color => [color, {color}])),
};

/** Ink is asked once what it writes for a style: it knows what the terminal can show, and what the user does not want. */
function askInk(): Map<string, Pair> {
	const lines = renderToString(
		<Box flexDirection="column">
			{Object.entries(styles).map(([name, props]) => (
				<Text key={name} {...props}>
					x
				</Text>
			))}
		</Box>,
	).split('\n');
	return new Map(
		Object.keys(styles).map((name, index) => {
			const [before = '', after = ''] = lines[index]!.split('x');
			return [name, {before, after}];
		}),
	);
}

const pairs = askInk();

export type StyleName = 'bold' | 'dim' | 'inverse' | 'underline';

/** Text in some styles, the first one outermost; colours by name, as in a theme. */
export function styled(text: string, names: Array<StyleName | (string & {})>): string {
	let result = text;
	for (const name of names.toReversed()) {
		const pair = pairs.get(name);
		if (!pair) {
			throw new Error(`Expected a style that a theme uses, got ${name}`);
		}

		result = pair.before + result + pair.after;
	}

	return result;
}
