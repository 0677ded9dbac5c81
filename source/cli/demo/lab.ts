import {reasonOf} from '../../protocol/errors.js';
import type {PeerCore} from '../../peer/peer-core.js';
import type {LabActions, LabState} from '../../state/lab.js';
import {slowBytesPerSecond} from './cast.js';
import {labNotice} from './lab-notices.js';
import type {LinkProxy} from './link-proxy.js';

/** How a peer is connected: to the tracker, and, of a simulated one, to those who fetch from it. */
export type LabPeer = {
	/** Of a simulated peer. */
	name?: string;
	control: LinkProxy;
	serving?: LinkProxy;
	/** Told when it is cut off, and when it is back. */
	setCut?: (isCut: boolean) => void;
};

export type LabListener = (state: LabState, notice: string) => void;

const delaysMs = [0, 100, 500];

/** The toggles of the demo: what they do to the links, and a line that says what there is to be seen. */
export class Lab implements LabActions {
	readonly #peers: readonly LabPeer[];
	readonly #listeners = new Set<LabListener>();
	#state: LabState = {delayMs: 0, isTrackerDropped: false, cutPeer: undefined, isSlow: false};
	#core: Pick<PeerCore, 'sample'> | undefined;
	/** Until the links are as the state says. */
	#settling: Promise<unknown> = Promise.resolve();

	/** @param peers - All there are, the user's own included. */
	constructor(peers: readonly LabPeer[]) {
		this.#peers = peers;
	}

	get state(): LabState {
		return this.#state;
	}

	/** @returns Takes the listener away. */
	onChange(listener: LabListener): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** The user's own peer: whoever sends it most is cut off first. */
	follow(core: Pick<PeerCore, 'sample'>): void {
		this.#core = core;
	}

	cycleDelay(): void {
		const next = delaysMs.indexOf(this.#state.delayMs) + 1;
		this.#change({delayMs: delaysMs[next % delaysMs.length]!});
	}

	toggleTracker(): void {
		this.#change({isTrackerDropped: !this.#state.isTrackerDropped});
	}

	toggleCut(name?: string): void {
		const {cutPeer} = this.#state;
		if (cutPeer !== undefined && (name === undefined || name === cutPeer)) {
			this.#change({cutPeer: undefined});
			return;
		}

		const named = name === undefined ? this.#busiest() : this.#peers.find(peer => peer.name === name)?.name;
		if (named !== undefined) {
			this.#change({cutPeer: named});
		}
	}

	toggleSlow(): void {
		this.#change({isSlow: !this.#state.isSlow});
	}

	/** Resolves when the links are as the state says. */
	async settled(): Promise<void> {
		await this.#settling;
	}

	/** The simulated peer that sends the user most, or the first. */
	#busiest(): string | undefined {
		const names = this.#peers.flatMap(({name}) => name ?? []);
		const rates = new Map(names.map(name => [name, 0]));
		for (const {name, bytesPerSecond} of this.#core?.sample().running.flatMap(({sources = []}) => sources) ?? []) {
			if (rates.has(name)) {
				rates.set(name, rates.get(name)! + bytesPerSecond);
			}
		}

		return names.toSorted((a, b) => rates.get(b)! - rates.get(a)!)[0];
	}

	#change(change: Partial<LabState>): void {
		const before = this.#state;
		this.#state = {...before, ...change};
		this.#settling = Promise.all(this.#peers.map(async peer => this.#apply(peer))).catch((error: unknown) => {
			this.#tell(`A link could not be brought back (${reasonOf(error)}): quit, and start the demo anew`);
		});
		if (before.cutPeer !== this.#state.cutPeer) {
			this.#peer(before.cutPeer)?.setCut?.(false);
			this.#peer(this.#state.cutPeer)?.setCut?.(true);
		}

		this.#tell(labNotice(before, this.#state));
	}

	async #apply({name, control, serving}: LabPeer): Promise<void> {
		const {delayMs, isTrackerDropped, cutPeer, isSlow} = this.#state;
		const isCut = name !== undefined && name === cutPeer;
		const links = [
			{link: control, isDown: isTrackerDropped || isCut},
			...(serving ? [{link: serving, isDown: isCut}] : []),
		];
		for (const {link} of links) {
			link.delayMs = delayMs;
			link.bytesPerSecond = isSlow ? slowBytesPerSecond : undefined;
		}

		await Promise.all(
			links
				.filter(({link, isDown}) => link.isCut !== isDown)
				.map(async ({link, isDown}) => (isDown ? link.cut() : link.restore())),
		);
	}

	#peer(name: string | undefined): LabPeer | undefined {
		return name === undefined ? undefined : this.#peers.find(peer => peer.name === name);
	}

	#tell(notice: string): void {
		for (const listener of this.#listeners) {
			listener(this.#state, notice);
		}
	}
}
