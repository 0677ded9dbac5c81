import {PeerCore} from '../peer/peer-core.js';
import type {PeerEvent} from '../peer/events.js';
import {createStore} from '../state/store.js';
import type {Arguments} from './arguments.js';
import {jsonLineOf, linesOf} from './event-lines.js';
import {findTracker, joinLine} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {showProgress} from './progress.js';
import {recordedStore} from './recording/recorded-store.js';
import type {Recording} from './recording/recording.js';
import {withRecording} from './recording/with-recording.js';
import {startSampler} from './sampler.js';
import {aborted, endSignal} from './signals.js';

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
	const tell = (event: PeerEvent) => {
		// Watched for the recording alone.
		if (event.type === 'wire') {
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

	const found = await findTracker(options.tracker, options.host);
	const core = new PeerCore({
		...options,
		tracker: found.address,
		isServing: true,
		onEvent(event) {
			log.event(event);
			store?.hear(event, Date.now());
			tell(event);
		},
		onDetail: log.detail,
	});
	const progress = showProgress(core);
	let stopSampler = () => {};
	try {
		core.watchWire(recording !== undefined);
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
