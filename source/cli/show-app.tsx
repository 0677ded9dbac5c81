import {render} from 'ink';
import type {PeerActions} from '../peer/events.js';
import type {LabActions} from '../state/lab.js';
import type {Store} from '../state/store.js';
import {App} from '../ui/app.js';
import type {Binding} from '../ui/bindings.js';
import {toAscii} from '../ui/to-ascii.js';
import type {Config} from './config.js';
import {copierFor} from './clipboard.js';
import {CrashGuard} from './crash-guard.js';
import {readAloud} from './screen-reader.js';
import {takeScreen} from './terminal.js';

/**
Frames a second that Ink may write. The store gathers what streams in, so what is left are keys and samples: one that comes just after
a frame must not wait for longer than it takes to draw.
*/
export const screenFps = 250;

export type ShowAppOptions = {
	store: Store;
	/** Does what keys ask of a peer. */
	actions: PeerActions;
	config: Config;
	/** The keys, where they are others than those of the config. */
	bindings?: readonly Binding[];
	/** Lines for a screen reader in place of the screen. */
	isScreenReader: boolean;
	lab?: LabActions | undefined;
	/** What goes on meanwhile: where it fails, so does this. */
	work?: Promise<unknown>;
	/** Ends it, as the user can. */
	signal: AbortSignal;
};

/**
Show a store on the whole terminal until the user quits. The terminal is as it was when this returns, or throws.

@throws What broke the screen, or the work.
*/
export async function showApp(options: ShowAppOptions): Promise<void> {
	const {store, config, work, signal} = options;
	const failed = new AbortController();
	const failures: unknown[] = [];
	const fail = (error: unknown) => {
		failures.push(error);
		// Not in the middle of the render that has failed.
		setImmediate(() => {
			failed.abort();
		});
	};

	work?.catch(fail);
	store.dispatch({type: 'settings', settings: {theme: config.theme, configFile: config.file}});
	const {bindings = config.bindings} = options;
	const ends = AbortSignal.any([signal, failed.signal]);
	await (options.isScreenReader
		? readAloud({...options, bindings, signal: ends})
		: draw({...options, bindings, signal: ends, onCrash: fail}));
	if (failures.length > 0) {
		throw failures[0];
	}
}

type DrawOptions = ShowAppOptions & {onCrash: (error: unknown) => void};

async function draw({store, actions, config, bindings, lab, signal, onCrash}: DrawOptions): Promise<void> {
	const quit = () => {
		app.unmount();
	};

	const screen = takeScreen({
		onSize(columns, rows) {
			store.dispatch({type: 'resized', columns, rows});
		},
		onGone: quit,
		hasMouse: config.hasMouse,
		...(config.isAscii && {rewrite: toAscii}),
	});
	const app = render(
		<CrashGuard onCrash={onCrash}>
			<App
				store={store}
				actions={actions}
				bindings={bindings}
				lab={lab}
				onQuit={quit}
				onCopy={copierFor(store)}
				onSuspend={screen.suspend}
			/>
		</CrashGuard>,
		{exitOnCtrlC: false, patchConsole: false, maxFps: screenFps},
	);
	try {
		signal.addEventListener('abort', quit, {once: true});
		if (signal.aborted) {
			quit();
		}

		await app.waitUntilExit();
	} finally {
		screen.release();
	}
}
