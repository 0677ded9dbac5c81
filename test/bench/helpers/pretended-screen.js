/*
The real screen on a terminal that is only pretended: keys go in where a keyboard's would, frames come out where a terminal would
draw them.
*/
import {EventEmitter} from 'node:events';
import {PassThrough} from 'node:stream';
import {performance} from 'node:perf_hooks';
import process from 'node:process';

// As source/cli.tsx does, before Ink is imported: React's development build is slower, and remembers every render.
process.env.NODE_ENV = 'production';
process.env.CI = 'false';
process.env.CONTINUOUS_INTEGRATION = 'false';
process.env.FORCE_COLOR = '2';

const {render} = await import('ink');
const {createElement} = await import('react');
const {createStore} = await import('../../../dist/source/state/store.js');
const {App} = await import('../../../dist/source/ui/app.js');
const {screenFps} = await import('../../../dist/source/cli/show-app.js');

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

/** Counts the frames that are written, and tells when one was drawn, also where nothing on it had changed. */
// eslint-disable-next-line unicorn/prefer-event-target -- Ink listens to it as to a stream
class Display extends EventEmitter {
	isTTY = true;
	frames = 0;
	last = '';

	constructor(columns, rows) {
		super();
		this.columns = columns;
		this.rows = rows;
	}

	write(text) {
		// What is written around frames has no lines.
		if (text.includes('\n')) {
			this.frames++;
			this.last = text;
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
export function openScreen({columns = 120, rows = 40, maxFps = screenFps} = {}) {
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
		onRender() {
			// The frame is written right after this, or it is the same as the one before.
			queueMicrotask(() => {
				stdout.emit('drawn', performance.now());
			});
		},
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
