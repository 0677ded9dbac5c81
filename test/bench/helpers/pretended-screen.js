/*
The real screen on a terminal that is only pretended: keys go in where a keyboard's would, frames come out where a terminal would
draw them.
*/
import {EventEmitter} from 'node:events';
import {PassThrough} from 'node:stream';
import {performance} from 'node:perf_hooks';
import process from 'node:process';

// As source/cli.tsx does, before Ink is imported.
process.env.NODE_ENV = 'production';
process.env.CI = 'false';
process.env.CONTINUOUS_INTEGRATION = 'false';
process.env.FORCE_COLOR = '2';

const {render} = await import('ink');
const {createElement} = await import('react');
const {createStore} = await import('../../../dist/source/state/store.js');
const {App} = await import('../../../dist/source/ui/app.js');

class Keyboard extends PassThrough {
	isTTY = true;









	setRawMode() {
		return this;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}
}

/** Tells of each frame as it is written, with its time. */
class Display extends EventEmitter {
	isTTY = true;
	frames = 0;
	la
s
t
 
=
 
'

';

	constructor(columns, rows) {
		super();
		this.columns = columns;
		this.rows = rows;
	}

	write(text) {
		// The marks around a frame (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036) are none.
		if (!/^(?:\u{1B}\[\?(?:2026|25)[hl])*$/u.test(text)) {
			this.frames++;
			this.last = text;
			this.emit('frame', performance.now());
		}

		return true;
	}
}

const noAction = () => {};
const actions = {
	request: noAction,
	pause: noAction,
	resume: noAction,
	cancel: noAction,
	retry: noAction,
	move: noAction,
	clearFinished: noAction,
	setSync: noAction,
	watchWire: noAction,
};

/** @param options - `maxFps` of Ink; the program's own where it is not named. */
export function openScreen({columns = 120, rows = 40, maxFps}) {
	const store = createStore();
	const stdin = new Keyboard();
	const stdout = new Display(columns, rows);
	store.dispatch({type: 'resized', columns, rows});
	const app = render(createElement(App, {store, actions, onQuit: noAction}), {
		stdin,
		stdout,
		exitOnCtrlC: false,
		patchConsole: false,
		maxFps,
	});
	return {
		store,
		stdin,
		stdout,
		close() {
			app.unmount();
			store.close();
		},
	};
}
