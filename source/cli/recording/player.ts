import {performance} from 'node:perf_hooks';
import {setImmediate as turn} from 'node:timers/promises';
import {PeerError} from '../../protocol/errors.js';
import type {PeerEvent} from '../../peer/events.js';
import type {Action} from '../../state/actions.js';
import type {ReplayActions, ReplayState} from '../../state/replay.js';
import {detailedId} from '../../state/selectors.js';
import type {Store} from '../../state/store.js';
import type {Entry} from './entry.js';
import {speeds} from './speeds.js';

/** Facts within a frame are told together, as they were when they happened. */
const frameMs = 33;

/** Ages and countdowns go on while nothing happens. */
const clockMs = 250;

/** How long it may read before keys have their turn. */
const sliceMs = 25;

/** More peers, files and transfers at once than a tracker of ours keeps. */
const usualMaxRows = 2_000_000;

export type PlayerOptions = {
	/** From the beginning, each time. */
	entries: () => AsyncIterable<Entry>;
	/** What reading an entry has thrown: the end, for this time. What came before it has been played. */
	onProblem: (error: unknown) => void;
	/** All has been played. */
	onOver: () => void;
	startedAtMs: number;
	totalMs: number;
	speed: number;
	store: Pick<Store, 'getState' | 'dispatch'>;
	/** Ends it. */
	signal: AbortSignal;
	/** Milliseconds of a clock that is never set. */
	now?: () => number;
	/** Peers, files and transfers at once. */
	maxRows?: number;
};

/** Plays a recording into a store, at the pace of the recording or another. */
export class Player implements ReplayActions {
	readonly #options: PlayerOptions;
	readonly #now: () => number;
	#speed: number;
	#isPaused = false;
	#isOver = false;
	#isRestarting = false;
	/** Events that are to be played although it is paused. */
	#steps = 0;
	/** Where it stood at a time of the clock. */
	#anchor = {positionMs: 0, atMs: 0};
	#totalMs: number;
	/** When keys had their turn last. */
	#sliceAtMs = 0;
	#pending: Entry[] = [];
	#wake = () => {};

	constructor(options: PlayerOptions) {
		this.#options = options;
		this.#speed = options.speed;
		this.#totalMs = options.totalMs;
		this.#now = options.now ?? (() => performance.now());
		options.signal.addEventListener('abort', () => {
			this.#wake();
		});
	}

	/** Play until the signal; at the end it waits for `restart`. */
	async run(): Promise<void> {
		while (!this.#isStopped) {
			this.#isRestarting = false;
			this.#isOver = false;
			this.#anchor = {positionMs: 0, atMs: this.#now()};
			this.#options.store.dispatch({type: 'many', actions: [{type: 'begin again'}, this.#status()]});
			await this.#playOnce();
			if (!this.#isInterrupted) {
				this.#isOver = true;
				this.#moveTo(this.#totalMs);
				this.#options.store.dispatch(this.#status());
			}

			while (!this.#isInterrupted) {
				await this.#sleep();
			}
		}
	}

	togglePause(): void {
		if (this.#isOver) {
			this.restart();
			return;
		}

		this.#moveTo(this.#position());
		this.#isPaused = !this.#isPaused;
		this.#changed();
	}

	faster(): void {
		this.#setSpeed(this.#speed * 2);
	}

	slower(): void {
		this.#setSpeed(this.#speed / 2);
	}

	step(): void {
		if (this.#isPaused) {
			this.#steps++;
			this.#changed();
		}
	}

	restart(): void {
		this.#isRestarting = true;
		this.#changed();
	}

