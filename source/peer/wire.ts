import type {WireMessage} from '../protocol/wire.js';

/** Sees every message that goes over the wire of a peer or a tracker, while somebody watches; costs nothing otherwise. */
export class Wire {
	isWatched = false;
	readonly #tell: (message: WireMessage) => void;

	constructor(tell: (message: WireMessage) => void) {
		this.#tell = tell;
	}

	/** @param describe - Called only while the wire is watched. */
	see(describe: () => Omit<WireMessage, 'atMs'>): void {
		if (this.isWatched) {
			this.#tell({atMs: Date.now(), ...describe()});
		}
	}
}
