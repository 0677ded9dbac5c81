import {once} from 'node:events';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {isPort, normalizeIp} from '../protocol/address.js';
import {codeOf, PeerError, UsageError, reasonOf} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {answerClassic, type ClassicRequest} from './classic-handler.js';
import {readAhead, type SmallAnswer} from './content-handler.js';
import {answerText} from './http-answer.js';
import {answerHttp} from './http-handler.js';
import {identifyCaller} from './identify-caller.js';
import {PortWire} from './port-wire.js';
import type {ServeContext} from './served-file.js';

export type PeerPortOptions = ServeContext & {
	/** Something about a connection that only a log wants to know. */
	onDetail: (text: string, error?: unknown) => void;
};

/** Small files that are in memory before their turn, for all connections together: 16 MiB at the most. */
const maxReadAhead = 64;

/** How many ports above a taken one are tried. */
const portsToTry = 100;

/**
The one port that a peer serves on. HTTP and both classic dialects come in here; the first bytes tell them apart, and what
is HTTP goes to `node:http` untouched.
*/
export class PeerPort {
	readonly #options: PeerPortOptions;
	readonly #server: Server;
	readonly #wire: PortWire;
	readonly #sockets = new Set<Socket>();
	/** Those that have not asked for anything yet, the oldest first. */
	readonly #silent = new Set<Socket>();
	/** Answers that are asked for on a connection: how many, and the end of the last. */
	readonly #answering = new WeakMap<Socket, {count: number; last: Promise<void>}>();
	/** Small files that are read, or being read, before their turn to be sent. */
	#readAhead = 0;
	readonly #asHttp: (socket: Socket) => void;

