/** A decoded member of a message, both fit for a terminal. */
export type WireField = {name: string; value: string};

/** Which conversation a message belongs to: peer and tracker, peer and peer, or the echo warm-up. */
export type WirePlane = 'control' | 'data' | 'echo';

/** One message as it went over a wire, described by the codec that wrote or read it. Texts are fit for a terminal. */
export type WireMessage = {
	/** Wall clock. */
	atMs: number;
	plane: WirePlane;
	/** As seen from this program. */
	direction: 'in' | 'out';
	/** Which end of it we are: the tracker that runs in this program sees what others say to it. */
	end: 'peer' | 'tracker' | 'echo';
	/** The other side's address, `ip:port`. */
	remote: string;
	/** What the other side is called: `tracker`, a peer's name, or its address again. */
	party: string;
	/** `init`, `keep-alive`, `snapshot`, `GET`, `206`, `request`, `file`, … and `malformed` for what nobody can read. */
	kind: string;
	/** All of its bytes on the wire, a body that is told by its length included; lines about pieces are messages of their own. */
	bytes: number;
	/** `port 8001, 12 files, version 2` */
	summary: string;
	/** Its members in their order. */
	fields: WireField[];
	/** Its first bytes, at most `limits.maxWireBytes`. */
	raw: Uint8Array;
	/** Of malformed input: what was expected. */
	problem?: string;
};

/** What a codec can tell of a message: all but when it went, between whom, and where. */
export type WireDescription = Pick<WireMessage, 'kind' | 'bytes' | 'summary' | 'fields' | 'raw' | 'problem'>;

/** Between whom a message went, and on which plane. */
export type WireEnds = Pick<WireMessage, 'plane' | 'end' | 'remote' | 'party'>;

/** Bytes as they went over the wire: how many, and the first of them, which may stand in several places. */
export type WireBytes = {bytes: number; parts: readonly Uint8Array[]};

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
