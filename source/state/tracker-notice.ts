import type {NoticeLevel, TrackerStatus} from '../peer/events.js';
import type {Tracker} from './state.js';

/** How it stands with the tracker after another word about that. */
export const nextTracker = (
	before: Tracker | undefined,
	status: TrackerStatus & {address: string},
	sinceMs: number,
): Tracker => ({...status, sinceMs, lostReason: lostReason(before, status)});

/** Why it was lost, until it is back: the tries in between change nothing about that. */
function lostReason(before: Tracker | undefined, status: TrackerStatus): string | undefined {
	switch (status.state) {
		case 'lost': {
			return status.reason;
		}

		case 'connecting': {
			return before?.lostReason;
		}

		case 'connected': {
			return undefined;
		}
	}
}

/** What is worth telling of that: that the tracker is lost, and why; and that it is back. Not each try in between. */
export function trackerNotice(
	before: Tracker | undefined,
	{address, state, lostReason: reason}: Tracker,
): {level: NoticeLevel; text: string} | undefined {
	if (reason !== undefined && before?.lostReason === undefined) {
		return {level: 'warning', text: `${reason}. Transfers go on, and it is tried again by itself`};
	}

	return state === 'connected' && before?.lostReason !== undefined
		? {level: 'info', text: `The tracker ${address} is back`}
		: undefined;
}
