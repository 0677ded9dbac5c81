import process from 'node:process';
import prettyBytes from 'pretty-bytes';
import type {PeerCore} from '../peer/peer-core.js';

const intervalMs = 250;

const eraseLine = '\r\u001B[K';

/**
Keep one line on stderr about running downloads, when that is a terminal.

@returns Ends it and clears the line.
*/
export function showProgress(core: PeerCore): {stop: () => void} {
	if (!process.stderr.isTTY) {
		return {stop() {}};
	}

	let before = core.sample();
	const timer = setInterval(() => {
		const now = core.sample();
		const rate = ((now.downBytes - before.downBytes) / (now.atMs - before.atMs)) * 1000;
		before = now;
		const active = core.activeDownloads;
		if (active > 0) {
			process.stderr.write(
				`${eraseLine}${active} to fetch, ${prettyBytes(now.downBytes)} so far, ${prettyBytes(rate)}/s`,
			);
		}
	}, intervalMs);
	return {
		stop() {
			clearInterval(timer);
			process.stderr.write(eraseLine);
		},
	};
}
