import type {PeerEvent} from '../peer/events.js';
import {PeerCore} from '../peer/peer-core.js';
import {createStore} from '../state/store.js';
import type {Arguments} from './arguments.js';
import {jsonLineOf, linesOf} from './event-lines.js';
import {findTracker, joinLine} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {noProgress, showProgress} from './progress.js';
import {recordedStore} from './recording/recorded-store.js';
import type {Recording} from './recording/recording.js';
import {withRecording} from './recording/with-recording.js';
import {startSampler} from './sampler.js';
import {aborted, endSignal} from './signals.js';
import {withoutOwn} from './wire-lines.js';

/**
Share and fetch without a screen, until a signal: plain lines, or NDJSON events with `--json`.

@returns The exit code.
*/
export const serve = async (options: Arguments): Promise<number> =>
	withRecording(options, async recording =>
		withLog(options.logFile, async log => serveUntilSignal(options, log, recording)),
	);

async function serveUntilSignal(options: Arguments, log: Log, recording: Recording | undefined): Promise<number> {
	const {signal, release} = endSignal();
	let progress = noProgress;
	const tell = (event: PeerEvent) => {
		if (event.type === 'wire' && !options.isWireShown) {
			return;
		}

		for (const line of options.isJson ? [jsonLineOf(event)] : linesOf(event)) {
			progress.clear();
			console.log(line);
		}
	};

	// What the screen would show is what a recording holds.
	const store = recording && recordedStore(createStore(), recording);
	if (recording) {
		recording.onProblem = text => {
			tell({type: 'notice', level: 'warning', text});
		};
	}

	const onEvent = (event: PeerEvent) => {
		log.event(event);
		store?.hear(event, Date.now());
		tell(event);
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
	progress = showProgress(core);
	let stopSampler = () => {};
	const isWatched = options.isWireShown || recording !== undefined;
	core.watchWire(isWatched);
	found.embedded?.watchWire(isWatched);
	try {
		await core.start();
		stopSampler = store ? startSampler(core, store) : stopSampler;
		const join = await joinLine(found);
		store?.dispatch({type: 'join line', line: join});
		if (found.embedded && join && !options.isJson) {
			console.log(`No tracker was running here, so this peer started one. Others join by: ${join}`);
		}

		await aborted(signal);
		return 0;
	} finally {
		progress.stop();
		stopSampler();
		store?.close();
		await core.stop();
		await found.embedded?.close();
		release();
	}
}
