import {once} from 'node:events';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {addressOf, formatAddress, isPort, type Address} from '../protocol/address.js';
import {codeOf, PeerError, reasonOf, UsageError} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {quoted, safeText} from '../protocol/safe-text.js';
import type {WireMessage} from '../protocol/wire.js';

/** Where the port is taken, the next ones are tried. */
const portsToTry = 20;

/** How much of what came is shown as text. */
const maxTextBytes = 1024;

const keepAliveMs = 60_000;

export type EchoOptions = {
	/** Every chunk that comes and goes, and who comes and goes. */
	onMessage: (message: WireMessage) => void;
	/** How many are connected now. */
	onClients: (clients: number) => void;
};

/**
Sends back what it is sent, byte for byte, to the end (RFC 862): the smallest server there is. A client that does not read what comes
back is not read from either, so that nothing piles up here.
*/
export class EchoServer {
	readonly #options: EchoOptions;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	constructor(options: EchoOptions) {
		this.#options = options;
		// A client that has sent all may still wait for the last of its echo.
		this.#server = createServer({allowHalfOpen: true}, socket => {
			this.#accept(socket);
		});
		this.#server.maxConnections = limits.maxEchoConnections;
		this.#server.on('drop', client => {
			const remote = addressOf(client?.remoteAddress, client?.remotePort);
			this.#tell(remote, 'in', 'refused', {summary: `already ${limits.maxEchoConnections} connections`});
		});
	}

	/**
	Listen on the port, or the next free one above it.

	@param port - 0 picks any free one.
	@throws {UsageError} When the host is no address of this machine.
	@throws {PeerError} When no port can be had.
	*/
	async listen({host, port}: Address): Promise<Address> {
		for (let next = port; next < port + portsToTry && (next === 0 || isPort(next)); next++) {
			try {
				this.#server.listen({host, port: next});
				await once(this.#server, 'listening');
				const {address, port: actual} = this.#server.address() as AddressInfo;
				// It goes on listening: descriptors may be free again for the next client.
				this.#server.on('error', () => {});
				return {host: address, port: actual};
			} catch (error) {
				if (codeOf(error) !== 'EADDRINUSE') {
					throw listenProblem(error, {host, port: next});
				}
			}
		}

		throw new PeerError(`Ports ${port} to ${port + portsToTry - 1} are all taken on ${host}; name another`);
	}

	/** Leave all clients. */
	async close(): Promise<void> {
		const closed = new Promise(resolve => {
			this.#server.close(resolve);
		});
		for (const socket of this.#sockets) {
			socket.destroy();
		}

		await closed;
	}

	#accept(socket: Socket): void {
		const remote = addressOf(socket.remoteAddress, socket.remotePort);
		let cameBytes = 0;
		let wentBytes = 0;
		let problem: string | undefined;
		this.#sockets.add(socket);
		this.#options.onClients(this.#sockets.size);
		this.#tell(remote, 'in', 'connected', {summary: 'waits for bytes to send back'});
		socket.setNoDelay(true);
		// A machine that has vanished while its client does not read is noticed by this alone.
		socket.setKeepAlive(true, keepAliveMs);
		socket.on('data', chunk => {
			cameBytes += chunk.length;
			this.#tellData(remote, 'in', chunk);
			const hasRoom = socket.write(chunk, error => {
				if (!error) {
					wentBytes += chunk.length;
					this.#tellData(remote, 'out', chunk);
				}
			});
			if (!hasRoom) {
				socket.pause();
			}
		});
		socket.on('drain', () => {
			socket.resume();
		});
		// It has sent all; it is still sent the rest.
		socket.on('end', () => {
			socket.end();
		});
		socket.on('error', error => {
			problem = reasonOf(error);
		});
		socket.on('close', () => {
			this.#sockets.delete(socket);
			this.#options.onClients(this.#sockets.size);
			const summary = `${cameBytes} B came, ${wentBytes} B went back`;
			this.#tell(remote, 'in', 'closed', {
				summary: problem === undefined ? summary : `${remote} ${problem}; ${summary}`,
			});
		});
	}

	#tellData(remote: string, direction: 'in' | 'out', chunk: Uint8Array): void {
		const text = new TextDecoder().decode(chunk.subarray(0, maxTextBytes));
		this.#tell(remote, direction, 'data', {
			bytes: chunk.length,
			summary: quoted(text),
			fields: [
				{name: 'bytes', value: String(chunk.length)},
				{name: 'text', value: safeText(text)},
			],
			// A copy: the rest of what was read would stay in memory with it.
			raw: Uint8Array.from(chunk.subarray(0, limits.maxWireBytes)),
		});
	}

	#tell(
		remote: string,
		direction: 'in' | 'out',
		kind: string,
		values: Pick<WireMessage, 'summary'> & Partial<WireMessage>,
	): void {
		this.#options.onMessage({
			atMs: Date.now(),
			plane: 'echo',
			direction,
			end: 'echo',
			remote,
			party: remote,
			kind,
			bytes: 0,
			fields: [],
			raw: new Uint8Array(),
			...values,
		});
	}
}

function listenProblem(error: unknown, {host, port}: Address): PeerError {
	const code = codeOf(error);
	if (code === 'EACCES') {
		return new PeerError(`Port ${port} needs more rights than this program has; choose one above 1023`);
	}

	return ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL'].includes(code ?? '')
		? new UsageError(`Can not listen on ${host}: it is no address of this machine`, {cause: error})
		: new PeerError(`Can not listen on ${formatAddress({host, port})}: ${reasonOf(error)}`, {cause: error});
}
