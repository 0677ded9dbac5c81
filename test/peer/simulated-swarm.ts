import {vi} from 'vitest';
import type {Source} from '../../source/peer/events.js';
import type {LinkEvents, SourceLink} from '../../source/peer/source-link.js';
import {SwarmDownload, type PieceView} from '../../source/peer/swarm-download.js';
import {TransferError} from '../../source/protocol/errors.js';
import {pieceCountOf, pieceSpan} from '../../source/protocol/merkle.js';
import {PieceSet, type Run} from '../../source/protocol/piece-set.js';
import {sourceOf} from './fake-swarm.js';

export type SimulatedPeer = {
	key: string;
	/** Bytes a second. */
	up: number;
	down: number;
	/** Says it has all, and sends good and wrong pieces by turns. */
	isLiar: boolean;
	isHere: boolean;
	have: PieceSet;
	/** Undefined for one that has all from the beginning. */
	download: SwarmDownload | undefined;
	stop: AbortController;
	state: 'seeding' | 'running' | 'done' | 'left' | 'failed';
	doneAtMs: number | undefined;
	error: unknown;
	/** Links to it, in the order of their turns; and whether it is sending. */
	served: Set<SimulatedLink>;
	isSending: boolean;
	/** When its downlink is free again. */
	freeAtMs: number;
	/** Its own links. */
	links: Set<SimulatedLink>;
	/** Whole good pieces that came though they were here. */
	wasted: number;
	/** Keys of those who have sent it a wrong piece that was looked at, and of those it blames. */
	liedToBy: Set<string>;
	blamed: Set<string>;
	sent: number;
	/** Bytes that were sent to it and are still good for something. */
	problems: string[];
};

/** What one peer asks of another. */
class SimulatedLink implements SourceLink {
	/** Pieces that have been asked, at the other side. */
	readonly queue: number[] = [];
	/** Bytes of the first of them that are sent. */
	sent = 0;
	isClosed = false;
	/** Pieces that have been asked and have not come. */
	readonly pending = new Set<number>();
	haves: number[] = [];

	constructor(
		readonly swarm: SimulatedSwarm,
		readonly from: SimulatedPeer,
		readonly to: SimulatedPeer,
		readonly events: LinkEvents,
	) {}

	ask(run: Run): void {
		const {swarm, to} = this;
		const {pieces} = to.download!;
		for (let piece = run.first; piece < run.first + run.count; piece++) {
			if (to.have.has(piece)) {
				to.problems.push(`asked for ${piece}, which is here`);
			}

			const isAskedElsewhere = [...to.links].some(link => link !== this && link.pending.has(piece));
			if (isAskedElsewhere && !isEndgame(pieces)) {
				to.problems.push(`asked for ${piece} twice while others were asked of nobody`);
			}

			this.pending.add(piece);
		}

		swarm.after(swarm.latencyMs, () => {
			swarm.asked(this, run);
		});
	}

	close(): void {
		this.isClosed = true;
		this.to.links.delete(this);
		this.swarm.after(this.swarm.latencyMs, () => {
			this.from.served.delete(this);
		});
	}

	fail(why: string): void {
		if (!this.isClosed) {
			this.close();
			this.events.onClosed(new TransferError(`${this.from.key} ${why}`));
		}
	}
}

/** Whether every missing piece is asked of somebody. */
function isEndgame(pieces: PieceView): boolean {
	for (let piece = 0; piece < pieces.good.count; piece++) {
		if (!pieces.good.has(piece) && !pieces.isAskedOfAny(piece)) {
			return false;
		}
	}

	return true;
}

type Event = {atMs: number; order: number; happen: () => void};

/** Bytes that are sent at a time. */
const chunkBytes = 64 * 1024;

/** Pieces are verified so long after they have come, and told to others so often. */
const verifyMs = 2;
const tellMs = 100;

/** A swarm of real downloads with simulated peers, whose uplinks are shared by all who ask. The clock must stand still. */
export class SimulatedSwarm {
	readonly peers = new Map<string, SimulatedPeer>();
	readonly count: number;
	nowMs = 0;
	/** A binary heap. */
	readonly #events: Event[] = [];
	readonly #random: () => number;
	#order = 0;
	#startMs = Date.now();

	constructor(
		readonly size: number,
		random: () => number,
		readonly latencyMs = 20,
	) {
		this.count = pieceCountOf(size);
		this.#random = random;
	}