	get #isStopped(): boolean {
		return this.#options.signal.aborted;
	}

	get #isInterrupted(): boolean {
		return this.#isStopped || this.#isRestarting;
	}

	#setSpeed(speed: number): void {
		this.#moveTo(this.#position());
		this.#speed = Math.max(speeds.least, Math.min(speeds.most, speed));
		this.#changed();
	}

	/** Tell at once: a key is answered without delay. */
	#changed(): void {
		if (!this.#isStopped) {
			this.#options.store.dispatch(this.#status());
		}

		this.#wake();
	}

	#position(): number {
		const {positionMs, atMs} = this.#anchor;
		return this.#isPaused || this.#isOver ? positionMs : positionMs + (this.#now() - atMs) * this.#speed;
	}

	#moveTo(positionMs: number): void {
		this.#anchor = {positionMs, atMs: this.#now()};
		this.#totalMs = Math.max(this.#totalMs, positionMs);
	}

	async #playOnce(): Promise<void> {
		this.#pending = [];
		this.#sliceAtMs = this.#now();
		try {
			for await (const entry of this.#options.entries()) {
				if (this.#now() - this.#sliceAtMs > sliceMs) {
					this.#flush();
					this.#checkRows();
					await turn();
					this.#sliceAtMs = this.#now();
				}

				if (!(await this.#untilDue(entry))) {
					return;
				}

				this.#pending.push(entry);
			}

			this.#flush();
			this.#options.onOver();
		} catch (error) {
			this.#flush();
			this.#options.onProblem(error);
		}
	}

	/** A recording from a stranger must not fill the memory. */
	#checkRows(): void {
		const {peers, local, remote, transfers} = this.#options.store.getState();
		const {maxRows = usualMaxRows} = this.#options;
		const rows = peers.size + local.size + remote.size + transfers.size;
		if (rows > maxRows) {
			throw new PeerError(
				`The recording has more than ${maxRows} peers and files at once: it is not played any further`,
			);
		}
	}

	/** @returns Whether it is to be played: not where it ends, or begins again. */
	async #untilDue(entry: Entry): Promise<boolean> {
		while (!this.#isInterrupted) {
			if (this.#isPaused && this.#steps > 0) {
				this.#moveTo(entry.t);
				this.#steps -= 'event' in entry ? 1 : 0;
				return true;
			}

			const leftMs = (entry.t - this.#position()) / this.#speed;
			if (!this.#isPaused && leftMs <= 0) {
				return true;
			}

			this.#flush();
			this.#checkRows();
			await this.#sleep(this.#isPaused ? undefined : Math.min(clockMs, Math.max(frameMs, leftMs)));
		}

		return false;
	}

	/** Until something is asked for, or for so long. */
	async #sleep(milliseconds?: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await new Promise<void>(resolve => {
			this.#wake = resolve;
			timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
			if (this.#isStopped) {
				resolve();
			}
		});
		clearTimeout(timer);
		this.#sliceAtMs = this.#now();
	}

	/** Tell what is due, and what time it is. */
	#flush(): void {
		if (this.#isInterrupted) {
			return;
		}

		const last = this.#pending.at(-1);
		const lagMs = last ? this.#position() - last.t : 0;
		// Reading may be slower than the speed that was asked for: then it is as late as what it has read.
		if (!this.#isPaused && lagMs > 2 * clockMs * this.#speed) {
			this.#moveTo(last!.t);
		}

		const actions = [...this.#actionsOf(this.#pending), this.#status()];
		this.#pending = [];
		this.#options.store.dispatch({type: 'many', actions});
	}

	#status(): Action {
		const positionMs = Math.round(this.#position());
		this.#totalMs = Math.max(this.#totalMs, positionMs);
		const replay: ReplayState = {
			positionMs,
			totalMs: this.#totalMs,
			speed: this.#speed,
			isPaused: this.#isPaused,
			isOver: this.#isOver,
		};
		return {type: 'replay', replay, nowMs: this.#options.startedAtMs + positionMs};
	}

	#actionsOf(entries: readonly Entry[]): Action[] {
		const actions: Action[] = [];
		let events: PeerEvent[] = [];
		let sinceMs = 0;
		let untilMs = 0;
		const endFrame = () => {
			if (events.length > 0) {
				actions.push({type: 'peer events', events, nowMs: this.#options.startedAtMs + untilMs});
				events = [];
			}
		};

		for (const entry of entries) {
			if (!('event' in entry) || entry.t > sinceMs + frameMs) {
				endFrame();
				sinceMs = entry.t;
			}

			untilMs = entry.t;
			if ('event' in entry) {
				events.push(entry.event);
			} else {
				actions.push(this.#actionOf(entry));
			}
		}

		endFrame();
		return actions;
	}

	#actionOf(entry: Exclude<Entry, {event: PeerEvent}>): Action {
		if ('sample' in entry) {
			const {sample, pieces} = entry;
			// Details that were open in the recording need not be open now.
			const isShown = pieces?.id === detailedId(this.#options.store.getState());
			const nowMs = this.#options.startedAtMs + entry.t;
			return {type: 'sampled', sample, pieces: isShown ? pieces : undefined, nowMs};
		}

		if ('joinLine' in entry) {
			return {type: 'join line', line: entry.joinLine};
		}

		return 'lab' in entry ? {type: 'lab', lab: entry.lab} : {type: 'echo', echo: entry.echo};
	}
}
