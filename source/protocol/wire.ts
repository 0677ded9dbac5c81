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
	/** All of its bytes on the wire, a body that is told by its length included. */
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
