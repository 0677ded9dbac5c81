import type {PeerEvent} from '../peer/events.js';
import {PeerCore, type PeerCoreOptions} from '../peer/peer-core.js';
import {createStore, type Store} from '../state/store.js';
import type {Arguments} from './arguments.js';
import {readConfig, type Config} from './config.js';
import type {Lab} from './demo/lab.js';
import {findTracker, joinLine} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {recordedStore} from './recording/recorded-store.js';
import type {Recording} from './recording/recording.js';
import {withRecording} from './recording/with-recording.js';
import {startSampler} from './sampler.js';
import {showApp} from './show-app.js';
import {endSignal} from './signals.js';
import {TrackerTap} from './tracker-tap.js';
import {watchWire} from './watch-wire.js';
import {withoutOwn} from './wire-lines.js';

/** Open the screen on a peer of our own. */
export async function screen(options: Arguments): Promise<number> {
	const trackerTap = new TrackerTap();
	const found = await findTracker(options.tracker, options.host, trackerTap.hear);
	trackerTap.tracker = found.embedded;
	try {
		const join = await joinLine(found);
		return await showPeer(
			{...options, tracker: found.address, isServing: true},
			{
				...options,
				joinLine: join,
				trackerTap,
				...(found.embedded && {
					notice: `Started a tracker here${join ? `. Others: ${join}` : ''}`,
				}),
			},
		);
	} finally {
		await found.embedded?.close();
	}
}

export type ShowOptions = Pick<
	Arguments,
	| 'logFile'
	| 'recordFile'
	| 'version'
	| 'configFile'
	| 'theme'
	| 'isAscii'
	| 'hasMouse'
	| 'isScreenReader'
	| 'isWireShown'
> & {
	/** What others type to join. */
	joinLine: string | undefined;
	/** A tracker in this program: what it hears and says is shown, too. */
	trackerTap?: TrackerTap;
	/** Told when the screen opens. */
	notice?: string;
	/** Of the demo: links to play with. */
	lab?: Lab;
};

/**
Run a peer under the screen until the user quits or a signal comes. The terminal is as it was when this returns, or throws.

@throws {UsageError} When the config file makes no sense; and what kept the peer from starting, or broke the screen.
*/
export async function showPeer(
	peer: Omit<PeerCoreOptions, 'onEvent' | 'onDetail'>,
	options: ShowOptions,
): Promise<number> {
	const config = await readConfig(options);
	return withRecording(options, async recording =>
		withLog(options.logFile, async log => showUntilQuit(peer, {...options, config, recording}, log)),
	);
}

type PreparedOptions = ShowOptions & {config: Config; recording: Recording | undefined};

async function showUntilQuit(
	peer: Omit<PeerCoreOptions, 'onEvent' | 'onDetail'>,
	{joinLine: line, notice, isWireShown, lab, trackerTap, isScreenReader, config, recording}: PreparedOptions,
	log: Log,
): Promise<number> {
	const store = recordedStore(createStore(), recording);
	let onListening = () => {};
	const listening = new Promise<void>(resolve => {
		onListening = resolve;
	});
	const onEvent = (event: PeerEvent) => {
		log.event(event);
		store.hear(event, Date.now());
		if (event.type === 'listening') {
			onListening();
		}
	};

	const core = new PeerCore({...peer, onEvent, onDetail: log.detail});
	if (trackerTap) {
		trackerTap.listener = withoutOwn(
			() => core.trackerLocalAddress,
			message => {
				onEvent({type: 'wire', message});
			},
		);
	}

	const unfollowLab = lab && followLab(lab, core, store);
	const {signal, release: releaseSignals} = endSignal();
	let stopSampler = () => {};
	if (isWireShown) {
		store.dispatch({type: 'toggle pane', pane: 'wire'});
	}

	// Before it starts: the first messages are the greetings.
	const always = recording !== undefined;
	const stopWatching = watchWire(trackerTap ? [core, trackerTap] : [core], store, {always});
	try {
		// A folder or port that can not be had is told on the user's own screen; a large folder is looked through while they look.
		const started = core.start();
		await Promise.race([started, listening]);
		store.dispatch({type: 'join line', line});
		if (notice) {
			store.hear({type: 'notice', level: 'info', text: notice}, Date.now());
		}

		stopSampler = startSampler(core, store);
		await showApp({store, actions: core, config, lab, isScreenReader, signal, work: started});
		return 0;
	} finally {
		stopSampler();
		unfollowLab?.();
		stopWatching();
		store.close();
		await core.stop();
		releaseSignals();
	}
}

/** Show what is done to the links of the demo. @returns Ends that. */
function followLab(lab: Lab, core: PeerCore, store: Store): () => void {
	lab.follow(core);
	store.dispatch({type: 'lab', lab: lab.state});
	return lab.onChange((state, text) => {
		store.dispatch({type: 'lab', lab: state});
		store.hear({type: 'notice', level: 'info', text}, Date.now());
	});
}
