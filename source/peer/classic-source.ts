import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {encodeFramedRequest, FileHeaderDecoder, type FileHeader} from '../protocol/classic-framing.js';
import {codeOf, ProtocolError, TransferError, reasonOf} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {
	describeBareFile,
	describeClassicRequest,
	describeClosed,
	describeFramedFile,
} from '../protocol/wire-classic.js';
import {bytesOf, describeMalformed} from '../protocol/wire-text.js';
import {sourceLabel, type FileAnswer, type FileQuestion} from './file-answer.js';
import {sourceTap} from './wire-tap.js';

export type ClassicDialect = 'framed' | 'unframed';

/**
Fetches from class programs. Which dialect a peer speaks is found out by asking, and remembered: framed first; where that
is closed without a byte, once more without the newline. A port may belong to another program by the next time, so silence in
the dialect that is remembered is asked after in the other one.
*/
export class ClassicSources {
	readonly #dialects = new Map<string, ClassicDialect>();

	/**
	@returns The whole file, from its first byte: the class protocol has no ranges. An answer without a byte to both questions
	is an empty file or none; the body is empty and the size unknown.
	@throws {TransferError} When the peer can not be reached, or is known to send a header with every file and sent nothing.
	*/
	async ask(question: FileQuestion): Promise<FileAnswer> {
		const {ip, port} = question.source;
		const key = `${ip} ${port}`;
		const known = this.#dialects.get(key);
		this.#dialects.delete(key);
		const answer = await (known === 'unframed' ? askUnframedFirst(question) : askFramedFirst(question, known));
		if (answer.dialect) {
			this.#dialects.set(key, answer.dialect);
		}

		return answer;
	}
}

type ClassicAnswer = FileAnswer & {
	/** What the peer spoke; undefined when it said nothing. */
	dialect: ClassicDialect | undefined;
};

const silence: ClassicAnswer = {
	start: 0,
	size: undefined,
	dialect: undefined,
	body: (async function* () {})(),
	cancel() {},
};

async function askUnframedFirst(question: FileQuestion): Promise<ClassicAnswer> {
	let problem: unknown;
	const unframed = await askUnframed(question, limits.secondDialectTimeoutMs).catch((error: unknown) => {
		problem = error;
	});
	const answer = unframed ?? (await askFramed(question));
	if (!answer && problem) {
		throw problem; // eslint-disable-line @typescript-eslint/only-throw-error -- what was caught above
	}

	return answer ?? silence;
}

async function askFramedFirst(question: FileQuestion, known: ClassicDialect | undefined): Promise<ClassicAnswer> {
	const answer = await askFramed(question, known === undefined);
	if (answer) {
		return answer;
	}

	// A framed program that has nothing to say waits for the newline that never comes: do not wait with it.
	let isWaiting = false;
	const unframed = await askUnframed(question, limits.secondDialectTimeoutMs).catch(() => {
		isWaiting = true;
	});
	question.signal.throwIfAborted();
	if (!unframed && (isWaiting || known === 'framed')) {
		throw new TransferError(`${sourceLabel(question.source)} sent nothing for it: it is gone there`, {isFinal: true});
	}

	return unframed ?? silence;
}

/**
@param isProbe - Whether a reset before the first byte may be the other dialect's way to say nothing: a program that closes
without having read all of the question resets the connection.
@returns undefined when the peer closed without a byte.
*/
async function askFramed(question: FileQuestion, isProbe = false): Promise<ClassicAnswer | undefined> {
	const {chunks, cancel} = await open(question, true, isProbe);
	const tap = sourceTap(question.wire, question.source);
	const decoder = new FileHeaderDecoder();
	let header: FileHeader | undefined;
	try {
		do {
			const {done, value} = await chunks.next();
			header = done ? decoder.end() : decoder.push(value);
			if (done && header?.rest.length === 0) {
				tap('in', describeClosed);
				return undefined;
			}
		} while (!header);
	} catch (error) {
		if (error instanceof ProtocolError) {
			const {held} = decoder;
			tap('in', () => describeMalformed({bytes: held.length, parts: [held]}, error.message));
		}

		cancel();
		throw error;
	}

	const {size, rest} = header;
	tap('in', () => {
		const {held} = decoder;
		return size === undefined
			? describeBareFile({bytes: rest.length, parts: [rest]}, false)
			: describeFramedFile(size, {bytes: held.length - rest.length, parts: [held]});
	});
	return size === undefined
		? {start: 0, size, dialect: 'unframed', body: everything(rest, chunks, question), cancel}
		: {start: 0, size, dialect: 'framed', body: exactly(size, rest, chunks), cancel};
}

