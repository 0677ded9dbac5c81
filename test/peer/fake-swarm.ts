import {performance} from 'node:perf_hooks';
import {onTestFinished, vi} from 'vitest';
import type {Source} from '../../source/peer/events.js';
import type {LinkEvents, SourceLink} from '../../source/peer/source-link.js';
import {SwarmDownload, type SwarmDownloadOptions} from '../../source/peer/swarm-download.js';
import {TransferError, type PeerError} from '../../source/protocol/errors.js';
import {pieceSpan} from '../../source/protocol/merkle.js';
import type {Run} from '../../source/protocol/piece-set.js';
import {fromTheStart, seededRandom} from './seeded-random.js';

/** A clock that stands still until it is told to go on, for one test: timers, dates and `performance.now`, and chance from a seed. */
export function stopClock(seed = 1): void {
	vi.useFakeTimers({now: 1_000_000});
	// The object of node:perf_hooks is not the one that the fake clock takes care of.
	const now = vi.spyOn(performance, 'now').mockImplementation(() => Date.now());
	const random = vi.spyOn(Math, 'random').mockImplementation(seededRandom(seed));
	onTestFinished(() => {
		random.mockRestore();
		now.mockRestore();
		vi.useRealTimers();
	});
}

export const sourceOf = (key: string, how: Partial<Source> = {}): Source => ({
	key,
	ip: '127.0.0.1',
	port: 1,
	name: key,
	isClassic: false,
	isPartial: false,
	...how,
});

/** How often bytes come of a link that flows. */
const flowMs = 50;

/** A link that does what a test wants. */
export class FakeLink implements SourceLink {
	/** All that was asked of it, in order. */
	readonly runs: Run[] = [];
	/** Pieces that were asked of it and have not come. */
	readonly pending: number[] = [];
	isClosed = false;
	readonly #size: number;
	#timer: NodeJS.Timeout | undefined;
	/** Bytes of the next piece that have come. */
	#bytes = 0;

	constructor(
		readonly source: Source,
		readonly events: LinkEvents,
		size: number,
	) {
		this.#size = size;
	}

	get pendingBytes(): number {
		return this.pending.reduce((sum, piece) => sum + pieceSpan(this.#size, piece).length, -this.#bytes);
	}

	get pieces(): number[] {
		return this.runs.flatMap(({first, count}) => Array.from({length: count}, (_, index) => first + index));
	}

	ask(run: Run): void {
		if (this.isClosed) {
			throw new Error('Expected no question after the end');
		}

		this.runs.push(run);
		for (let piece = run.first; piece < run.first + run.count; piece++) {
			this.pending.push(piece);
		}
	}

	close(): void {
		this.isClosed = true;
		this.stop();
	}

	/** Bytes of what was asked come; a piece that is whole is right, unless it is to be wrong. */
	send(bytes: number, isGood = true): void {
		let left = bytes;
		while (left > 0 && this.pending.length > 0 && !this.isClosed) {
			const {length} = pieceSpan(this.#size, this.pending[0]!);
			const some = Math.min(left, length - this.#bytes);
			left -= some;
			this.#bytes += some;
			const isWhole = this.#bytes === length;
			const piece = this.pending[0]!;
			if (isWhole) {
				this.pending.shift();
				this.#bytes = 0;
			}

			this.events.onBytes(some);
			if (isWhole && !this.isClosed) {
				this.events.onPiece(piece, isGood);
			}
		}
	}

	/** The next piece comes whole. */
	give(isGood = true): number {
		const piece = this.pending[0]!;
		this.send(pieceSpan(this.#size, piece).length - this.#bytes, isGood);
		return piece;
	}

	/** Send on, at this rate. */
	flow(bytesPerSecond: number, isGood = true): void {
		this.stop();
		this.#timer = setInterval(() => {
			this.send((bytesPerSecond * flowMs) / 1000, isGood);
		}, flowMs);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** The source has gone, or says no. */
	fail(error: PeerError = new TransferError(`${this.source.name} closed the connection`)): void {
		if (!this.isClosed) {
			this.close();
			this.events.onClosed(error);
		}
	}
}

export type FakeSwarm = {
	swarm: SwarmDownload;
	/** Change it to let sources come and go; the download hears of it by `refresh`. */
	offered: Source[];
	/** All links that were ever made. */
	links: FakeLink[];
	/** The link to a source that is open, or was last. */
	link: (key: string) => FakeLink;
	/** How often a source was connected to. */
	connects: (key: string) => number;
	pieces: number[];
	refused: string[];
	told: string[];
	stop: AbortController;
	/** What became of the run. */
	outcome: {state: 'running' | 'done' | 'failed'; error?: unknown};
	run: Promise<void>;
};

/** Run a download over fake links, whose clock stands still. */
export function startFakeSwarm({
	size,
	sources,
	onConnect,
	...options
}: {
	size: number;
	sources: Source[];
	onConnect?: (link: FakeLink) => void;
} & Partial<Pick<SwarmDownloadOptions, 'good' | 'share' | 'maxSources' | 'random'>>): FakeSwarm {
	stopClock();
	const stop = new AbortController();
	const fake: Omit<FakeSwarm, 'swarm' | 'run'> = {
		offered: sources,
		links: [],
		link: key => fake.links.findLast(({source}) => source.key === key)!,
		connects: key => fake.links.filter(({source}) => source.key === key).length,
		pieces: [],
		refused: [],
		told: [],
		stop,
		outcome: {state: 'running'},
	};
	const swarm = new SwarmDownload({
		size,
		good: [],
		sources: () => fake.offered,
		share: () => ({index: 0, of: 1}),
		connect(source, events) {
			const link = new FakeLink(source, events, size);
			fake.links.push(link);
			onConnect?.(link);
			return link;
		},
		onPiece(piece) {
			fake.pieces.push(piece);
		},
		onComing() {},
		onRefused(reason) {
			fake.refused.push(reason);
		},
		onSources(now) {
			fake.told.push(now.map(({key}) => key).join(' '));
		},
		// Everything goes in the order in which it was offered.
		random: fromTheStart(() => 0.5),
		signal: stop.signal,
		...options,
	});
	const {outcome} = fake;
	const watch = async () => {
		try {
			await swarm.run();
			outcome.state = 'done';
		} catch (error) {
			outcome.state = 'failed';
			outcome.error = error;
		}
	};

	return Object.assign(fake, {swarm, run: watch()});
}
