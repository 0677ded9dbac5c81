import {reasonOf} from '../protocol/errors.js';
import {createStore} from '../state/store.js';
import {count} from '../ui/format.js';
import {replayBindings} from '../ui/replay-bindings.js';
import type {Arguments} from './arguments.js';
import {readConfig} from './config.js';
import type {Entry} from './recording/entry.js';
import {Player} from './recording/player.js';
import {lengthOfRecording, openRecording} from './recording/read-recording.js';
import {recordedPeerActions} from './replay-actions.js';
import {showApp} from './show-app.js';
import {endSignal} from './signals.js';

/**
Play a recording on the screen: no network, no folder, no tracker.

@returns The exit code: 1 where it could not be played to its end.
@throws {UsageError} When the file can not be read, or is no recording.
*/
export async function replay(options: Arguments): Promise<number> {
	const {file, speed = 1} = options;
	const config = await readConfig(options);
	const {header, close} = await openRecording(file);
	// It is opened again each time that it is played.
	await close();
	const totalMs = await lengthOfRecording(file);
	const store = createStore();
	if (options.isWireShown) {
		store.dispatch({type: 'toggle pane', pane: 'wire'});
	}

	const {signal, release} = endSignal();
	const left = new AbortController();
	const tell = (level: 'info' | 'error', text: string) => {
		store.hear({type: 'notice', level, text}, store.getState().nowMs);
	};

	let exitCode = 0;
	let unknownLines = () => 0;
	const player = new Player({
		async *entries(): AsyncGenerator<Entry, void> {
			const recording = await openRecording(file);
			unknownLines = recording.unknownLines;
			yield* recording.entries;
		},
		onOver() {
			const unknown = unknownLines();
			const leftOut = unknown > 0 ? `; left ${count(unknown, 'line')} out that only a newer version knows` : '';
			tell('info', `The recording is over${leftOut}. 0 plays it again, q quits`);
		},
		onProblem(error) {
			// What was played stays on the screen, to be looked at.
			exitCode = 1;
			tell('error', `${reasonOf(error)}. The recording ends here`);
		},
		startedAtMs: header.startedAtMs,
		totalMs,
		speed,
		store,
		signal: AbortSignal.any([signal, left.signal]),
	});
	const playing = player.run();
	try {
		await showApp({
			store,
			actions: recordedPeerActions(store),
			config,
			bindings: replayBindings(config.bindings, player),
			isScreenReader: options.isScreenReader,
			signal,
		});
		return exitCode;
	} finally {
		left.abort();
		await playing;
		store.close();
		release();
	}
}
