import process from 'node:process';

/**
Aborts on the first signal that asks the program to end, or when nobody reads its output any more; a second
Ctrl-C ends it at once.

@returns The signal, and how to take the handlers away.
*/
export function endSignal(): {signal: AbortSignal; release: () => void} {
	const stop = new AbortController();
	const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
	const release = () => {
		for (const name of names) {
			process.off(name, onSignal);
		}

		process.stdout.off('error', onSignal);
	};

	const onSignal = (name?: NodeJS.Signals | Error) => {
		// A closing terminal sends SIGHUP twice, by the system and by its shell; only a person means it when they repeat.
		if (stop.signal.aborted && name === 'SIGINT') {
			process.exit(1); // eslint-disable-line unicorn/no-process-exit -- the user does not want to wait for an orderly end
		}

		// The handlers stay: signal-exit, which Ink uses, kills the process where it finds no others.
		stop.abort();
	};

	for (const name of names) {
		process.on(name, onSignal);
	}

	process.stdout.on('error', onSignal);

	return {signal: stop.signal, release};
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) {
		await new Promise(resolve => {
			signal.addEventListener('abort', resolve, {once: true});
		});
	}
}