	/** Someone who has all of it. */
	seed(key: string, how: {up: number; down?: number; isLiar?: boolean}): SimulatedPeer {
		const peer = this.#add(key, how);
		peer.have.addAll();
		return peer;
	}

	/** Someone who wants all of it. */
	join(key: string, how: {up: number; down?: number; isLiar?: boolean}): SimulatedPeer {
		const peer = this.#add(key, how);
		peer.state = 'running';
		peer.download = new SwarmDownload({
			size: this.size,
			good: [],
			sources: () => this.#sourcesFor(peer),
			share: () => this.#shareOf(peer),
			connect: (source, events) => this.#connect(peer, source, events),
			onPiece: piece => {
				this.#arrived(peer, piece);
			},
			onComing: ({first, count}) => {
				const pieces = Array.from({length: count}, (_, index) => first + index);
				for (const link of peer.served) {
					this.after(this.latencyMs, () => {
						link.events.onComing(pieces);
					});
				}
			},
			onRefused(reason) {
				const [key] = reason.split(' ');
				peer.blamed.add(key!);
			},
			onSources() {},
			random: this.#random,
			signal: peer.stop.signal,
		});
		void this.#run(peer);
		return peer;
	}

	leave(peer: SimulatedPeer): void {
		peer.isHere = false;
		peer.state = 'left';
		peer.stop.abort(new Error('left'));
		for (const link of peer.links) {
			link.close();
		}

		for (const link of peer.served) {
			this.after(this.latencyMs, () => {
				link.fail('closed the connection');
			});
		}
	}

	after(ms: number, happen: () => void): void {
		this.#push({atMs: this.nowMs + ms, order: this.#order++, happen});
	}

	/** Let things happen until a condition holds, or so much time has passed. */
	async runUntil(isOver: () => boolean, maxMs: number): Promise<void> {
		this.#startMs = Date.now() - this.nowMs;
		while (!isOver() && this.nowMs < maxMs) {
			const event = this.#pop();
			const atMs = Math.min(event?.atMs ?? maxMs, this.nowMs + 250);
			if (event && event.atMs > atMs) {
				this.#push(event);
			}

			this.nowMs = atMs;
			const clockMs = Math.floor(atMs) + this.#startMs;
			if (clockMs > Date.now()) {
				vi.advanceTimersByTime(clockMs - Date.now());
			}

			if (event && event.atMs <= atMs) {
				event.happen();
			}

			// The end of a run is told by promises.
			await Promise.resolve();
		}
	}

	asked(link: SimulatedLink, {first, count}: Run): void {
		const {from} = link;
		if (link.isClosed) {
			return;
		}

		if (!from.isHere) {
			this.after(this.latencyMs, () => {
				link.fail('reset the connection');
			});
			return;
		}

		for (let piece = first; piece < first + count; piece++) {
			if (!from.have.has(piece)) {
				link.to.problems.push(`asked ${from.key} for ${piece}, which it has not`);
			}

			link.queue.push(piece);
		}

		from.served.add(link);
		this.#send(from);
	}

