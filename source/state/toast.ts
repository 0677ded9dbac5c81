import type {NoticeLevel} from '../peer/events.js';
import type {Notice, State} from './state.js';

/** Notices that come so soon after each other are one toast. */
const burstMs = 5000;

/** How long good news is fresh. */
const freshMs = 10_000;

const severity: Record<NoticeLevel, number> = {info: 0, warning: 1, error: 2};

/** What is told right now. */
export type Toast = {
	notice: Notice;
	/** How many others came with it. */
	more: number;
	/** It is no news any more. Warnings and errors stay until something else happens. */
	isFaded: boolean;
};

/** The latest notice; of several in a row the gravest, so that no good news hides an error that came just before. */
export function toastOf({notice: latest, log, nowMs}: Pick<State, 'notice' | 'log' | 'nowMs'>): Toast | undefined {
	if (!latest) {
		return undefined;
	}

	let shown = latest;
	let more = 0;
	// They are numbered as they came.
	for (let id = latest.id - 1; ; id--) {
		const before = log.get(id);
		if (!before || latest.atMs - before.atMs > burstMs) {
			break;
		}

		more++;
		if (severity[before.level] > severity[shown.level]) {
			shown = before;
		}
	}

	return {notice: shown, more, isFaded: shown.level === 'info' && nowMs - shown.atMs > freshMs};
}
