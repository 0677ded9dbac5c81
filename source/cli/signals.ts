import process from 'node:process';

/**
Aborts on the first signal that asks the program to end; the second one ends it at once, as if it had no handler.

@returns The signal, and how to take the handlers away.
*/
export function endSignal(): {signal: AbortSignal; release: () => void} {
	const stop = new AbortController();
	const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	const release = () => {
		for (const name of names) {
			process.off(name, onSignal);
		}
	};

	const onSignal = () => {
		release();
		stop.abort();
	};

	for (const name of names) {
		process.on(name, onSignal);
	}

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
