/*
What a terminal could take for a command, or a reader for something else than it is: C0 and C1 controls (they carry ANSI and
OSC sequences, CR and BEL), marks that reorder the line (Unicode TR 9), and characters that can not be seen. The zero-width
joiners U+200C and U+200D stay: Persian and emoji need them and they move nothing.
*/
const unsafe =
	/[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]|\p{Cs}/gu; // eslint-disable-line no-control-regex

const controlPictures = 0x24_00;

/**
Make text from the network fit for a terminal: control characters become their pictures (`␛`), and marks that are invisible
or change the direction of the line become `<U+202E>`. Clean text is returned as it is. Done once, at decode.
*/
export function safeText(text: string): string {
	return text.replaceAll(unsafe, visible);
}

function visible(character: string): string {
	const codePoint = character.codePointAt(0)!;
	if (codePoint < 0x20) {
		return String.fromCodePoint(controlPictures + codePoint);
	}

	return codePoint === 0x7f ? '␡' : `<U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Characters of a stranger's text that an error message shows. */
const quotedLength = 40;

/** A stranger's text for an error message: in quotes, short, and fit for a terminal. */
export const quoted = (text: string): string =>
	safeText(JSON.stringify(text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text));
