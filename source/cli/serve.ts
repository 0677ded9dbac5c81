import {PeerCore} from '../peer/peer-core.js';
import type {Arguments} from './arguments.js';
import {jsonLineOf, linesOf} from './event-lines.js';
import {findTracker, joinLine} from './find-tracker.js';
import {openLog} from './log-file.js';
import {aborted, endSignal} from './signals.js';

/**
Share and fetch without a screen, until a signal: plain lines, or NDJSON events with `--json`.

@returns The exit code.
*/
export async function serve(options: Arguments): Promise<number> {
	const {signal, release} = endSignal();
	const log = await openLog(options.logFile);
	const found = await findTracker(options.tracker, options.host);
	const core = new PeerCore({
		...options,
		tracker: found.address,
		isServing: true,
		onEvent(event) {
			log.event(event);
			for (const line of options.isJson ? [jsonLineOf(event)] : linesOf(event)) {
				console.log(line);
			}
		},
		onDetail: log.detail,
	});
	try {
		await core.start();
		const join = joinLine(found, options.host);
		if (found.embedded && join && !options.isJson) {
			console.log(`No tracker was running here, so this peer started one. Others join by: ${join}`);
		}

		await aborted(signal);
		return 0;
	} finally {
		await core.stop();
		await found.embedded?.close();
		await log.close();
		release();
	}
}
