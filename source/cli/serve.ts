import type {PeerEvent} from '../peer/events.js';
import {PeerCore} from '../peer/peer-core.js';
import type {Arguments} from './arguments.js';
import {jsonLineOf, linesOf} from './event-lines.js';
import {findTracker, joinLine} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {showProgress} from './progress.js';
import {aborted, endSignal} from './signals.js';
import {withoutOwn} from './wire-lines.js';

/**
Share and fetch without a screen, until a signal: plain lines, or NDJSON events with `--json`.

@returns The exit code.
*/
export const serve = async (options: Arguments): Promise<number> =>
	withLog(options.logFile, async log => serveUntilSignal(options, log));

async function serveUntilSignal(options: Arguments, log: Log): Promise<number> {
	const {signal, release} = endSignal();
	const onEvent = (event: PeerEvent) => {
		log.event(event);
		for (const line of options.isJson ? [jsonLineOf(event)] : linesOf(event)) {
			progress.clear();
			console.log(line);
		}
	};

	const onWire = withoutOwn(
		() => core.trackerLocalAddress,
		message => {
			onEvent({type: 'wire', message});
		},
	);
	const found = await findTracker(options.tracker, options.host, onWire);
	const core = new PeerCore({
		...options,
		tracker: found.address,
		isServing: true,
		onEvent,
		onDetail: log.detail,
	});
	const progress = showProgress(core);
	core.watchWire(options.isWireShown);
	found.embedded?.watchWire(options.isWireShown);
	try {
		await core.start();
		const join = await joinLine(found);
		if (found.embedded && join && !options.isJson) {
			console.log(`No tracker was running here, so this peer started one. Others join by: ${join}`);
		}

		await aborted(signal);
		return 0;
	} finally {
		progress.stop();
		await core.stop();
		await found.embedded?.close();
		release();
	}
}
