const units: Array<[seconds: number, noun: string]> = [
	[365 * 86_400, 'year'],
	[30 * 86_400, 'month'],
	[86_400, 'day'],
	[3600, 'hour'],
	[60, 'minute'],
];

/** `2 hours`, in whole units of the largest that fits; seconds where none does. */
export function spokenDuration(seconds: number): string {
	const [length, noun] = units.find(([unit]) => seconds >= unit) ?? [1, 'second'];
	const amount = Math.max(0, Math.floor(seconds / length));
	return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** `changed 2 hours ago`; a clock that is ahead of ours is no news. */
export function spokenAge(mtimeSeconds: number, nowMs: number): string {
	const seconds = Math.floor(nowMs / 1000) - mtimeSeconds;
	return seconds < 60 ? 'changed just now' : `changed ${spokenDuration(seconds)} ago`;
}

/** Signs that screen readers leave out, or call differently. */
const signs: Readonly<Record<string, string>> = {
	'!': 'Exclamation mark',
	'?': 'Question mark',
	'/': 'Slash',
	':': 'Colon',
	'+': 'Plus',
	'-': 'Minus',
	'.': 'Period',
	',': 'Comma',
	';': 'Semicolon',
	'*': 'Star',
};

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `Enter`, `Page down`, `Control n`; capitals as `Shift s`, which otherwise sound like small letters. */
export function spokenKey(key: string): string {
	if ([...key].length === 1) {
		return signs[key] ?? (/\p{Lu}/u.test(key) ? `Shift ${key.toLowerCase()}` : key);
	}

	return capital(key.replace(/^ctrl-/, 'control ').replaceAll('-', ' '));
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

/** `Fetched it.` A sentence ends once. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

export const commaed = (parts: ReadonlyArray<string | undefined>): string => parts.filter(Boolean).join(', ');
