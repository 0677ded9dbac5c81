import {Buffer} from 'node:buffer';
import {isLoopback} from '../source/protocol/address.js';
import {encodeDirectory, wireFile, wirePeer, wireTrackerMessage} from '../source/protocol/encode.js';
import {isClassicName} from '../source/protocol/file-name.js';
import type {JsonObject} from '../source/protocol/json-stream.js';
import type {DirectoryEntry, PeerRecord} from '../source/protocol/messages.js';
import {describeControl} from '../source/protocol/wire-control.js';
import type {WireDescription} from '../source/protocol/wire.js';
import type {HeldFile, Registry, RegistryChange, TrackedPeer} from './registry.js';

/**
The directory as clients see it who reached the tracker on one of its addresses. A peer on the tracker's own machine is seen as
loopback, which is of no use to anybody elsewhere: they get the address they themselves reached. Everything is encoded once a
view and revision, not once a client.
*/
export class View {
	readonly #registry: Registry;
	readonly #ownIp: string;
	#directory: {revision: number; line: Buffer; description?: WireDescription} | undefined;
	#snapshot: {revision: number; peers: Buffer; records?: JsonObject[]} | undefined;

	constructor(registry: Registry, ownIp: string) {
		this.#registry = registry;
		this.#ownIp = ownIp;
	}

	/** The one answer of the class protocol. */
	directory(): Buffer {
		const {revision} = this.#registry;
		if (this.#directory?.revision !== revision) {
			this.#directory = {
				revision,
				line: Buffer.from(encodeDirectory(this.#newest())),
			};
		}

		return this.#directory.line;
	}

	/**
	The snapshot in two parts: its head, for one client, and the peers, shared by all who join at this revision.

	@param you - The id of the peer that is told.
	*/
	snapshot(you: number | undefined): [head: Buffer, peers: Buffer] {
		const {revision} = this.#registry;
		if (this.#snapshot?.revision !== revision) {
			this.#snapshot = {revision, peers: Buffer.from(`,"peers":${JSON.stringify(this.#records())}}\n`)};
		}

		const head = JSON.stringify(headOf(revision, you));
		return [Buffer.from(head.slice(0, -1)), this.#snapshot.peers];
	}

	/** The directory as somebody sees it who watches the wire; worked out once a revision, like what is sent. */
	describeDirectory(): WireDescription {
		const line = this.directory();
		const cached = this.#directory!;
		cached.description ??= describeControl('tracker', Object.fromEntries(entriesOf(this.#newest())), {
			bytes: line.length,
			parts: [line],
		});
		return cached.description;
	}

	/** The same of the snapshot. */
	describeSnapshot(you: number | undefined): WireDescription {
		const parts = this.snapshot(you);
		const cached = this.#snapshot!;
		cached.records ??= this.#records();
		const bytes = parts[0].length + parts[1].length;
		return describeControl('tracker', {...headOf(cached.revision, you), peers: cached.records}, {bytes, parts});
	}

	/** What is pushed about a change. */
	message(change: RegistryChange): JsonObject {
		const {revision, peer} = change;
		switch (change.type) {
			case 'joined': {
				return wireTrackerMessage({
					type: 'joined',
					revision,
					peer: this.#record(peer),
				});
			}

			case 'left': {
				return wireTrackerMessage({
					type: 'left',
					revision,
					id: peer.id,
					reason: change.reason,
				});
			}

			case 'changed': {
				const {added, removed, parts} = change;
				return wireTrackerMessage({
					type: 'changed',
					revision,
					id: peer.id,
					added,
					removed,
					...(parts && {parts}),
				});
			}
		}
	}

	#records(): JsonObject[] {
		return Array.from(this.#registry.peers, peer => wirePeer(this.#record(peer)));
	}

	#record({id, name, ip, port, version, files, parts}: TrackedPeer): PeerRecord {
		return {
			id,
			name,
			ip: this.#reachable(ip),
			port,
			version,
			files: Array.from(files.values(), file => wireFile(file)),
			parts: [...parts],
		};
	}

	#reachable(ip: string): string {
		return isLoopback(ip) && !isLoopback(this.#ownIp) ? this.#ownIp : ip;
	}

	/** The newest holder of each name; at equal times the first that announced it. */
	*#newest(): Generator<DirectoryEntry, void> {
		const winners = new Map<string, {file: HeldFile; peer: TrackedPeer}>();
		for (const peer of this.#registry.peers) {
			for (const file of peer.files.values()) {
				const best = winners.get(file.name)?.file;
				if (!best || file.mtime > best.mtime || (file.mtime === best.mtime && file.order < best.order)) {
					winners.set(file.name, {file, peer});
				}
			}
		}

		for (const {file, peer} of winners.values()) {
			if (isClassicName(file.name)) {
				yield {
					name: file.name,
					ip: this.#reachable(peer.ip),
					port: peer.port,
					mtime: file.mtime,
				};
			}
		}
	}
}

const headOf = (revision: number, you: number | undefined): JsonObject => ({
	type: 'snapshot',
	version: 2,
	revision,
	you,
});

function* entriesOf(directory: Iterable<DirectoryEntry>): Generator<[name: string, entry: JsonObject], void> {
	for (const {name, ...entry} of directory) {
		yield [name, entry];
	}
}
