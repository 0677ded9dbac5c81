import {paneNames} from '../state/state.js';
import {isForPane, type Binding} from './bindings.js';
import {isKeyName, keyProblem, namedKeys} from './key-names.js';
import {didYouMean} from './nearest.js';
import {paneLabels} from './pane-title.js';

/** Keys by the id of their command, as the config file has them: one, several, or null for none. */
export type KeyChoices = Readonly<Record<string, string | readonly string[] | null>>;

const glyphs: Readonly<Record<string, string>> = {
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
	'page-up': 'pgup',
	'page-down': 'pgdn',
	escape: 'esc',
};

/** How help and footer write keys: `↑ k`; those that follow each other, `1-6`. */
export function shownOf(keys: readonly string[]): string {
	const codes = keys.map(key => ([...key].length === 1 ? key.codePointAt(0)! : Number.NaN));
	const isRow = keys.length > 2 && codes.every((code, index) => code === codes[0]! + index);
	return isRow ? `${keys[0]}-${keys.at(-1)}` : keys.map(key => glyphs[key] ?? key).join(' ');
}

const keysOf = (choice: string | readonly string[] | null): readonly string[] =>
	choice === null ? [] : typeof choice === 'string' ? [choice] : choice;

/** The table with other keys. Pure; whether they make sense, `rebindProblem` says. */
export const rebind = (bindings: readonly Binding[], choices: KeyChoices): readonly Binding[] =>
	bindings.map(binding => {
		const choice = Object.hasOwn(choices, binding.id) ? choices[binding.id] : undefined;
		if (choice === undefined) {
			return binding;
		}

		const keys = keysOf(choice);
		return {...binding, keys, shown: shownOf(keys)};
	});

/** What is wrong with a choice of keys, as a sentence that begins with the thing; undefined where nothing is. */
export function rebindProblem(bindings: readonly Binding[], choices: KeyChoices): string | undefined {
	const ids = bindings.map(({id}) => id);
	for (const [id, choice] of Object.entries(choices)) {
		if (!ids.includes(id)) {
			return `keys.${id} is no command${didYouMean(id, ids)}`;
		}

		for (const key of keysOf(choice)) {
			if (!isKeyName(key)) {
				return `keys.${id}: ${keyProblem(key) ?? `"${key}" is no key${didYouMean(key, namedKeys)}`}`;
			}
		}

		if (id === 'quit-now' && !keysOf(choice).includes('ctrl-c')) {
			return 'keys.quit-now must keep ctrl-c: there has to be a way out';
		}
	}

	return clashIn(rebind(bindings, choices));
}

/** A key that two commands have in one pane. */
export function clashIn(bindings: readonly Binding[]): string | undefined {
	for (const pane of paneNames) {
		const ids = new Map<string, string>();
		for (const {id, keys} of bindings.filter(binding => isForPane(binding, pane))) {
			for (const key of keys) {
				const other = ids.get(key);
				if (other !== undefined) {
					return other === id
						? `keys.${id}: ${key} is there twice`
						: `keys: ${key} is both ${other} and ${id} in ${paneLabels[pane]}`;
				}

				ids.set(key, id);
			}
		}
	}

	return undefined;
}
