import {performance} from 'node:perf_hooks';
import {TransferError, type PeerError} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {pieceBytesOf, pieceCountOf, pieceSpan} from '../protocol/merkle.js';
import type {Run} from '../protocol/piece-set.js';
import {Backoff} from './backoff.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';
import {Picker} from './picker.js';
import {RateMeter} from './rate-meter.js';
import type {LinkEvents, SourceLink} from './source-link.js';

export type SwarmDownloadOptions = {
	/** Bytes of the file. */
	size: number;
	/** Pieces that are here and verified. */
	good: Iterable<number>;
	/** Who has the content, or parts of it, now: whole holders first. */
	sources: () => Source[];
	/** Which of those who fetch it now this peer is. */
	share: () => {index: number; of: number};
	connect: (source: Source, events: LinkEvents) => SourceLink;
	/** A piece is here, verified and written. */
	onPiece: (piece: number) => void;
	/** Pieces that only whole holders have are asked of one: others need not ask for them, too. */
	onComing: (run: Run) => void;
	/** A source is asked for no more of this file, and why. */
	onRefused: (reason: string) => void;
	/** Other sources than before are fetched from. */
	onSources: (sources: readonly Source[]) => void;
	/** Sources connected to at once. */
	maxSources?: number;
	random?: () => number;
	signal: AbortSignal;
};

/** How the sources of a running download do, for the screen. */
export type SourceView = {
	source: Source;
	/** Verified bytes that came from it in this run. */
	bytes: number;
	bytesPerSecond: number;
};

/** Of each piece: whether it is here, asked of somebody, or offered by anybody; for the piece map. */
export type PieceView = Pick<Picker, 'good' | 'isOffered' | 'isAskedOfAny'>;

/**
What is asked of a source ahead of what has come: about this much of its time. Twice as much keeps no link busier, and makes what comes last come
later (test/bench/swarm.js).
*/
const pipelineMs = 500;

/** A source whose rate is not known yet is asked for so much, divided by those who ask it at the same time; and none ever for more than that. */
const firstPipelineBytes = 1024 * 1024;
const maxPipelineBytes = 64 * 1024 * 1024;

/** One request asks for so much at the most: a slow source is not given what a fast one could have. */
const maxRequestBytes = 16 * 1024 * 1024;

/** How often rates are read and silent sources looked for. */
const tickMs = 250;

/** A source that had nothing of what is missing for so long is of no use now: it may get more, but so may others. */
const noUseMs = 5000;

/** How often a source may fail in a row, without a piece from it, while nobody else sends anything. */
const maxFailures = 3;

/** In the endgame a piece is asked of a second source if the first would take so many times as long. */
const endgameGain = 2;

type Connected = {
	source: Source;
	link: SourceLink;
	/** How fast bytes come. */
	meter: RateMeter;
	/** How fast they come when some are asked: the time in which it has nothing to send says nothing of how fast it is. */
	pace: RateMeter;
	/** What the picker had seen of changes when it found nothing to ask of this source: no use to look again before there are more. */
	triedAt: number;
	/** Bytes asked that have not come, and when any came last. */
	askedBytes: number;
	heardAtMs: number;
};

type Failing = {backoff: Backoff; failures: number; retryAtMs: number};

/**
Fetches one content from many sources at once: connects to them, keeps each busy at its own rate, gives what a silent one was asked for
to others, and drops those that lie. Knows no sockets and no disk: links bring verified pieces.
*/
export class SwarmDownload {
	readonly #options: SwarmDownloadOptions;
	readonly #picker: Picker;
	readonly #pieceBytes: number;
	readonly #connected = new Map<string, Connected>();
	readonly #failing = new Map<string, Failing>();
	/** Sources that have lied, or do not have it: not asked again. */
	readonly #refused = new Set<string>();
	/** Verified bytes from each source, those that are gone included. */
	readonly #bytesFrom = new Map<string, {source: Source; bytes: number}>();
	#problem: PeerError = new TransferError('nobody who holds it is here any more');
	#bytes = 0;
	#timer: NodeJS.Timeout | undefined;
	#toldSources = '';
	#isRunning = false;
	/** How many fetch it now, this peer included. */
	#sharedBy = 1;
	/** How the run ends; before and after it, nothing does. */
	#settle: {resolve: () => void; reject: (error: unknown) => void} = {resolve() {}, reject() {}};

