import prettyBytes from 'pretty-bytes';
import type {LabState} from '../../state/lab.js';
import {slowBytesPerSecond, usualBytesPerSecond} from './cast.js';

/** A line that says what has changed and what there is to be seen. */
export function labNotice(before: LabState, now: LabState): string {
	if (before.delayMs !== now.delayMs) {
		return now.delayMs === 0
			? 'Links are as short as they were: no delay'
			: `Links take ${now.delayMs} ms each way: watch the time to the tracker; a download from several hardly minds`;
	}

	if (before.isTrackerDropped !== now.isTrackerDropped) {
		return now.isTrackerDropped
			? 'Tracker dropped: transfers go on, lists are as of its last word. The same key brings it back'
			: 'The tracker is back: within seconds everyone tells it again who they are and what they have';
	}

	if (before.cutPeer !== now.cutPeer) {
		return now.cutPeer === undefined
			? `${before.cutPeer} is back: it finds the tracker by itself, and is asked for pieces again`
			: `${now.cutPeer} is cut off: its pieces come from the others, and the tracker drops it in 3 s. The same key lets it back`;
	}

	return now.isSlow
		? `Links carry ${rate(slowBytesPerSecond)} each: from several sources a file still comes faster than from one`
		: `Links carry ${rate(usualBytesPerSecond)} each again`;
}

const rate = (bytes: number) => `${prettyBytes(bytes)}/s`;
