/** How a recording that is played stands. */
export type ReplayState = {
	/** Since the start of the recording. */
	positionMs: number;
	totalMs: number;
	/** 2 is twice as fast as it was. */
	speed: number;
	isPaused: boolean;
	/** There is no more of it. */
	isOver: boolean;
};

/** What can be done with it. */
export type ReplayActions = {
	togglePause: () => void;
	faster: () => void;
	slower: () => void;
	/** Play the next event, while it is paused. */
	step: () => void;
	restart: () => void;
};
