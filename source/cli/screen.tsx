import {render} from 'ink';
import {PeerCore, type PeerCoreOptions} from '../peer/peer-core.js';
import {createStore} from '../state/store.js';
import {App} from '../ui/app.js';
import type {Arguments} from './arguments.js';
import {findTracker, joinLine} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {startSampler} from './sampler.js';
import {endSignal} from './signals.js';
import {takeScreen} from './terminal.js';

/** Open the screen on a peer of our own. */
export async function screen(options: Arguments): Promise<number> {
	const found = await findTracker(options.tracker, options.host);
	try {
		const join = await joinLine(found);
		return await showPeer(
			{...options, tracker: found.address, isServing: true},
			{
				logFile: options.logFile,
				joinLine: join,
				...(found.embedded && {
					notice: `Started a tracker here${join ? `. Others: ${join}` : ''}`,
				}),
			},
		);
	} finally {
		await found.embedded?.close();
	}
}

/**
Frames a second that Ink may write. The store gathers what streams in, so what is left are keys and samples: one that comes just after
a frame must not wait for longer than it takes to draw.
*/
export const screenFps = 250;

export type ShowOptions = {
	logFile: string | undefined;
	/** What others type to join. */
	joinLine: string | undefined;
	/** Told when the screen opens. */
	notice?: string;
};

/**
Run a peer under the screen until the user quits or a signal comes. The terminal is as it was when this returns, or throws.

@throws What kept the peer from starting, or broke the screen.
*/
export async function showPeer(
	peer: Omit<PeerCoreOptions, 'onEvent' | 'onDetail'>,
	options: ShowOptions,
): Promise<number> {
	return withLog(options.logFile, async log => showUntilQuit(peer, options, log));
}

async function showUntilQuit(
	peer: Omit<PeerCoreOptions, 'onEvent' | 'onDetail'>,
	{joinLine: line, notice}: ShowOptions,
	log: Log,
): Promise<number> {
	const store = createStore();
	const core = new PeerCore({
		...peer,
		onEvent(event) {
			log.event(event);
			store.hear(event, Date.now());
		},
		onDetail: log.detail,
	});
	const {signal, release: releaseSignals} = endSignal();
	let releaseScreen = () => {};
	let stopSampler = () => {};
	try {
		// A folder or port that can not be had is told on the user's own screen.
		await core.start();
		store.dispatch({type: 'join line', line});
		if (notice) {
			store.hear({type: 'notice', level: 'info', text: notice}, Date.now());
		}

		stopSampler = startSampler(core, store);
		releaseScreen = takeScreen((columns, rows) => {
			store.dispatch({type: 'resized', columns, rows});
		});
		const quit = () => {
			app.unmount();
		};

		const app = render(<App store={store} actions={core} onQuit={quit} />, {
			exitOnCtrlC: false,
			patchConsole: false,
			maxFps: screenFps,
		});
		signal.addEventListener('abort', quit, {once: true});
		if (signal.aborted) {
			quit();
		}

		await app.waitUntilExit();
		return 0;
	} finally {
		stopSampler();
		store.close();
		releaseScreen();
		await core.stop();
		releaseSignals();
	}
}
