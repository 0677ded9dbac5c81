import {render} from 'ink';
import {PeerCore, type PeerCoreOptions} from '../peer/peer-core.js';
import {createStore} from '../state/store.js';
import {App} from '../ui/app.js';
import type {Arguments} from './arguments.js';
import {readConfig, type Config} from './config.js';
import type {Lab} from './demo/lab.js';
import {findTracker, joinLine} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {startSampler} from './sampler.js';
import {readAloud} from './screen-reader.js';
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
				...options,
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

export type ShowOptions = Pick<Arguments, 'logFile' | 'configFile' | 'theme' | 'isScreenReader'> & {
	/** What others type to join. */
	joinLine: string | undefined;
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
	return withLog(options.logFile, async log => showUntilQuit(peer, options, config, log));
}

async function showUntilQuit(
	peer: Omit<PeerCoreOptions, 'onEvent' | 'onDetail'>,
	{joinLine: line, notice, lab, isScreenReader}: ShowOptions,
	{bindings, theme, file}: Config,
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
	lab?.follow(core);
	const {signal, release: releaseSignals} = endSignal();
	let releaseScreen = () => {};
	let stopSampler = () => {};
	try {
		// A folder or port that can not be had is told on the user's own screen.
		await core.start();
		store.dispatch({type: 'join line', line});
		store.dispatch({type: 'settings', settings: {theme, configFile: file}});
		if (notice) {
			store.hear({type: 'notice', level: 'info', text: notice}, Date.now());
		}

		stopSampler = startSampler(core, store);
		if (isScreenReader) {
			await readAloud({store, actions: core, bindings, signal});
			return 0;
		}

		releaseScreen = takeScreen((columns, rows) => {
			store.dispatch({type: 'resized', columns, rows});
		});
		const quit = () => {
			app.unmount();
		};

		const app = render(<App store={store} actions={core} bindings={bindings} onQuit={quit} />, {
			exitOnCtrlC: false,
			patchConsole: false,
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
