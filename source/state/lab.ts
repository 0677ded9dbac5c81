/** What the demo lets its user play with: how the links between the peers are, and who is there. */
export type LabState = {
	/** What each byte takes from one end of a link to the other. */
	delayMs: number;
	/** The tracker can not be reached by anybody. */
	isTrackerDropped: boolean;
	/** The peer that nobody reaches, and that reaches nobody. */
	cutPeer: string | undefined;
	/** Links carry a tenth of what they usually do. */
	isSlow: boolean;
};

/** Each can be taken back: by the same once more, or, for the delay, by going on. */
export type LabActions = {
	/** No delay, 100 ms, 500 ms, and none again, on every link. */
	cycleDelay: () => void;
	/** Drop the tracker, or bring it back. */
	toggleTracker: () => void;
	/** Cut a peer off, the one that sends us most where none is named; or let the one back that is cut off. */
	toggleCut: (name?: string) => void;
	/** Make links slow, or as fast as they were. */
	toggleSlow: () => void;
};
