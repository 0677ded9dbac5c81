import type {Key} from 'ink';

const named: Array<[keyof Key, string]> = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'page-up'],
	['pageDown', 'page-down'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['escape', 'escape'],
	// Terminals send the same byte for Backspace that Ink reads as Delete.
	['backspace', 'backspace'],
	['delete', 'backspace'],
];

const controls: Record<string, string> = {
	' ': 'space',
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\b': 'backspace',
	'\u007F': 'backspace',
};

/**
The keys in one event of Ink's `useInput`, by name. What is typed fast or pasted arrives as one event with several characters:
`jjj` is three keys.
*/
export function keyNames(input: string, key: Key): string[] {
	if (key.tab) {
		return [key.shift ? 'shift-tab' : 'tab'];
	}

	const special = named.find(([property]) => key[property]);
	if (special) {
		return [special[1]];
	}

	// Alt with a key, and sequences that Ink does not know (it has cut off their ESC), mean nothing here.
	if (key.meta || /^[[O].+/s.test(input)) {
		return [];
	}

	if (key.ctrl) {
		return [`ctrl-${input}`];
	}

	return Array.from(input, nameOf);
}

function nameOf(character: string): string {
	const code = character.codePointAt(0)!;
	const letterBeforeA = 0x60;
	return controls[character] ?? (code < 0x20 ? `ctrl-${String.fromCodePoint(letterBeforeA + code)}` : character);
}

/** Keys with a name of their own. */
export const namedKeys: readonly string[] = [
	...new Set([...named.map(([, name]) => name), ...Object.values(controls), 'shift-tab']),
];

/** What a terminal sends for these is what it sends for the others. */
const sameAs: Readonly<Record<string, string>> = {
	'ctrl-i': 'tab',
	'ctrl-m': 'enter',
	'ctrl-j': 'enter',
	'ctrl-h': 'backspace',
};

/** Why a key that has a name never comes. */
export const keyProblem = (key: string): string | undefined =>
	Object.hasOwn(sameAs, key) ? `terminals send ${sameAs[key]} for ${key}` : undefined;

/** Whether `keyNames` can give this name: a named key, Ctrl with a letter, or a single character that can be seen. */
export function isKeyName(key: string): boolean {
	if (namedKeys.includes(key)) {
		return true;
	}

	return (/^ctrl-[a-z]$/.test(key) && !keyProblem(key)) || /^[^\p{C}\p{Z}]$/u.test(key);
}
