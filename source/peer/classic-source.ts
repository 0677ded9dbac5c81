import {connect, type Socket} from 'node:net';
import {once} from 'node:events';
import {encodeFramedRequest, FileHeaderDecoder, type FileHeader} from '../protocol/classic-framing.js';
import {codeOf, TransferError, reasonOf} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {sourceLabel, type FileAnswer, type FileQuestion} from './file-answer.js';

export type ClassicDialect = 'framed' | 'unframed';

/**
Fetches from class programs. Which dialect a peer speaks is found out by asking, and remembered: framed first; where that
is closed without a byte, once more without the newline.
*/
export class ClassicSources {
	readonly #dialects = new Map<string, ClassicDialect>();

	/**
	@returns The whole file, from its first byte: the class protocol has no ranges. An answer without a byte to both questions
	is an empty file or none; the body is empty and the size unknown.
	@throws {TransferError} When the peer can not be reached.
	*/
	async ask(question: FileQuestion): Promise<FileAnswer> {
		const {ip, port} = question.source;
		const key = `${ip} ${port}`;
		const known = this.#dialects.get(key);
		if (known !== 'unframed') {
			const answer = await askFramed(question);
			if (answer) {
				this.#dialects.set(key, answer.size === undefined ? 'unframed' : 'framed');
				return answer;
			}

			if (known === 'framed') {
				return empty;
			}
		}

		const answer = await askUnframed(question);
		if (answer !== empty) {
			this.#dialects.set(key, 'unframed');
		}

		return answer;
	}
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

const empty: FileAnswer = {start: 0, size: undefined, body: nothing()};

/** @returns undefined when the peer closed without a byte. */
async function askFramed(question: FileQuestion): Promise<FileAnswer | undefined> {
	const {chunks, who} = await open(question, encodeFramedRequest(question.file.name));
	const decoder = new FileHeaderDecoder();
	let header: FileHeader | undefined;
	do {
		const {done, value} = await chunks.next();
		header = done ? decoder.end() : decoder.push(value);
		if (done && header?.rest.length === 0) {
			return undefined;
		}
	} while (!header);

	const {size, rest} = header;
	return {
		start: 0,
		size,
		body: size === undefined ? body(rest, chunks) : exactly(size, rest, chunks, who),
	};
}

async function askUnframed(question: FileQuestion): Promise<FileAnswer> {
	const {chunks} = await open(question, question.file.name);
	const {done, value} = await chunks.next();
	return done ? empty : {start: 0, size: undefined, body: body(value, chunks)};
}

async function* body(first: Uint8Array, rest: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
	yield first;
	yield* rest;
}

/** The header's number of bytes; some programs keep the connection open after them. */
async function* exactly(
	size: number,
	first: Uint8Array,
	rest: AsyncGenerator<Uint8Array, void>,
	who: string,
): AsyncGenerator<Uint8Array, void> {
	let left = size;
	if (first.length > left) {
		throw new TransferError(`${who} sent more than the ${size} bytes it announced`, {isFinal: true});
	}

	left -= first.length;
	yield first;
	while (left > 0) {
		const {done, value} = await rest.next();
		if (done) {
			return;
		}

		yield value.subarray(0, left);
		left -= Math.min(left, value.length);
	}

	await rest.return();
}

async function open(
	{source, signal}: FileQuestion,
	request: string,
): Promise<{chunks: AsyncGenerator<Uint8Array, void>; who: string}> {
	const who = sourceLabel(source);
	const socket = connect({host: source.ip, port: source.port, signal});
	socket.setTimeout(limits.connectTimeoutMs);
	socket.on('timeout', () => socket.destroy(new Error('did not answer')));
	try {
		await once(socket, 'connect');
	} catch (error) {
		throw new TransferError(`${who} ${reasonOf(error)}`, {cause: error});
	}

	socket.setTimeout(limits.transferIdleTimeoutMs);
	socket.write(request);
	return {chunks: chunksOf(socket, who), who};
}

async function* chunksOf(socket: Socket, who: string): AsyncGenerator<Uint8Array, void> {
	let isSilent = true;
	try {
		for await (const chunk of socket as AsyncIterable<Uint8Array>) {
			isSilent = false;
			yield chunk;
		}
	} catch (error) {
		// A program that closes without having read all of the question resets the connection: no answer, too.
		if (isSilent && codeOf(error) === 'ECONNRESET') {
			return;
		}

		throw new TransferError(`${who} ${reasonOf(error)}`, {cause: error});
	} finally {
		socket.destroy();
	}
}
