import {Buffer} from 'node:buffer';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {once} from 'node:events';
import {performance} from 'node:perf_hooks';
import {formatAddress, normalizeIp} from '../source/protocol/address.js';
import {reasonOf} from '../source/protocol/errors.js';
import {encodeLine} from '../source/protocol/encode.js';
import type {JsonObject} from '../source/protocol/json-stream.js';
import {limits} from '../source/protocol/limits.js';
import {describeControl} from '../source/protocol/wire-control.js';
import {bytesOf} from '../source/protocol/wire-text.js';
import {Wire, type WireDescription, type WireMessage} from '../source/protocol/wire.js';
import {Registry, type RegistryChange, type TrackedPeer} from './registry.js';
import {Session, type PushedLine} from './session.js';
import {View} from './view.js';

export type TrackerEvent =
	| {event: 'listening'; address: string; host: string; port: number}
	| RegistryEvent
	| {event: 'malformed'; ip: string; message: string};

type RegistryEvent = {
	event: RegistryChange['type'];
	revision: number;
	name: string;
	ip: string;
	port: number;
} & {
	version?: 1 | 2;
	files?: number;
	removed?: number;
	/** Contents of which a peer began to offer pieces, or stopped to. */
	parts?: number;
	reason?: string;
};

export type TrackerOptions = {
	host: string;
	/** 0 picks a free one. */
	port: number;
	/** Silence after which one of our own peers is dropped. */
	ttlMs?: number;
	classicTtlMs?: number;
	graceMs?: number;
	onEvent?: (event: TrackerEvent) => void;
	/** Every message of every client, while the wire is watched. */
	onWire?: (message: WireMessage) => void;
};

/** Changes are gathered for this long, so that a stampede of peers costs each client one write, not one a peer. */
const flushDelayMs = 20;

/** How often the silent are looked for. */
const expireIntervalMs = 250;

/** The tracker's sockets: accepts peers of all dialects on one port and pushes changes to those that speak version 2. */
export class Tracker {
	readonly #server: Server;
	readonly #registry: Registry;
	readonly #sessions = new Set<Session>();
	readonly #owners = new Map<TrackedPeer, Session>();
	readonly #views = new Map<string, View>();
	readonly #options: TrackerOptions;
	readonly #wire: Wire;
	#pendingChanges: RegistryChange[] = [];
	#flushTimer: NodeJS.Timeout | undefined;
	#expireTimer: NodeJS.Timeout | undefined;

	constructor(options: TrackerOptions) {
		this.#options = options;
		this.#wire = new Wire(message => {
			options.onWire?.(message);
		});
		this.#registry = new Registry({
			...options,
			onChange: change => {
				this.#changed(change);
			},
		});
		this.#server = createServer(socket => {
			this.#accept(socket);
		});
		this.#server.maxConnections = limits.maxTrackerConnections;
	}

	/** Whether it listens on all addresses of this machine. */
	get isEverywhere(): boolean {
		return this.#options.host === '0.0.0.0' || this.#options.host === '::';
	}

	/** @throws {NodeJS.ErrnoException} When the address can not be used, `EADDRINUSE` for a taken port. */
	async listen(): Promise<{host: string; port: number}> {
		const {host, port, onEvent} = this.#options;
		this.#server.listen({host, port});
		await once(this.#server, 'listening');
		// A failed accept (no descriptors left) ends that connection, not the tracker.
		this.#server.on('error', () => {});
		this.#expireTimer = setInterval(() => {
			this.#registry.expire(performance.now());
		}, expireIntervalMs);
		const address = this.#server.address() as AddressInfo;
		const listening = {host: address.address, port: address.port};
		onEvent?.({
			event: 'listening',
			address: formatAddress(listening),
			...listening,
		});
		return listening;
	}

	/** Tell every message on the wire, or no longer. */
	watchWire(isOn: boolean): void {
		this.#wire.isWatched = isOn;
	}

	/** Close every connection and leave no timer behind. */
	async close(): Promise<void> {
		clearInterval(this.#expireTimer);
		this.#flush();
		const closed = new Promise(resolve => {
			this.#server.close(resolve);
		});
		for (const session of this.#sessions) {
			session.close();
		}

		await closed;
		clearTimeout(this.#flushTimer);
	}

	#accept(socket: Socket): void {
		const ownIp = normalizeIp(socket.localAddress ?? '');
		let view = this.#views.get(ownIp);
		if (!view) {
			view = new View(this.#registry, ownIp);
			this.#views.set(ownIp, view);
		}

		const session = new Session({
			socket,
			registry: this.#registry,
			view,
			wire: this.#wire,
			nowMs: () => performance.now(),
			flushChanges: () => {
				this.#flush();
			},
			onMalformed: (ip, error) => {
				this.#options.onEvent?.({
					event: 'malformed',
					ip,
					message: reasonOf(error),
				});
			},
			onOwner: (peer, owner) => {
				const former = this.#owners.get(peer);
				this.#owners.set(peer, owner);
				if (former && former !== owner) {
					former.disown();
				}
			},
			onClose: closed => {
				this.#sessions.delete(closed);
				if (closed.peer && this.#owners.get(closed.peer) === closed) {
					this.#owners.delete(closed.peer);
				}
			},
		});
		this.#sessions.add(session);
	}

	#changed(change: RegistryChange): void {
		this.#pendingChanges.push(change);
		this.#flushTimer ??= setTimeout(() => {
			this.#flush();
		}, flushDelayMs);
		if (change.type === 'left' && !(change.reason === 'silent' && change.peer.version === 1)) {
			this.#dropOwner(change.peer);
		}

		this.#options.onEvent?.(eventOf(change));
	}

	/**
	A peer of ours that fell silent on an open connection is cut off: if it lives, it connects again and says so. A classic peer
	would end when cut off, so it keeps its connection and is back with its next word.
	*/
	#dropOwner(peer: TrackedPeer): void {
		const owner = this.#owners.get(peer);
		this.#owners.delete(peer);
		if (owner?.peer === peer) {
			owner.peer = undefined;
			owner.close();
		}
	}

	#flush(): void {
		clearTimeout(this.#flushTimer);
		this.#flushTimer = undefined;
		const changes = this.#pendingChanges;
		if (changes.length === 0) {
			return;
		}

		this.#pendingChanges = [];
		const lines = new Map<View, PushedLine>();
		for (const session of this.#sessions) {
			if (!session.isSubscribed) {
				continue;
			}

			let line = lines.get(session.view);
			if (line === undefined) {
				line = pushedLine(changes.map(change => session.view.message(change)));
				lines.set(session.view, line);
			}

			session.push(line);
		}
	}
}

function pushedLine(messages: JsonObject[]): PushedLine {
	const lines = messages.map(message => encodeLine(message));
	let described: WireDescription[] | undefined;
	return {
		line: Buffer.from(lines.join('')),
		describe() {
			described ??= messages.map((message, index) => describeControl('tracker', message, bytesOf(lines[index]!)));
			return described;
		},
	};
}

function eventOf(change: RegistryChange): RegistryEvent {
	const {type, revision, peer} = change;
	const event = {
		event: type,
		revision,
		name: peer.name,
		ip: peer.ip,
		port: peer.port,
	};
	switch (change.type) {
		case 'joined': {
			return {...event, version: peer.version, files: peer.files.size};
		}

		case 'left': {
			return {...event, reason: change.reason};
		}

		case 'changed': {
			return {
				...event,
				files: change.added.length,
				removed: change.removed.length,
				parts: (change.parts?.added.length ?? 0) + (change.parts?.removed.length ?? 0),
			};
		}
	}
}
