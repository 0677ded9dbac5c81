import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {codeOf} from '../../protocol/errors.js';
import {RateLimit} from '../../peer/rate-limit.js';
import {OneWay, type LinkSpeed} from './one-way.js';

const host = '127.0.0.1';

/** A port that another program has taken while the link was cut is asked for again this often. */
const portRetryMs = 200;

/** What may be on its way: a tenth of a second more than the delay holds. Without a limit, as much as a fast link does in that time. */
const slackMs = 100;
const minWaitingBytes = 64 * 1024;
const unlimitedWaitingBytes = 4 * 1024 * 1024;

/**
The line to a server on this machine, which can be made long, narrow, or cut: a TCP proxy on loopback that knows nothing of what it
passes on.
*/
export class LinkProxy {
	/** The port that is passed on to; until it is known, whoever connects is turned away. */
	target: number | undefined;
	readonly #sockets = new Set<Socket>();
	readonly #stop = new AbortController();
	#server: Server | undefined;
	#port = 0;
	#delayMs = 0;
	#bytesPerSecond: number | undefined;
	#up: LinkSpeed = speedOf(0, undefined);
	#down: LinkSpeed = speedOf(0, undefined);
	/** Cuts and repairs happen one after the other. */
	#turn: Promise<void> = Promise.resolve();
	#isCut = false;

	/** @param target - The port that is passed on to, if it is known yet. */
	constructor(target?: number) {
		this.target = target;
	}

	/** The port that others connect to: the same after each repair. */
	get port(): number {
		return this.#port;
	}

	get isCut(): boolean {
		return this.#isCut;
	}

	/** How long a byte takes from one end to the other, in either direction: half of what a round trip takes longer. */
	get delayMs(): number {
		return this.#delayMs;
	}

	set delayMs(delayMs: number) {
		this.#delayMs = delayMs;
		this.#change();
	}

	/** What all connections may take together, in each direction; undefined where nothing holds them up. */
	get bytesPerSecond(): number | undefined {
		return this.#bytesPerSecond;
	}

	set bytesPerSecond(bytesPerSecond: number | undefined) {
		this.#bytesPerSecond = bytesPerSecond;
		this.#change();
	}

	/** @throws {NodeJS.ErrnoException} When no port can be had. */
	async listen(): Promise<number> {
		await this.#listen(0);
		return this.#port;
	}

	/** Break every connection off, and refuse new ones. */
	async cut(): Promise<void> {
		return this.#setCut(true);
	}

	/**
	Listen again, on the same port.

	@throws {NodeJS.ErrnoException} When that can not be, for another reason than that the port is taken: then it is waited for.
	*/
	async restore(): Promise<void> {
		return this.#setCut(false);
	}

	/** Leave no connection, timer or port behind. */
	async close(): Promise<void> {
		this.#stop.abort();
		return this.cut();
	}

	async #setCut(isCut: boolean): Promise<void> {
		this.#isCut = isCut;
		const done = this.#turn.then(async () => (isCut ? this.#close() : this.#listenAgain()));
		this.#turn = done.catch(() => {});
		return done;
	}

	#change(): void {
		this.#up = speedOf(this.#delayMs, this.#bytesPerSecond);
		this.#down = speedOf(this.#delayMs, this.#bytesPerSecond);
	}

	async #listen(port: number): Promise<void> {
		// Either side may end its half of a connection and listen on.
		const server = createServer({allowHalfOpen: true, noDelay: true}, socket => {
			this.#accept(socket);
		});
		server.listen({host, port});
		await once(server, 'listening');
		// A failed accept (no descriptors left) ends that connection, not the link.
		server.on('error', () => {});
		this.#server = server;
		this.#port = (server.address() as AddressInfo).port;
	}

	/** On the same port, however long that takes. */
	async #listenAgain(): Promise<void> {
		const {signal} = this.#stop;
		while (!this.#server && !this.#isCut && !signal.aborted) {
			try {
				await this.#listen(this.#port);
			} catch (error) {
				if (codeOf(error) !== 'EADDRINUSE') {
					throw error;
				}

				await delay(portRetryMs, undefined, {signal}).catch(() => {});
			}
		}
	}

	async #close(): Promise<void> {
		const server = this.#server;
		if (!server) {
			return;
		}

		this.#server = undefined;
		const closed = new Promise(resolve => {
			server.close(resolve);
		});
		for (const socket of this.#sockets) {
			breakOff(socket);
		}

		await closed;
	}

	#accept(caller: Socket): void {
		if (this.target === undefined) {
			breakOff(caller);
			return;
		}

		const callee = connect({host, port: this.target, allowHalfOpen: true, noDelay: true});
		new OneWay(caller, callee, () => this.#up); // eslint-disable-line no-new -- it lives as long as its sockets
		new OneWay(callee, caller, () => this.#down); // eslint-disable-line no-new -- it lives as long as its sockets
		this.#tie(caller, callee);
		this.#tie(callee, caller);
	}

	/** An end that breaks off takes the other with it; one that has ended in good order does not: what it said is still on its way. */
	#tie(end: Socket, other: Socket): void {
		this.#sockets.add(end);
		end.on('error', () => {
			breakOff(other);
		});
		end.on('close', () => {
			this.#sockets.delete(end);
			if (!end.readableEnded) {
				breakOff(other);
			}
		});
	}
}

/** By a reset: an orderly end is an end of one half only, and who sends may go on for long. */
const breakOff = (socket: Socket) => socket.resetAndDestroy();

function speedOf(delayMs: number, bytesPerSecond: number | undefined): LinkSpeed {
	const limit = bytesPerSecond === undefined ? undefined : new RateLimit(bytesPerSecond);
	const heldBytes =
		bytesPerSecond === undefined ? unlimitedWaitingBytes : (bytesPerSecond * (delayMs + slackMs)) / 1000;
	return {delayMs, limit, maxWaitingBytes: Math.max(minWaitingBytes, heldBytes)};
}
