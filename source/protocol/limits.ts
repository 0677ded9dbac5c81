/**
Every buffer, list, line and timeout that a stranger can fill, with its reason.
Names carry the unit: bytes, ms or a plain count.
*/

const kibi = 1024;
const mebi = 1024 * kibi;

export const limits = {
	/** One message of a peer: an Init of 200,000 files with their content ids fits; an endless line does not. */
	maxPeerMessageBytes: 48 * mebi,

	/** One message of a tracker: the snapshot of a full directory. */
	maxTrackerMessageBytes: 256 * mebi,

	/** What all announced names and content ids may take in a tracker; a string of JavaScript ends at 512 MiB. */
	maxDirectoryBytes: 128 * mebi,

	/** Nesting inside one control message. Ours use 4; 32 leaves room for members we do not know. */
	maxMessageDepth: 32,

	/** Files that one peer may announce; the rest of its list is left out. */
	maxFilesPerPeer: 200_000,

	/** Contents of which one peer may offer pieces: it fetches only a few at once, and leaves some behind that failed. */
	maxPartsPerPeer: 1000,

	/** A whole file name, folders included. Linux allows 4,096 bytes a path; ours have a prefix of their own. */
	maxNameBytes: 1024,

	/** One part of a file name: the limit of ext4, APFS and NTFS. */
	maxNamePartBytes: 255,

	/** The name a person gives a peer, in characters: what a pane can show. */
	maxPeerNameLength: 40,

	/** The latest modification time we believe, in seconds: the end of the year 9999. */
	maxMtimeSeconds: 253_402_300_799,

	/** A classic file request: one name and its newline. */
	maxRequestBytes: 1024 + 2,

	/** A classic file request without a newline is complete after a pause this long (classic protocol, "what follows"). */
	requestPauseMs: 150,

	/** The first byte of a connection to a peer must come within this time. */
	firstByteTimeoutMs: 20_000,

	/** `Content-Length: N\n` with 16 digits and room for spaces. */
	maxFileHeaderBytes: 64,

	/** What may wait in a socket for a client that never reads, beyond the largest single message it was sent. */
	maxUnsentBytes: 16 * mebi,

	/** Our own peers beat this often; three missed beats end a peer (classic protocol, "what follows"). */
	keepAliveMs: 5000,
	peerTtlMs: 15_000,

	/** A classic peer is silent while it downloads: only this much silence is death. */
	classicPeerTtlMs: 180_000,

	/** A closed connection may be a reconnect: wait this long before the peer is dropped. */
	disconnectGraceMs: 3000,

	/** No answer from a tracker for this long means that it is gone. */
	trackerAnswerTimeoutMs: 15_000,

	/** A classic tracker may be slow: class programs give it three times as long. */
	classicAnswerTimeoutMs: 60_000,

	/** A connection attempt, to a tracker or a peer. */
	connectTimeoutMs: 5000,

	/** A program that said nothing in one dialect is given this long to answer in the other. */
	secondDialectTimeoutMs: 2000,

	/** A peer that sends no byte of a file for this long is given up for that file. */
	transferIdleTimeoutMs: 30_000,

	/** Clients of the tracker, and of a peer's port, at once. */
	maxTrackerConnections: 20_000,
	maxPeerConnections: 1000,

	/** The head of an answer of one of our peers: theirs take 400 bytes. */
	maxResponseHeadBytes: 8 * kibi,

	/** Sources that one download is connected to at once; a larger swarm is known in part. */
	maxSources: 24,

	/** Sources that several peers may follow the pieces of at once, and how much one line about them may take: 10,000 spans. */
	maxPieceFollowers: 200,
	maxPiecesLineBytes: 128 * kibi,

	/** Questions that wait for their answers on one connection to a peer's port; ours ask this many at most. */
	maxPipelined: 256,
	maxAsked: 64,

	/** A source that sends nothing of what it was asked for this long is asked for no more, if others have the same. */
	sourceStallMs: 5000,

	/** What is fetched by one request into memory and is proven as a whole: no pieces, no resume. */
	maxSmallFileBytes: 256 * kibi,

	/** A JSON listing that a browser or a script asks for by `GET /` names this many files at most. */
	maxListedFiles: 100_000,

	/** How much of a message's bytes the wire pane and a recording keep. */
	maxWireBytes: 4 * kibi,

	/** Members of one message that are shown each by itself, and the characters that the value of one takes: a name fits. */
	maxWireFields: 64,
	maxWireValueLength: 160,
} as const;
