/**
What a terminal sends for the keys that VHS knows by name (xterm, "PC-Style Function Keys"). Arrows are those of a terminal in its
usual mode; a program can ask for others.
*/
export const keys = new Map([
	['Backspace', '\u007F'],
	['Delete', '\u001B[3~'],
	['Insert', '\u001B[2~'],
	['Enter', '\r'],
	['Escape', '\u001B'],
	['Tab', '\t'],
	['Space', ' '],
	['Up', '\u001B[A'],
	['Down', '\u001B[B'],
	['Right', '\u001B[C'],
	['Left', '\u001B[D'],
	['PageUp', '\u001B[5~'],
	['PageDown', '\u001B[6~'],
]);

/** With Ctrl, beside the letters. */
const withControl = new Map([
	['Enter', '\r'],
	['Space', '\u0000'],
	['Backspace', '\b'],
	['Up', '\u001B[1;5A'],
	['Down', '\u001B[1;5B'],
	['Right', '\u001B[1;5C'],
	['Left', '\u001B[1;5D'],
]);

/** `s` and `m` are units to VHS, and no letters. */
const controlLetter = /^(?:[A-Z]|[a-ln-rt-z])$/;

/**
@param {string} key
@returns {string | undefined} What Ctrl and this key send; undefined where VHS does not take it.
*/
export function controlOf(key) {
	return controlLetter.test(key)
		? String.fromCodePoint(/** @type {number} */ (key.toUpperCase().codePointAt(0)) - 64)
		: withControl.get(key);
}

export const shiftTab = '\u001B[Z';
