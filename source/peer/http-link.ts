import {request, type Agent, type ClientRequest, type IncomingMessage} from 'node:http';
import {PeerError, ProtocolError, TransferError, reasonOf} from '../protocol/errors.js';
import {contentPathOf, encodePeerName, peerNameHeader} from '../protocol/http-path.js';
import {limits} from '../protocol/limits.js';
import {pieceCountOf, pieceSpan} from '../protocol/merkle.js';
import {decodePieces, type Run} from '../protocol/piece-set.js';
import {describePieces} from '../protocol/wire-http.js';
import type {Wire} from '../protocol/wire.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';
import {tapRequest} from './http-heads.js';
import {PeerConnection} from './peer-connection.js';
import type {PieceFile, PieceStore} from './piece-store.js';
import type {RateLimit} from './rate-limit.js';
import type {LinkEvents, SourceLink} from './source-link.js';
import {SpanSink} from './span-sink.js';
import {sourceTap, type Tap} from './wire-tap.js';

export type HttpLinkOptions = {
	source: Source;
	root: string;
	/** Bytes of the file. */
	size: number;
	store: PieceStore;
	file: PieceFile;
	/** For what is not bytes of the file. */
	agent: Agent;
	ownName: string;
	limit: RateLimit | undefined;
	events: LinkEvents;
	/** Tells who a piece came from, by the request's number. */
	requests: Map<number, LinkEvents>;
	wire?: Wire | undefined;
	onConnected?: ((rttMs: number) => void) | undefined;
};

/** A peer of ours as a source: pieces by ranges of the content, and for one that has not all of them, a stream that tells which. */
export class HttpLink implements SourceLink {
	readonly #options: HttpLinkOptions;
	readonly #tap: Tap;
	readonly #sinks = new Map<number, SpanSink>();
	/** What is to be asked when some of what was asked has come. */
	readonly #backlog: Run[] = [];
	#connection: PeerConnection | undefined;
	#pieces: ClientRequest | undefined;
	#isClosed = false;

	constructor(options: HttpLinkOptions) {
		this.#options = options;
		this.#tap = sourceTap(options.wire, options.source);
		if (options.source.isPartial) {
			this.#follow();
		}
	}

	ask(run: Run): void {
		if (this.#sinks.size < limits.maxAsked) {
			this.#askNow(run);
		} else {
			this.#backlog.push(run);
		}
	}

	isResting(): boolean {
		return this.#connection?.isResting ?? false;
	}

	#askNow({first, count}: Run): void {
		const {store, file, size, root, requests, events} = this.#options;
		const {start} = pieceSpan(size, first);
		const last = pieceSpan(size, first + count - 1);
		const length = last.start + last.length - start;
		const id = file.nextRequest();
		const sink = new SpanSink({store, file, request: id, start, length, size});
		requests.set(id, events);
		this.#sinks.set(id, sink);
		this.#connection ??= this.#connect();
		this.#connection.get({
			path: contentPathOf(root),
			range: {start, end: start + length - 1},
			length,
			sink,
			onDone: () => {
				this.#sinks.delete(id);
				const next = this.#backlog.shift();
				if (next) {
					this.#askNow(next);
				}
			},
		});
	}

	close(): void {
		this.#isClosed = true;
		this.#connection?.close();
		this.#pieces?.destroy();
		// What a request has brought may be with the thread that verifies, which will tell: its number stays known.
		for (const sink of this.#sinks.values()) {
			sink.close();
		}

		this.#sinks.clear();
	}

	#connect(): PeerConnection {
		const {source, ownName, limit, events, wire, onConnected} = this.#options;
		return new PeerConnection({
			wire,
			onConnected,
			source,
			ownName,
			limit,
			onBytes: events.onBytes,
			onClosed: error => {
				if (this.#connection?.pending === 0) {
					// It was idle: the next question opens another.
					this.#connection = undefined;
				} else {
					this.#fail(error);
				}
			},
		});
	}

	/** Hear which pieces a source has that is fetching the file itself. */
	#follow(): void {
		const {source, agent, root, ownName} = this.#options;

		const ask = request({
			agent,
			host: source.ip,
			port: source.port,
			path: contentPathOf(root, 'pieces'),
			headers: {[peerNameHeader]: encodePeerName(ownName)},
			timeout: limits.transferIdleTimeoutMs,
		});
		this.#pieces = ask;
		tapRequest(ask, this.#tap);
		ask.on('timeout', () => {
			ask.destroy(new Error('did not answer'));
		});
		ask.on('response', response => {
			this.#read(response);
		});
		ask.on('error', error => {
			this.#fail(
				error instanceof PeerError
					? error
					: new TransferError(`${sourceLabel(source)} ${reasonOf(error)}`, {cause: error}),
			);
		});
		ask.end();
	}

	#read(response: IncomingMessage): void {
		const {source, size, events} = this.#options;
		const who = sourceLabel(source);
		const fail = (error: Error) => this.#pieces?.destroy(error);
		if (response.statusCode !== 200) {
			fail(new TransferError(`${who} no longer has parts of it`));
			return;
		}

		response.on('error', fail);
		response.on('close', () => {
			// It would go on having more, and nobody would hear of it.
			if (!response.complete) {
				this.#fail(new TransferError(`${who} closed the connection`));
			}
		});
		let text = '';
		response.setEncoding('utf8');
		response.on('data', (chunk: string) => {
			const lines = (text + chunk).split('\n');
			text = lines.pop()!;
			if (text.length > limits.maxPiecesLineBytes) {
				fail(new ProtocolError(`${who} sent a line without an end`));
				return;
			}

			try {
				for (const line of lines) {
					this.#tap('in', () => describePieces(line));
					const {have, coming} = newsOf(line, size);
					events.onComing(coming);
					events.onPieces(have);
				}
			} catch (error) {
				fail(error as Error);
			}
		});
	}

	#fail(error: PeerError): void {
		if (!this.#isClosed) {
			this.close();
			this.#options.events.onClosed(error);
		}
	}
}

/**
The pieces that a line tells of; none for an empty one.

@throws {ProtocolError} On anything else.
*/
function newsOf(line: string, size: number): {have: number[]; coming: number[]} {
	let news: unknown = {};
	try {
		news = JSON.parse(line || '{}');
	} catch {}

	const {have = '', coming = ''} = (news ?? {}) as Record<string, unknown>;
	if (typeof have !== 'string' || typeof coming !== 'string') {
		throw new ProtocolError('Expected a line that tells pieces');
	}

	const count = pieceCountOf(size);
	return {have: [...decodePieces(have, count)], coming: [...decodePieces(coming, count)]};
}