	#add(
		key: string,
		{up, down = Infinity, isLiar = false}: {up: number; down?: number; isLiar?: boolean},
	): SimulatedPeer {
		const peer: SimulatedPeer = {
			key,
			up,
			down,
			isLiar,
			isHere: true,
			have: new PieceSet(this.count),
			download: undefined,
			stop: new AbortController(),
			state: 'seeding',
			doneAtMs: undefined,
			error: undefined,
			served: new Set(),
			isSending: false,
			freeAtMs: 0,
			links: new Set(),
			wasted: 0,
			liedToBy: new Set(),
			blamed: new Set(),
			sent: 0,
			problems: [],
		};
		this.peers.set(key, peer);
		return peer;
	}

	async #run(peer: SimulatedPeer): Promise<void> {
		try {
			await peer.download!.run();
			peer.state = 'done';
			peer.doneAtMs = this.nowMs;
			if (!peer.have.isComplete) {
				peer.problems.push('done without all pieces');
			}
		} catch (error) {
			if (peer.state !== 'left') {
				peer.state = 'failed';
				peer.error = error;
			}
		}
	}

	#sourcesFor(asking: SimulatedPeer): Source[] {
		const others = [...this.peers.values()].filter(peer => peer !== asking && peer.isHere);
		const whole = others.filter(({have}) => have.isComplete);
		const partial = others.filter(({have}) => !have.isComplete);
		return [...whole.map(({key}) => sourceOf(key)), ...partial.map(({key}) => sourceOf(key, {isPartial: true}))];
	}

	#shareOf(asking: SimulatedPeer): {index: number; of: number} {
		const fetching = [...this.peers.values()].filter(({isHere, have}) => isHere && !have.isComplete);
		return {index: fetching.indexOf(asking), of: fetching.length};
	}

	#connect(to: SimulatedPeer, {key, isPartial}: Source, events: LinkEvents): SourceLink {
		const from = this.peers.get(key)!;
		const link = new SimulatedLink(this, from, to, events);
		to.links.add(link);
		this.after(2 * this.latencyMs, () => {
			if (!from.isHere) {
				link.fail('refused the connection');
				return;
			}

			from.served.add(link);
			if (isPartial && !link.isClosed) {
				link.haves.push(...from.have);
				this.#tell(link);
			}
		});
		return link;
	}

	/** Tell which pieces have come of late, again and again. */
	#tell(link: SimulatedLink): void {
		if (link.isClosed || !link.from.isHere) {
			return;
		}

		if (link.haves.length > 0) {
			const pieces = link.haves;
			link.haves = [];
			this.after(this.latencyMs, () => {
				if (!link.isClosed) {
					link.events.onPieces(pieces);
				}
			});
		}

		this.after(tellMs, () => {
			this.#tell(link);
		});
	}

	#arrived(peer: SimulatedPeer, piece: number): void {
		if (!peer.have.add(piece)) {
			peer.problems.push(`told ${piece} twice`);
		}

		for (const link of peer.served) {
			link.haves.push(piece);
		}
	}

	/** Send the next one in turn a chunk. */
	#send(from: SimulatedPeer): void {
		if (from.isSending || !from.isHere) {
			return;
		}

		const link = [...from.served].find(({queue, isClosed}) => queue.length > 0 && !isClosed);
		if (!link) {
			return;
		}

		// Behind all others, until its next turn.
		from.served.delete(link);
		from.served.add(link);
		from.isSending = true;
		const piece = link.queue[0]!;
		const {length} = pieceSpan(this.size, piece);
		const bytes = Math.min(chunkBytes, length - link.sent);
		link.sent += bytes;
		const isWhole = link.sent === length;
		if (isWhole) {
			link.queue.shift();
			link.sent = 0;
		}

		from.sent += bytes;
		const isGood = !from.isLiar || piece % 2 === 0;
		this.after((bytes / from.up) * 1000, () => {
			from.isSending = false;
			this.after(this.latencyMs, () => {
				this.#receive(link, {piece, bytes, isWhole, isGood});
			});
			this.#send(from);
		});
	}

	#receive(link: SimulatedLink, chunk: {piece: number; bytes: number; isWhole: boolean; isGood: boolean}): void {
		const {to} = link;
		to.freeAtMs = Math.max(to.freeAtMs, this.nowMs) + (chunk.bytes / to.down) * 1000;
		this.after(to.freeAtMs - this.nowMs, () => {
			if (link.isClosed || !to.isHere) {
				return;
			}

			const {piece, bytes, isWhole, isGood} = chunk;
			link.events.onBytes(bytes);
			if (isWhole) {
				link.pending.delete(piece);
				this.after(verifyMs, () => {
					this.#verify(link, piece, isGood);
				});
			}
		});
	}

	/** Like the thread: tells also what a link that is closed has brought, and says nothing of a piece that is here. */
	#verify({to, from, events}: SimulatedLink, piece: number, isGood: boolean): void {
		if (to.have.has(piece)) {
			to.wasted++;
		} else if (to.isHere) {
			if (!isGood) {
				to.liedToBy.add(from.key);
			}

			events.onPiece(piece, isGood);
		}
	}

	#push(event: Event): void {
		const heap = this.#events;
		let index = heap.push(event) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(event, heap[parent]!)) {
				break;
			}

			heap[index] = heap[parent]!;
			index = parent;
		}

		heap[index] = event;
	}

	#pop(): Event | undefined {
		const heap = this.#events;
		const first = heap[0];
		const last = heap.pop();
		if (heap.length === 0 || !last) {
			return first;
		}

		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) {
				break;
			}

			if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) {
				child++;
			}

			if (!isBefore(heap[child]!, last)) {
				break;
			}

			heap[index] = heap[child]!;
			index = child;
		}

		heap[index] = last;
		return first;
	}
}

const isBefore = (a: Event, b: Event) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
