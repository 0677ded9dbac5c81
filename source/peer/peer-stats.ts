import {request, type Agent} from 'node:http';
import {performance} from 'node:perf_hooks';
import {encodePeerName, peerNameHeader, pathOf} from '../protocol/http-path.js';
import {limits} from '../protocol/limits.js';
import type {Wire} from '../protocol/wire.js';
import type {PeerDetails, RemotePeer, Source} from './events.js';
import {tapRequest} from './http-heads.js';
import {sourceTap} from './wire-tap.js';

/** A peer is asked how far away it is no more often than this. */
const probeEveryMs = 2000;

/** What is remembered of peers that have come and gone. */
const maxRemembered = 10_000;

type Remote = {downBytes: number; rttMs?: number; httpVersion?: string; probedAtMs: number};

/** A peer by its address: the tracker's number for it is another's after a restart of that. */
const addressKey = ({ip, port}: {ip: string; port: number}) => `${ip} ${port}`;

/** What we have had to do with each peer in this run. */
export class PeerStats {
	readonly #remotes = new Map<string, Remote>();
	/** Bytes sent, by who asked: address and name, or the address alone. */
	readonly #upBytes = new Map<string, number>();

	/** Bytes have come from a source. */
	received(source: Source, bytes: number): void {
		this.#remote(source).downBytes += bytes;
	}

	/** Bytes have gone to somebody who asked. @param requester - As for taking turns. */
	sent(requester: string, bytes: number): void {
		const key = requester.trim();
		remember(this.#upBytes, key, (this.#upBytes.get(key) ?? 0) + bytes);
	}

	/** A connection to a source took so long to be there: one round trip. */
	connected(source: Source, rttMs: number): void {
		this.#remote(source).rttMs = rttMs;
	}

	details(peer: RemotePeer): PeerDetails {
		const {downBytes = 0, rttMs, httpVersion} = this.#remotes.get(addressKey(peer)) ?? {};
		return {
			key: peer.key,
			downBytes,
			upBytes: this.#upBytes.get(`${peer.ip} ${peer.name}`.trim()) ?? 0,
			...(rttMs !== undefined && {rttMs}),
			...(httpVersion !== undefined && {httpVersion}),
		};
	}

	/**
	Measure the round trip to one of our own peers by a question that costs it nothing; class programs would take it for a name.
	Asked again too soon, it does nothing.
	*/
	probe(
		peer: RemotePeer,
		{agent, ownName, wire, signal}: {agent: Agent; ownName: string; wire: Wire; signal: AbortSignal},
	): void {
		const remote = this.#remote(peer);
		const nowMs = performance.now();
		if (peer.isClassic || nowMs - remote.probedAtMs < probeEveryMs) {
			return;
		}

		remote.probedAtMs = nowMs;
		const ask = request({
			agent,
			signal,
			method: 'HEAD',
			host: peer.ip,
			port: peer.port,
			path: pathOf(''),
			headers: {[peerNameHeader]: encodePeerName(ownName)},
			timeout: limits.connectTimeoutMs,
		});
		tapRequest(ask, sourceTap(wire, {...peer, isPartial: false}));
		let sentAtMs = nowMs;
		ask.on('finish', () => {
			sentAtMs = performance.now();
		});
		ask.on('response', response => {
			remote.rttMs = performance.now() - sentAtMs;
			remote.httpVersion = response.httpVersion;
			response.resume();
		});
		ask.on('timeout', () => ask.destroy());
		// One that does not answer has no round trip; whether it is there is for the tracker to say.
		ask.on('error', () => {
			delete remote.rttMs;
		});
		ask.end();
	}

	#remote(address: {ip: string; port: number}): Remote {
		const key = addressKey(address);
		const remote = this.#remotes.get(key) ?? {downBytes: 0, probedAtMs: -Infinity};
		remember(this.#remotes, key, remote);
		return remote;
	}
}

/** Forgets the oldest where there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
	map.set(key, value);
	if (map.size > maxRemembered) {
		map.delete(map.keys().next().value!);
	}
}