/** @returns undefined when the peer closed without a byte. */
async function askUnframed(question: FileQuestion, firstByteTimeoutMs: number): Promise<ClassicAnswer | undefined> {
	const {chunks, cancel, socket} = await open(question, false);
	socket.setTimeout(firstByteTimeoutMs);
	const {done, value} = await chunks.next();
	socket.setTimeout(limits.transferIdleTimeoutMs);
	sourceTap(question.wire, question.source)('in', () =>
		done ? describeClosed() : describeBareFile({bytes: value.length, parts: [value]}, false),
	);
	return done
		? undefined
		: {start: 0, size: undefined, dialect: 'unframed', body: everything(value, chunks, question), cancel};
}

type Chunks = AsyncGenerator<Uint8Array, void>;

/** Bare bytes until the end. Nothing tells a whole file from a program that was killed, but that its port is closed by then. */
async function* everything(first: Uint8Array, rest: Chunks, {source, file, signal}: FileQuestion): Chunks {
	yield first;
	yield* rest;
	if (file.size === undefined) {
		const socket = await connected({source, signal});
		socket.destroy();
	}
}

/** The header's number of bytes; some programs keep the connection open after them. */
async function* exactly(size: number, first: Uint8Array, rest: Chunks): Chunks {
	try {
		let left = size;
		for (let chunk: Uint8Array | void = first; chunk;) {
			yield chunk.subarray(0, left);
			left -= Math.min(left, chunk.length);
			if (left === 0) {
				return;
			}

			const next = await rest.next();
			chunk = next.value;
		}
	} finally {
		await rest.return();
	}
}

async function open(
	question: FileQuestion,
	isFramed: boolean,
	isProbe = false,
): Promise<{chunks: Chunks; cancel: () => void; socket: Socket}> {
	const socket = await connected(question);
	socket.setTimeout(limits.transferIdleTimeoutMs);
	const {name} = question.file;
	const request = isFramed ? encodeFramedRequest(name) : name;
	socket.write(request);
	sourceTap(question.wire, question.source)('out', () => describeClassicRequest({name, isFramed}, bytesOf(request)));
	const cancel = () => socket.destroy();
	return {chunks: chunksOf(socket, sourceLabel(question.source), isProbe), cancel, socket};
}

async function connected({source, signal}: Pick<FileQuestion, 'source' | 'signal'>): Promise<Socket> {
	const socket = connect({host: source.ip, port: source.port, signal});
	socket.setTimeout(limits.connectTimeoutMs);
	socket.on('timeout', () => {
		socket.destroy(new Error('did not answer'));
	});
	try {
		await once(socket, 'connect');
		return socket;
	} catch (error) {
		throw new TransferError(`${sourceLabel(source)} ${reasonOf(error)}`, {cause: error});
	}
}

async function* chunksOf(socket: Socket, who: string, isProbe: boolean): Chunks {
	let isSilent = true;
	try {
		for await (const chunk of socket as AsyncIterable<Uint8Array>) {
			isSilent = false;
			yield chunk;
		}
	} catch (error) {
		if (isSilent && isProbe && codeOf(error) === 'ECONNRESET') {
			return;
		}

		throw new TransferError(`${who} ${reasonOf(error)}`, {cause: error});
	} finally {
		socket.destroy();
	}
}