	constructor(options: PeerPortOptions) {
		this.#options = options;
		this.#wire = new PortWire(options);
		const serverOptions = {
			ServerResponse: this.#wire.responses,
			headersTimeout: limits.firstByteTimeoutMs,
			requestTimeout: limits.transferIdleTimeoutMs,
			// A downloader may think for a while before it asks for more.
			keepAliveTimeout: limits.transferIdleTimeoutMs,
		};
		this.#server = createServer(serverOptions, (request, response) => {
			this.#wire.request(request);
			this.#enqueue(request, response);
		});
		// A client that stops reading holds its connection no longer than this.
		this.#server.setTimeout(limits.transferIdleTimeoutMs);
		this.#server.on('clientError', (error, socket) => {
			this.#wire.clientError(error, socket as Socket);
		});
		// What node:http does with a connection of its own; ours are looked at first.
		const [asHttp] = this.#server.listeners('connection') as Array<(socket: Socket) => void>;
		this.#server.removeAllListeners('connection');
		this.#asHttp = socket => {
			asHttp!.call(this.#server, socket);
		};

		this.#server.on('connection', (socket: Socket) => {
			void this.#accept(socket);
		});
	}

	/**
	Listen on the port, or the next free one above it.

	@param port - 0 picks any free one.
	@throws {PeerError} When the address can not be used or no port is free.
	*/
	async listen(host: string, port: number): Promise<{host: string; port: number}> {
		for (let next = port; next < port + portsToTry && (next === 0 || isPort(next)); next++) {
			try {
				return await this.#listen(host, next);
			} catch (error) {
				const code = codeOf(error);
				if (code === 'EACCES') {
					throw new PeerError(`Port ${next} needs more rights than this program has; choose one above 1023`);
				}

				if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EADDRNOTAVAIL') {
					throw new UsageError(`Can not listen on ${host}: it is no address of this machine`, {cause: error});
				}

				if (code !== 'EADDRINUSE') {
					throw new PeerError(`Can not listen on ${host}: ${reasonOf(error)}`, {
						cause: error,
					});
				}
			}
		}

		throw new PeerError(`Ports ${port} to ${port + portsToTry - 1} are all taken; choose another by --port`);
	}

	async close(): Promise<void> {
		const closed = new Promise(resolve => {
			this.#server.close(resolve);
		});
		for (const socket of this.#sockets) {
			socket.destroy();
		}

		await closed;
	}

	async #listen(host: string, port: number): Promise<{host: string; port: number}> {
		this.#server.listen({host, port});
		await once(this.#server, 'listening');
		const {address, port: actual} = this.#server.address() as AddressInfo;
		this.#server.on('error', error => {
			this.#options.onDetail('Accepting a connection failed', error);
		});
		return {host: address, port: actual};
	}

	async #accept(socket: Socket): Promise<void> {
		const {onDetail} = this.#options;
		if (!this.#makeRoom()) {
			socket.destroy();
			return;
		}

		this.#sockets.add(socket);
		this.#silent.add(socket);
		socket.on('close', () => this.#sockets.delete(socket));
		const onError = (error: Error) => {
			onDetail(`The connection from ${socket.remoteAddress} failed`, error);
			socket.destroy();
		};

		socket.on('error', onError);
		// Asked for once, node goes on knowing it when the connection has closed.
		const peer = normalizeIp(socket.remoteAddress ?? '');
		const caller = await identifyCaller(socket);
		this.#silent.delete(socket);
		switch (caller.kind) {
			case 'http': {
				socket.off('error', onError);
				this.#asHttp(socket);
				socket.unshift(caller.seen);
				socket.resume();
				break;
			}

			case 'classic': {
				const {name, isFramed} = caller;
				this.#wire.caller(socket, caller);
				await this.#classic(socket, {name, isFramed, peer});
				break;
			}

			case 'unknown': {
				this.#wire.caller(socket, caller);
				onDetail(`${peer} sent no request`);
				socket.destroy();
			}
		}
	}

	/** A stranger's connections that ask nothing must not keep others out: when all places are taken, the oldest of them goes. */
	#makeRoom(): boolean {
		if (this.#sockets.size < limits.maxPeerConnections) {
			return true;
		}

		const [oldest] = this.#silent;
		if (!oldest) {
			return false;
		}

		this.#silent.delete(oldest);
		this.#sockets.delete(oldest);
		oldest.destroy();
		return true;
	}

	async #classic(socket: Socket, request: ClassicRequest): Promise<void> {
		try {
			// What comes after the request is nothing to us, but must be read for the end to be seen.
			socket.resume();
			socket.setTimeout(limits.transferIdleTimeoutMs, () => socket.destroy());
			await answerClassic(this.#options, socket, request);
		} catch (error) {
			this.#options.onDetail(`Sending ${JSON.stringify(request.name)} to ${request.peer} failed`, error);
			socket.destroy();
		}
	}

	/** Questions may come before the last is answered (RFC 9112 section 9.3.2); files are opened and read one after the other. */
	#enqueue(request: IncomingMessage, response: ServerResponse): void {
		const {socket} = request;
		const queue = this.#answering.get(socket) ?? {count: 0, last: Promise.resolve()};
		this.#answering.set(socket, queue);
		queue.count++;
		if (queue.count > limits.maxPipelined) {
			socket.destroy();
			return;
		}

		const ahead = this.#readAhead < maxReadAhead ? readAhead(this.#options, request) : undefined;
		if (ahead) {
			this.#readAhead++;
		}

		queue.last = queue.last.then(async () => {
			if (!socket.destroyed) {
				await this.#http(request, response, ahead);
			}

			if (ahead) {
				this.#readAhead--;
			}

			queue.count--;
		});
	}

	async #http(request: IncomingMessage, response: ServerResponse, ahead?: SmallAnswer): Promise<void> {
		try {
			await answerHttp(this.#options, request, response, ahead);
		} catch (error) {
			this.#options.onDetail(`Answering ${request.method} ${request.url} failed`, error);
			if (response.headersSent) {
				response.destroy();
			} else {
				answerText(response, 500, `The file can not be read: ${reasonOf(error)}`);
			}
		}
	}
}
