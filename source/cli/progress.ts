import process from 'node:process';
import prettyBytes from 'pretty-bytes';
import type {Sample} from '../peer/events.js';
import type {PeerCore} from '../peer/peer-core.js';

const intervalMs = 250;

const eraseLine = '\r\u001B[K';

export type Progress = {
	/** Take the line away, so that another can be printed in its place. */
	clear: () => void;
	stop: () => void;
};

/** How many send to us, where several do. */
export function sourcesText({running}: Pick<Sample, 'running'>): string {
	const names = new Set(running.flatMap(({sources = []}) => sources.map(({name}) => name)));
	return names.size > 1 ? ` from ${names.size} sources` : '';
}

/** Where nothing runs yet, or nobody would see it. */
export const noProgress: Progress = {clear() {}, stop() {}};

/** Keep one line on stderr about running downloads, when that is a terminal. */
export function showProgress(core: PeerCore): Progress {
	if (!process.stderr.isTTY) {
		return noProgress;
	}

	let isShown = false;
	let before = core.sample();
	const clear = () => {
		if (isShown) {
			isShown = false;
			process.stderr.write(eraseLine);
		}
	};

	const timer = setInterval(() => {
		const now = core.sample();
		const rate = ((now.downBytes - before.downBytes) / (now.atMs - before.atMs)) * 1000;
		before = now;
		const active = core.activeDownloads;
		clear();
		if (active > 0) {
			isShown = true;
			const from = sourcesText(now);
			process.stderr.write(`${active} to fetch, ${prettyBytes(now.downBytes)} so far, ${prettyBytes(rate)}/s${from}`);
		}
	}, intervalMs);
	return {
		clear,
		stop() {
			clearInterval(timer);
			clear();
		},
	};
}
