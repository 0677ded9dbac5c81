import {render} from 'ink';
import type {PeerActions} from '../peer/events.js';
import type {LabActions} from '../state/lab.js';
import type {Store} from '../state/store.js';
import {App} from '../ui/app.js';
import type {Look} from '../ui/hooks/use-look.js';
import {toAscii} from '../ui/to-ascii.js';
import type {Arguments} from './arguments.js';
import {CrashGuard} from './crash-guard.js';
import {takeScreen} from './terminal.js';

/** How the terminal is to be used. */
export type TerminalUse = Pick<Arguments, 'isAscii' | 'hasMouse'>;

export type ShowAppOptions = TerminalUse & {
	store: Store;
	/** Does what keys ask of a peer. */
	actions: PeerActions;
	look?: Look | undefined;
	lab?: LabActions | undefined;
	/** What goes on meanwhile: where it fails, so does this. */
	work?: Promise<unknown> | undefined;
	/** Ends it, as the user can. */
	signal: AbortSignal;
};

/**
Show a store on the whole terminal until the user quits. The terminal is as it was when this returns, or throws.

@throws What broke the screen.
*/
export async function showApp(options: ShowAppOptions): Promise<void> {
	const {store, actions, look, lab, work, signal, hasMouse, isAscii} = options;
	const crashes: unknown[] = [];
	const quit = () => {
		app.unmount();
	};

	const screen = takeScreen({
		onSize(columns, rows) {
			store.dispatch({type: 'resized', columns, rows});
		},
		onGone: quit,
		hasMouse,
		...(isAscii && {rewrite: toAscii}),
	});
	const crashed = (error: unknown) => {
		crashes.push(error);
		// Not in the middle of the render that has failed.
		setImmediate(quit);
	};

	const app = render(
		<CrashGuard onCrash={crashed}>
			<App store={store} actions={actions} look={look} lab={lab} onQuit={quit} onSuspend={screen.suspend} />
		</CrashGuard>,
		{exitOnCtrlC: false, patchConsole: false},
	);
	try {
		signal.addEventListener('abort', quit, {once: true});
		if (signal.aborted) {
			quit();
		}

		work?.catch(crashed);
		await app.waitUntilExit();
		if (crashes.length > 0) {
			throw crashes[0];
		}
	} finally {
		screen.release();
	}
}
