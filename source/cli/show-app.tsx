import {render} from 'ink';
import type {PeerActions} from '../peer/events.js';
import type {LabActions} from '../state/lab.js';
import type {Store} from '../state/store.js';
import {App} from '../ui/app.js';
import type {Look} from '../ui/hooks/use-look.js';
import {takeScreen} from './terminal.js';

export type ShowAppOptions = {
	store: Store;
	/** Does what keys ask of a peer. */
	actions: PeerActions;
	look?: Look | undefined;
	lab?: LabActions | undefined;
	/** Ends it, as the user can. */
	signal: AbortSignal;
};

/**
Show a store on the whole terminal until the user quits. The terminal is as it was when this returns, or throws.

@throws What broke the screen.
*/
export async function showApp({store, actions, look, lab, signal}: ShowAppOptions): Promise<void> {
	const releaseScreen = takeScreen((columns, rows) => {
		store.dispatch({type: 'resized', columns, rows});
	});
	try {
		const quit = () => {
			app.unmount();
		};

		const app = render(<App store={store} actions={actions} look={look} lab={lab} onQuit={quit} />, {
			exitOnCtrlC: false,
			patchConsole: false,
		});
		signal.addEventListener('abort', quit, {once: true});
		if (signal.aborted) {
			quit();
		}

		await app.waitUntilExit();
	} finally {
		releaseScreen();
	}
}
