import type {Buffer} from 'node:buffer';
import type {Socket} from 'node:net';
import {normalizeIp} from '../source/protocol/address.js';
import {decodePeerMessage} from '../source/protocol/decode.js';
import {encodeTrackerMessage} from '../source/protocol/encode.js';
import {ProtocolError} from '../source/protocol/errors.js';
import {JsonStream} from '../source/protocol/json-stream.js';
import {limits} from '../source/protocol/limits.js';
import type {Init, KeepAlive, PeerMessage} from '../source/protocol/messages.js';
import type {Registry, TrackedPeer} from './registry.js';
import type {View} from './view.js';

export type SessionOptions = {
	socket: Socket;
	registry: Registry;
	view: View;
	nowMs: () => number;
	/** Called before a snapshot is taken: what is in it must not be pushed again. */
	flushChanges: () => void;
	onMalformed: (ip: string, error: ProtocolError) => void;
	/** This connection now speaks for the peer; another that did before is to be closed. */
	onOwner: (peer: TrackedPeer, session: Session) => void;
	onClose: (session: Session) => void;
};

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
	/** What may wait unsent: a snapshot is allowed to be large, a client that stops reading is not. */
	#maxUnsentBytes: number = limits.maxUnsentBytes;

	constructor(options: SessionOptions) {
		const {socket} = options;
		this.#options = options;
		this.#socket = socket;
		this.view = options.view;
		this.#ip = normalizeIp(socket.remoteAddress ?? '');
		socket.setNoDelay(true);
		// Finds the other side dead when its machine vanished without a word.
		socket.setKeepAlive(true, limits.classicPeerTtlMs);
		// A connection that never says a word holds a descriptor no longer than a silent classic peer does.
		socket.setTimeout(limits.classicPeerTtlMs);
		socket.on('timeout', () => socket.destroy());
		socket.on('data', chunk => {
			this.#read(chunk);
		});
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			this.#closed();
		});
	}

	/** Queue a line for the client; one that has stopped reading is cut off. */
	send(line: string | Buffer): void {
		if (this.#socket.writableLength > this.#maxUnsentBytes) {
			this.#socket.destroy();
			return;
		}

		if (this.#socket.writable) {
			this.#socket.write(line);
		}
	}

	close(): void {
		this.#socket.end();
		this.#socket.setTimeout(closeTimeoutMs);
	}

	/** Another connection has taken this one's peer over. */
	disown(): void {
		this.peer = undefined;
		this.close();
	}

	#read(chunk: Buffer): void {
		try {
			for (const value of this.#stream.push(chunk)) {
				const message = decodePeerMessage(value);
				if (message) {
					this.#socket.setTimeout(0);
					this.#handle(message);
				}
			}
		} catch (error) {
			if (!(error instanceof ProtocolError)) {
				throw error;
			}

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
		const {registry, nowMs, flushChanges, onOwner} = this.#options;
		if (this.peer && this.peer.port !== init.port) {
			registry.leave(this.peer, 'replaced');
			this.peer = undefined;
		}

		if (!init.isObserver) {
			const peer = registry.announce(this.#ip, init, nowMs(), this.peer !== undefined);
			onOwner(peer, this);
			this.peer = peer;
		}

		if (init.version === 1) {
			this.send(this.view.directory());
			return;
		}

		flushChanges();
		const snapshot = this.view.snapshot(this.peer?.id);
		this.#maxUnsentBytes = limits.maxUnsentBytes + snapshot.length;
		this.isSubscribed = true;
		this.send(snapshot);
	}

	#keepAlive({port}: KeepAlive): void {
		const {registry, nowMs} = this.#options;
		if (this.isSubscribed) {
			if (this.peer) {
				registry.touch(this.peer, nowMs());
			}

			this.send(encodeTrackerMessage({type: 'keep-alive', revision: registry.revision}));
			return;
		}

		if (port === undefined) {
			return;
		}

		// A classic peer whose Init the tracker has not seen, say because it restarted, shares nothing but is alive.
		if (this.peer?.port === port) {
			registry.touch(this.peer, nowMs());
			this.send(this.view.directory());
		} else {
			this.#init({
				type: 'init',
				port,
				files: [],
				version: 1,
				name: '',
				isObserver: false,
			});
		}
	}

	#closed(): void {
		const {registry, nowMs, onClose} = this.#options;
		this.isSubscribed = false;
		if (this.peer) {
			registry.disconnect(this.peer, nowMs());
		}

		onClose(this);
	}
}
