import {Writable} from 'node:stream';
import process from 'node:process';
import {render, useInput} from 'ink';
import type {Store} from '../state/store.js';
import type {KeyContext} from '../ui/bindings.js';
import {useKeys} from '../ui/hooks/use-keys.js';
import {spokenMove} from '../ui/spoken.js';
import {spokenNews, toldState} from '../ui/spoken/news.js';
import {spokenAgain, spokenPlace} from '../ui/spoken/place.js';
import {spokenKey} from '../ui/spoken/words.js';
import {copierFor} from './clipboard.js';
import {stopProcess} from './stop-process.js';

export type ReadAloudOptions = Pick<KeyContext, 'actions' | 'bindings' | 'lab'> & {
	store: Store;
	/** Ends it, as the user can. */
	signal: AbortSignal;
	/** Where the lines go; the terminal where nothing is named. */
	write?: (text: string) => void;
};

/**
Tell a store in lines that are only ever added, with the keys of the screen, until the user quits: for screen readers, which read what
is new, and get lost where something is drawn anew. Ink reads the keys, in its own mode for screen readers; it writes nothing,
because it would still hide the cursor and frame each line by sequences of its own.
*/
export async function readAloud({store, actions, bindings, lab, signal, write}: ReadAloudOptions): Promise<void> {
	const put = write ?? ((text: string) => process.stdout.write(text));
	const say = (lines: string[]) => {
		if (lines.length > 0) {
			put(lines.map(line => `${line}\n`).join(''));
		}
	};

	let told = store.getState();
	let hasAnswered = false;
	let isOver = false;
	const tell = () => {
		const state = store.getState();
		const news = spokenNews(told, state);
		const move = spokenMove(told, state, bindings);
		told = toldState(told, state);
		hasAnswered ||= move.length > 0;
		say([...news, ...move]);
	};

	// A key that changes nothing is answered, too: with where the user is.
	const answer = () => {
		if (!hasAnswered && !isOver) {
			say(spokenAgain(store.getState(), bindings));
		}

		hasAnswered = false;
	};

	const suspend = () => {
		const {stdin} = process;
		stdin.setRawMode(false);
		stopProcess();
		// The shell has set the terminal as it likes it.
		stdin.setRawMode(true);
		say(spokenAgain(store.getState(), bindings));
	};

	const quit = () => {
		isOver = true;
		app.unmount();
	};

	const unsubscribe = store.subscribe(tell);
	say([greeting({bindings}), ...spokenPlace(told, bindings)]);
	const app = render(
		<Keys store={store} context={{actions, bindings, lab, copy: copierFor(store), quit, suspend}} onPressed={answer} />,
		{
			stdout: nowhere(),
			exitOnCtrlC: false,
			patchConsole: false,
			isScreenReaderEnabled: true,
		},
	);
	// It stays: without a listener, an error that comes late would be a fault of ours.
	process.stdin.on('end', quit).on('error', quit);
	signal.addEventListener('abort', quit, {once: true});
	if (signal.aborted) {
		quit();
	}

	await app.waitUntilExit();
	signal.removeEventListener('abort', quit);
	unsubscribe();
}

/** `p2p-tui. Question mark: all keys. q: quit.` */
function greeting({bindings}: Pick<KeyContext, 'bindings'>): string {
	const hints = ['help', 'quit'].flatMap(id => {
		const binding = bindings.find(candidate => candidate.id === id);
		return binding && binding.keys.length > 0 ? [`${spokenKey(binding.keys[0]!)}: ${id}.`] : [];
	});
	return ['p2p-tui in lines.', ...hints].join(' ');
}

type KeysProps = {
	readonly store: Store;
	readonly context: Omit<KeyContext, 'state' | 'dispatch'>;
	readonly onPressed: () => void;
};

/** Nothing to see: the keys alone. Handlers are called in this order. */
function Keys({store, context, onPressed}: KeysProps) {
	useKeys(store, context);
	useInput(onPressed);
	return null;
}

/** A terminal of which nothing is seen. */
function nowhere(): NodeJS.WriteStream {
	const stream = new Writable({
		write(_chunk, _encoding, done) {
			done();
		},
	});
	return Object.assign(stream, {columns: 80, rows: 24}) as unknown as NodeJS.WriteStream;
}
