/** What is done to the links of the demo now. */
export type LabState = {
	/** One way, on every link. */
	delayMs: number;
	isTrackerDropped: boolean;
	/** The name of the peer whose machine seems to have vanished. */
	cutPeer: string | undefined;
	/** Links are as slow as a bad mobile network. */
	isSlow: boolean;
};

/** What can be done to them. */
export type LabActions = {
	cycleDelay: () => void;
	toggleTracker: () => void;
	/** @param name - The peer to cut; the one that sends us most where none is named. While one is cut, it is let back. */
	toggleCut: (name?: string) => void;
	toggleSlow: () => void;
};
