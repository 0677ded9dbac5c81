import {Buffer} from 'node:buffer';
import type {Socket} from 'node:net';
import {addressOf, normalizeIp} from '../source/protocol/address.js';
import {decodePeerMessage} from '../source/protocol/decode.js';
import {encodeTrackerMessage} from '../source/protocol/encode.js';
import {reasonOf} from '../source/protocol/errors.js';
import {JsonStream} from '../source/protocol/json-stream.js';
import {limits} from '../source/protocol/limits.js';
import type {Init, KeepAlive, PeerMessage} from '../source/protocol/messages.js';
import {describeControl} from '../source/protocol/wire-control.js';
import {bytesOf, describeMalformed} from '../source/protocol/wire-text.js';
import type {Wire, WireDescription, WireMessage} from '../source/protocol/wire.js';
import type {Registry, TrackedPeer} from './registry.js';
import type {View} from './view.js';

export type SessionOptions = {
	socket: Socket;
	registry: Registry;
	view: View;
	nowMs: () => number;
	/** Called before a snapshot is taken: what is in it must not be pushed again. */
	flushChanges: () => void;
	onMalformed: (ip: string, error: unknown) => void;
	/** This connection now speaks for the peer; another that did before is to be closed. */
	onOwner: (peer: TrackedPeer, session: Session) => void;
	onClose: (session: Session) => void;
	wire?: Wire;
};

/** A line that goes to several clients, encoded once for all of them, and described once where somebody watches. */
export type PushedLine = {line: Buffer; describe: () => WireDescription[]};

/** How long a client that does not read may hold up the closing of its connection. */
const closeTimeoutMs = 1000;

/** One connection to the tracker: reads messages, answers in the client's own dialect. */
export class Session {
	readonly view: View;
	/** Whether this client has had its snapshot and gets changes pushed. */
	isSubscribed = false;
	/** The peer that this connection speaks for. */
	peer: TrackedPeer | undefined;
	readonly #options: SessionOptions;
	readonly #socket: Socket;
	readonly #stream = new JsonStream();
	readonly #ip: string;
	readonly #remote: string;
	/** What it calls itself. */
	#name = '';
	#isMalformed = false;
	/** The largest line it was sent: that much may wait unsent, and a little more. */
	#largestBytes = 0;
	#cutOff: NodeJS.Timeout | undefined;
	#isClosing = false;