	constructor(options: SwarmDownloadOptions) {
		this.#options = options;
		this.#picker = new Picker({
			count: pieceCountOf(options.size),
			good: options.good,
			...(options.random && {random: options.random}),
		});
		this.#pieceBytes = pieceBytesOf(options.size);
		for (const piece of this.#picker.good) {
			this.#bytes += pieceSpan(options.size, piece).length;
		}
	}

	/** Verified bytes that are here. */
	get bytes(): number {
		return this.#bytes;
	}

	get pieces(): PieceView {
		return this.#picker;
	}

	get sources(): SourceView[] {
		const nowMs = performance.now();
		return Array.from(this.#connected.values(), ({source, meter}) => ({
			source,
			bytes: this.#bytesFrom.get(source.key)?.bytes ?? 0,
			bytesPerSecond: meter.rate(nowMs),
		}));
	}

	/** All who gave a piece in this run, those who gave most first. */
	get givers(): Source[] {
		return [...this.#bytesFrom.values()].toSorted((a, b) => b.bytes - a.bytes).map(({source}) => source);
	}

	/**
	Fetch all that is missing.

	@throws {TransferError} When no source could give it; says why of the last that failed.
	@throws What the signal was aborted with.
	*/
	async run(): Promise<void> {
		const {signal} = this.#options;
		signal.throwIfAborted();
		if (this.#picker.isDone) {
			return;
		}

		const onAbort = () => {
			this.#settle.reject(signal.reason);
		};

		signal.addEventListener('abort', onAbort);
		try {
			await new Promise<void>((resolve, reject) => {
				this.#settle = {resolve, reject};
				this.#isRunning = true;
				this.#timer = setInterval(() => {
					this.#tick();
				}, tickMs);
				this.refresh();
			});
		} finally {
			this.#isRunning = false;
			signal.removeEventListener('abort', onAbort);
			clearInterval(this.#timer);
			for (const {link} of this.#connected.values()) {
				link.close();
			}

			this.#connected.clear();
		}
	}

	/** The disk has failed, say: end the run. */
	fail(error: unknown): void {
		this.#settle.reject(error);
	}

	/** Other peers may hold it by now, or do no more. */
	refresh(): void {
		if (!this.#isRunning) {
			return;
		}

		const {index, of} = this.#options.share();
		this.#picker.setShare(index, of);
		this.#sharedBy = Math.max(1, of);
		const offered = new Map(this.#options.sources().map(source => [source.key, source]));
		for (const [key, {source}] of this.#connected) {
			const now = offered.get(key);
			if (now && source.isPartial && !now.isPartial) {
				// It has all of it by now.
				source.isPartial = false;
				this.#picker.addPieces(key, allPieces(this.#picker.good.count));
			}
		}

		this.#connectMore([...offered.values()]);
		this.#fillAll();
		this.#failIfAlone(offered.keys());
	}

	#connectMore(offered: Source[]): void {
		const {maxSources = limits.maxSources} = this.#options;
		const nowMs = performance.now();
		const candidates = this.#shuffled(
			offered.filter(
				({key}) =>
					!this.#connected.has(key) && !this.#refused.has(key) && (this.#failing.get(key)?.retryAtMs ?? 0) <= nowMs,
			),
		);
		// A class program sends a whole file from its beginning: it is asked when nobody can be asked for pieces.
		const hasPeers =
			this.#connected.size > 0
				? [...this.#connected.values()].some(connected => !this.#isOfNoUse(connected, nowMs))
				: candidates.some(({isClassic}) => !isClassic);
		for (const source of candidates) {
			if (this.#connected.size >= maxSources && !this.#makeRoom(nowMs)) {
				return;
			}

			if (!source.isClassic || !hasPeers) {
				this.#connect(source);
			}

			if (source.isClassic && !hasPeers) {
				return;
			}
		}
	}

	/** Whole holders first, each kind by chance: if all asked the same ones, the others would have nothing to do. */
	#shuffled(sources: Source[]): Source[] {
		const {random = Math.random} = this.#options;
		const ranked = sources.map(source => ({source, rank: (source.isPartial ? 1 : 0) + random()}));
		return ranked.toSorted((a, b) => a.rank - b.rank).map(({source}) => source);
	}

	/** Whether a source has had nothing of what is missing for a while. */
	#isOfNoUse({source: {key}, askedBytes, heardAtMs}: Connected, nowMs: number): boolean {
		return askedBytes === 0 && nowMs - heardAtMs > noUseMs && !this.#picker.isInteresting(key);
	}

	/** One that is of no use gives its place to one that may be, and has its turn again later. */
	#makeRoom(nowMs: number): boolean {
		for (const connected of this.#connected.values()) {
			if (this.#isOfNoUse(connected, nowMs)) {
				const {key} = connected.source;
				const {backoff, failures} = this.#failing.get(key) ?? {backoff: new Backoff(), failures: 0};
				this.#failing.set(key, {backoff, failures, retryAtMs: nowMs + 2 * noUseMs});
				this.#drop(connected);
				return true;
			}
		}

		return false;
	}

	/** @param before - The link that this one takes the place of: the source is as fast as it was. */
	#connect(offered: Source, before?: Connected): void {
		const source = {...offered};
		const {key} = source;
		this.#picker.addSource(key, !source.isPartial);
		const connected: Connected = {
			source,
			link: undefined as unknown as SourceLink,
			meter: before?.meter ?? new RateMeter(),
			pace: before?.pace ?? new RateMeter(),
			triedAt: -1,
			askedBytes: 0,
			heardAtMs: performance.now(),
		};
		this.#connected.set(key, connected);
		connected.link = this.#options.connect(source, {
			onPieces: pieces => {
				this.#picker.addPieces(key, pieces);
				this.#fill(connected);
			},
			onComing: pieces => {
				this.#picker.addComing(pieces);
			},
			onBytes: bytes => {
				connected.heardAtMs = performance.now();
				connected.meter.add(bytes, connected.heardAtMs);
				connected.pace.add(bytes, connected.heardAtMs);
				connected.pace.rate(connected.heardAtMs);
				connected.askedBytes = Math.max(0, connected.askedBytes - bytes);
				this.#fill(connected);
			},
			onPiece: (piece, isGood) => {
				if (isGood) {
					this.#verified(connected, piece);
				} else {
					this.#lied(connected, piece);
				}
			},
			onClosed: error => {
				this.#lost(connected, error);
			},
		});
	}

	#verified(connected: Connected, piece: number): void {
		const {source} = connected;
		if (this.#picker.good.has(piece)) {
			return;
		}

		const {length} = pieceSpan(this.#options.size, piece);
		const given = this.#bytesFrom.get(source.key) ?? {source, bytes: 0};
		given.bytes += length;
		this.#bytesFrom.set(source.key, given);
		this.#failing.delete(source.key);
		this.#bytes += length;
		const others = this.#picker.verified(piece).filter(key => key !== source.key);
		this.#options.onPiece(piece);
		this.#tellSources();
		if (this.#picker.isDone) {
			this.#settle.resolve();
			return;
		}

		for (const key of others) {
			this.#unask(key);
		}

		this.#fill(connected);
	}

	/** A source was asked for what has come from another: if that was all, it is let go and connected to anew. */
	#unask(key: string): void {
		const other = this.#connected.get(key);
		if (other && this.#picker.asked(key).size === 0) {
			this.#drop(other);
			this.#connect(other.source, other);
			this.#fill(this.#connected.get(key)!);
		}
	}

	/** Every piece comes from one source alone, so the blame is exact; it may turn out when the link that brought it is closed. */
	#lied({source}: Connected, piece: number): void {
		if (this.#refused.has(source.key)) {
			return;
		}

		this.#refused.add(source.key);
		this.#problem = new TransferError(`${sourceLabel(source)} sent wrong bytes`, {isFinal: true});
		const connected = this.#connected.get(source.key);
		if (connected) {
			this.#drop(connected);
		}

		this.#options.onRefused(`${sourceLabel(source)} sent a wrong piece (${piece}); nothing more of it is asked there`);
		this.refresh();
	}

	#lost(connected: Connected, error: PeerError): void {
		const {source} = connected;
		const {key} = source;
		this.#problem = error;
		this.#drop(connected);
		if (error instanceof TransferError && error.isFinal) {
			this.#refused.add(key);
			this.#options.onRefused(error.message);
		} else {
			const failing = this.#failing.get(key) ?? {backoff: new Backoff(), failures: 0, retryAtMs: 0};
			failing.failures++;
			failing.retryAtMs = performance.now() + failing.backoff.nextMs();
			this.#failing.set(key, failing);
		}

		this.refresh();
	}

	#drop(connected: Connected): void {
		const {source, link} = connected;
		link.close();
		this.#connected.delete(source.key);
		this.#picker.removeSource(source.key);
		this.#tellSources();
	}

	/** Whether there is anybody left to hope for. */
	#failIfAlone(offered: Iterable<string>): void {
		const isHope = (key: string) => !this.#refused.has(key) && (this.#failing.get(key)?.failures ?? 0) < maxFailures;
		if (this.#connected.size === 0 && ![...offered].some(key => isHope(key))) {
			this.#settle.reject(this.#problem);
		}
	}

	#fillAll(): void {
		for (const connected of this.#connected.values()) {
			this.#fill(connected);
		}
	}

	/** Keep a source busy for a while. */
	#fill(connected: Connected): void {
		const {source, link} = connected;
		if (this.#connected.get(source.key) !== connected || !(link as SourceLink | undefined)) {
			return;
		}

		const rate = paceOf(connected);
		const budget = Math.max(
			this.#pieceBytes,
			Math.min(maxPipelineBytes, rate === 0 ? firstPipelineBytes / this.#sharedBy : (rate * pipelineMs) / 1000),
		);
		const maxCount = Math.max(1, Math.floor(Math.min(maxRequestBytes, budget / 2) / this.#pieceBytes));
		while (connected.askedBytes < budget) {
			const changes = this.#picker.changesOf(source.key);
			const picked = changes === connected.triedAt ? undefined : this.#picker.pick(source.key, maxCount);
			const run = picked ?? this.#pickAgain(connected, rate);
			if (!run) {
				connected.triedAt = changes;
				return;
			}

			if (connected.askedBytes === 0) {
				connected.heardAtMs = performance.now();
				connected.pace.skip(connected.heardAtMs);
			}

			connected.askedBytes += this.#bytesOf(run);
			link.ask(run);
			if (!source.isPartial && this.#picker.isRarest(run.first)) {
				this.#options.onComing(run);
			}
		}
	}

	/** At the very end: what a slow source still owes is asked of an idle one, too, if that is so much faster. */
	#pickAgain({source: {key}, askedBytes}: Connected, rate: number): Run | undefined {
		if (askedBytes > 0 || !this.#picker.isEndgame) {
			return undefined;
		}

		const piece = this.#picker.pickAgain(key, askers => {
			const other = this.#connected.get(askers[0]!);
			const otherMs = other ? dueMs(other) : Infinity;
			const ownMs = rate > 0 ? (this.#pieceBytes / rate) * 1000 : tickMs;
			return otherMs > endgameGain * ownMs;
		});
		return piece === undefined ? undefined : {first: piece, count: 1};
	}

	#bytesOf({first, count}: Run): number {
		const last = pieceSpan(this.#options.size, first + count - 1);
		return last.start + last.length - first * this.#pieceBytes;
	}

	#tick(): void {
		const nowMs = performance.now();
		for (const connected of this.#connected.values()) {
			if (connected.link.isResting?.()) {
				connected.heardAtMs = nowMs;
			}

			const silentMs = nowMs - connected.heardAtMs;
			if (connected.askedBytes > 0 && silentMs > limits.sourceStallMs && this.#canBeHadElsewhere(connected)) {
				this.#lost(connected, new TransferError(`${sourceLabel(connected.source)} has stopped sending`));
			}
		}

		this.refresh();
	}

	#canBeHadElsewhere({source: {key}}: Connected): boolean {
		const others = [...this.#connected.keys()].filter(other => other !== key);
		return [...this.#picker.asked(key)].some(piece => others.some(other => this.#picker.hasPiece(other, piece)));
	}

	#tellSources(): void {
		const givers = [...this.#connected.values()].filter(({source}) => this.#bytesFrom.has(source.key));
		const told = givers.map(({source}) => source.key).join(' ');
		if (told !== this.#toldSources && givers.length > 0) {
			this.#toldSources = told;
			this.#options.onSources(givers.map(({source}) => source));
		}
	}
}

/** How long it will take to send all that it was asked; of one that has sent nothing yet, no less than it has taken so far. */
function dueMs(connected: Connected): number {
	const pace = paceOf(connected);
	return pace > 0 ? (connected.askedBytes / pace) * 1000 : performance.now() - connected.heardAtMs;
}

/** Bytes a second that a source sends when it is asked. */
const paceOf = ({askedBytes, pace}: Connected): number => (askedBytes > 0 ? pace.rate(performance.now()) : pace.last);

function* allPieces(count: number): Generator<number, void> {
	for (let piece = 0; piece < count; piece++) {
		yield piece;
	}
}
