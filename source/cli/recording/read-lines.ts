import {Buffer} from 'node:buffer';
import {PeerError} from '../../protocol/errors.js';

export type NumberedLine = {
	text: string;
	/** From 1 on. */
	number: number;
	/** The last line, without its newline: whoever wrote it may have been killed in the middle. */
	isCut: boolean;
};

const newline = 0x0a;

/**
Lines of a stream, as they are asked for. Unlike `node:readline`, it does not gather a line that never ends.

@param name - What the stream is called in errors.
@throws {PeerError} On a line that is longer than allowed.
*/
export async function* readLines(
	chunks: AsyncIterable<Uint8Array>,
	name: string,
	maxLineBytes: number,
): AsyncGenerator<NumberedLine, void> {
	let parts: Uint8Array[] = [];
	let bytes = 0;
	let number = 1;
	const add = (part: Uint8Array) => {
		bytes += part.length;
		if (bytes > maxLineBytes) {
			throw new PeerError(`${name} line ${number} is longer than ${maxLineBytes} bytes: no program of ours wrote it`);
		}

		parts.push(part);
	};

	const line = (isCut: boolean): NumberedLine => {
		const text = Buffer.concat(parts).toString('utf8');
		parts = [];
		bytes = 0;
		return {text, number: number++, isCut};
	};

	for await (const chunk of chunks) {
		let start = 0;
		for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
			add(chunk.subarray(start, end));
			yield line(false);
			start = end + 1;
		}

		add(chunk.subarray(start));
	}

	if (bytes > 0) {
		yield line(true);
	}
}
