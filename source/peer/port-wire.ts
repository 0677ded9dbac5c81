import {ServerResponse, type IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {codeOf} from '../protocol/errors.js';
import {quoted} from '../protocol/safe-text.js';
import {describeClassicRequest} from '../protocol/wire-classic.js';
import {describeRequest, describeResponse} from '../protocol/wire-http.js';
import {describeMalformed} from '../protocol/wire-text.js';
import {rawPacketOf, readRequestHead, sentResponseHead} from './http-heads.js';
import type {Caller} from './identify-caller.js';
import {callerTap, type PortWatch} from './wire-tap.js';

const closing = 'Connection: close\r\n\r\n';
const badRequest = `HTTP/1.1 400 Bad Request\r\n${closing}`;

/** What node:http answers by itself to what is no request, by the code of the error; anything else gets 400. */
const refusals: Record<string, string> = {
	HPE_HEADER_OVERFLOW: `HTTP/1.1 431 Request Header Fields Too Large\r\n${closing}`,
	HPE_CHUNK_EXTENSIONS_OVERFLOW: `HTTP/1.1 413 Payload Too Large\r\n${closing}`,
	ERR_HTTP_REQUEST_TIMEOUT: `HTTP/1.1 408 Request Timeout\r\n${closing}`,
};

/** What callers say to our port and are answered, for whoever watches the wire. */
export class PortWire {
	/** For node:http, so that no answer's head goes out unseen. */
	readonly responses: typeof ServerResponse;
	readonly #watch: PortWatch;
	/** The last answer on a connection that has begun to go out. */
	readonly #answered = new WeakMap<Socket, ServerResponse>();

	constructor(watch: PortWatch) {
		this.#watch = watch;
		const saw = (response: ServerResponse) => {
			this.#saw(response);
		};

		// Every head goes out by `writeHead`: node calls it itself where a handler has not.
		const responses = class extends ServerResponse {
			override writeHead(...parameters: unknown[]): this {
				super.writeHead(...(parameters as Parameters<ServerResponse['writeHead']>));
				saw(this);
				return this;
			}
		};
		this.responses = responses as unknown as typeof ServerResponse;
	}

	/** Somebody asks by HTTP. */
	request(request: IncomingMessage): void {
		callerTap(this.#watch, request.socket, request)('in', () => describeRequest(readRequestHead(request)));
	}

	/** Somebody asks in the class protocol, or says what is no request. */
	caller(socket: Socket, caller: Exclude<Caller, {kind: 'http'}>): void {
		const {seen} = caller;
		if (seen.length === 0) {
			return;
		}

		callerTap(this.#watch, socket)('in', () => {
			if (caller.kind === 'classic') {
				// What comes after the newline is not read.
				const request = caller.isFramed ? seen.subarray(0, seen.indexOf('\n') + 1) : seen;
				return describeClassicRequest(caller, {bytes: request.length, parts: [request]});
			}

			const begin = seen.toString('latin1', 0, 64);
			return describeMalformed(
				{bytes: seen.length, parts: [seen]},
				`Expected an HTTP request or the name of a file, got ${quoted(begin)}`,
			);
		});
	}

	/**
	Node:http could not read a request. Does what that does where nobody listens (`socketOnError` in its `_http_server.js`): says why,
	unless an answer is on its way, and closes the connection.
	*/
	clientError(error: Error, socket: Socket): void {
		const code = codeOf(error) ?? '';
		const tap = callerTap(this.#watch, socket);
		if (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT') {
			tap('in', () => {
				const raw = rawPacketOf(error);
				return describeMalformed({bytes: raw.length, parts: [raw]}, error.message);
			});
		}

		const answered = this.#answered.get(socket);
		if (socket.writable && (!answered || answered.writableFinished)) {
			const answer = refusals[code] ?? badRequest;
			tap('out', () => describeResponse(answer));
			socket.write(answer);
		}

		socket.destroy(error);
	}

	#saw(response: ServerResponse): void {
		const {req: request} = response;
		this.#answered.set(request.socket, response);
		callerTap(
			this.#watch,
			request.socket,
			request,
		)('out', () => describeResponse(sentResponseHead(response), request.method !== 'HEAD'));
	}
}
