import {Buffer} from 'node:buffer';

/**
The beginning of a text, not through the middle of a character. It is a text of its own: V8 keeps the whole one in memory for as
long as a slice of it is there, and a stranger's may be 48 MiB.
*/
export function cutText(text: string, length: number): string {
	if (text.length <= length) {
		return text;
	}

	const cut = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
	return Buffer.from(cut, 'utf16le').toString('utf16le');
}