	constructor(options: SessionOptions) {
		const {socket} = options;
		this.#options = options;
		this.#socket = socket;
		this.view = options.view;
		this.#ip = normalizeIp(socket.remoteAddress ?? '');
		this.#remote = addressOf(socket.remoteAddress, socket.remotePort);
		socket.setNoDelay(true);
		// Finds the other side dead when its machine vanished without a word.
		socket.setKeepAlive(true, limits.classicPeerTtlMs);
		// A connection that never says a whole word holds a descriptor no longer than a silent classic peer does.
		this.#cutOffAfter(limits.classicPeerTtlMs);
		socket.on('data', chunk => {
			this.#read(chunk);
		});
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			this.#closed();
		});
	}

	/**
	Queue a line, in one or more parts, for the client; one that has stopped reading is cut off.

	@returns Whether it is queued.
	*/
	send(...parts: Buffer[]): boolean {
		if (this.#socket.writableLength > limits.maxUnsentBytes + this.#largestBytes) {
			this.#socket.destroy();
			return false;
		}

		if (!this.#socket.writable) {
			return false;
		}

		let bytes = 0;
		this.#socket.cork();
		for (const part of parts) {
			bytes += part.length;
			this.#socket.write(part);
		}

		this.#socket.uncork();
		this.#largestBytes = Math.max(this.#largestBytes, bytes);
		return true;
	}

	/** Queue changes for the client. */
	push({line, describe}: PushedLine): void {
		if (this.send(line) && this.#options.wire?.isWatched) {
			for (const description of describe()) {
				this.#see('out', () => description);
			}
		}
	}

	/** Send what is queued and close; a client that does not read, or does not stop to send, is cut off after a moment. */
	close(): void {
		this.#isClosing = true;
		this.#socket.end();
		this.#cutOffAfter(closeTimeoutMs);
	}

	/**
	Another connection has taken this one's peer over. A class program would end when its connection does; it may be another
	one behind the same address, so it keeps its connection.
	*/
	disown(): void {
		this.peer = undefined;
		if (this.isSubscribed) {
			this.close();
		}
	}

	#cutOffAfter(delayMs: number): void {
		clearTimeout(this.#cutOff);
		this.#cutOff = setTimeout(() => this.#socket.destroy(), delayMs);
	}

	#read(chunk: Buffer): void {
		try {
			for (const value of this.#stream.push(chunk)) {
				const message = decodePeerMessage(value);
				if (message?.type === 'init') {
					this.#name = message.name;
				}

				this.#see('in', () => describeControl('peer', value, this.#stream.taken));
				if (message && !this.#isClosing) {
					clearTimeout(this.#cutOff);
					this.#handle(message);
				}
			}
		} catch (error) {
			// Whatever a client's message breaks, it ends that client and not the tracker.
			this.#isMalformed = true;
			this.#see('in', () => describeMalformed(this.#stream.taken, reasonOf(error)));
			this.#options.onMalformed(this.#ip, error);
			this.#socket.destroy();
		}
	}

	#handle(message: PeerMessage): void {
		const {registry, nowMs} = this.#options;
		switch (message.type) {
			case 'init': {
				this.#init(message);
				break;
			}

			case 'keep-alive': {
				this.#keepAlive(message);
				break;
			}

			case 'files': {
				if (this.peer) {
					registry.touch(this.peer, nowMs());
					registry.update(this.peer, message);
				}

				break;
			}

			case 'bye': {
				if (this.peer) {
					registry.leave(this.peer, 'bye');
					this.peer = undefined;
				}

				this.close();
			}
		}
	}

	#init(init: Init): void {
		const {registry, nowMs, flushChanges} = this.#options;
		const former = this.peer;
		if (former && (former.port !== init.port || former.name !== init.name || former.version !== init.version)) {
			// It is somebody else now: no reason to close its connection.
			this.peer = undefined;
			registry.leave(former, 'replaced');
		}

		if (!init.isObserver) {
			this.#own(registry.announce(this.#ip, init, nowMs(), this.peer !== undefined));
		}

		if (init.version === 1) {
			this.#sendDirectory();
			return;
		}

		flushChanges();
		this.isSubscribed = true;
		const you = this.peer?.id;
		if (this.send(...this.view.snapshot(you))) {
			this.#see('out', () => this.view.describeSnapshot(you));
		}
	}

	#sendDirectory(): void {
		if (this.send(this.view.directory())) {
			this.#see('out', () => this.view.describeDirectory());
		}
	}

	#own(peer: TrackedPeer): void {
		this.#options.onOwner(peer, this);
		this.peer = peer;
	}

	#keepAlive({port}: KeepAlive): void {
		const {registry, nowMs} = this.#options;
		if (this.isSubscribed) {
			if (this.peer) {
				registry.touch(this.peer, nowMs());
			}

			const message = {type: 'keep-alive', revision: registry.revision} as const;
			const line = encodeTrackerMessage(message);
			if (this.send(Buffer.from(line))) {
				this.#see('out', () => describeControl('tracker', message, bytesOf(line)));
			}

			return;
		}

		if (port === undefined) {
			return;
		}

		const address = {ip: this.#ip, port};
		if (this.peer?.port === port) {
			registry.touch(this.peer, nowMs());
		} else if (registry.has(address)) {
			const resumed = registry.resume(address, nowMs());
			if (resumed) {
				this.#own(resumed);
			}
		} else {
			// A classic peer whose Init this tracker has not seen, say because it restarted, shares nothing but is alive.
			const init = {port, files: [], parts: [], version: 1 as const, name: ''};
			this.#own(registry.announce(this.#ip, init, nowMs()));
		}

		this.#sendDirectory();
	}

	#see(direction: WireMessage['direction'], describe: () => WireDescription): void {
		this.#options.wire?.see(() => ({
			plane: 'control',
			end: 'tracker',
			direction,
			remote: this.#remote,
			party: this.#name === '' ? this.#remote : this.#name,
			...describe(),
		}));
	}

	#closed(): void {
		const {registry, nowMs, onClose} = this.#options;
		this.isSubscribed = false;
		clearTimeout(this.#cutOff);
		if (this.#stream.pendingBytes > 0 && !this.#isMalformed) {
			this.#see('in', () => describeMalformed(this.#stream.taken, 'The connection closed in the middle of a message'));
		}

		if (this.peer) {
			registry.disconnect(this.peer, nowMs());
		}

		onClose(this);
	}
}
