import {setTimeout as delay} from 'node:timers/promises';
import prettyBytes from 'pretty-bytes';
import {formatAddress} from '../protocol/address.js';
import {PeerError} from '../protocol/errors.js';
import {safeText} from '../protocol/safe-text.js';
import type {PeerEvent, RemoteFile, Transfer} from '../peer/events.js';
import {canBeFetched, isWanted, parseVersionKey} from '../peer/file-versions.js';
import {firstWordTimeoutMs} from '../peer/look-around.js';
import {PeerCore} from '../peer/peer-core.js';
import type {Arguments} from './arguments.js';
import {jsonLineOf} from './event-lines.js';
import {checkHost, localTracker} from './find-tracker.js';
import {withLog, type Log} from './log-file.js';
import {showProgress} from './progress.js';
import {endSignal} from './signals.js';

/** `get NAME...`: fetch the newest versions of these names, or others by the keys of their rows. */
export const get = async (options: Arguments): Promise<number> =>
	withLog(options.logFile, async log => fetchFiles(options, log, files => chosen(options, files)));

/** `sync --once`: fetch all that is missing or newer. */
export const syncOnce = async (options: Arguments): Promise<number> =>
	withLog(options.logFile, async log =>
		fetchFiles(options, log, files => ({
			wanted: files.filter(file => isWanted(file)),
			problems: [],
		})),
	);

/** What is to be fetched, each name once, and why something that was asked for is not among it. */
type Choice = {wanted: RemoteFile[]; problems: string[]};

function chosen({names, isJson}: Arguments, files: RemoteFile[]): Choice {
	const byKey = new Map(files.map(file => [file.key, file]));
	const wanted = new Map<string, RemoteFile>();
	const problems: string[] = [];
	for (const key of new Set(names)) {
		const file = byKey.get(key);
		if (!file) {
			const {name, content} = parseVersionKey(key);
			const what = `${safeText(name)}${content === undefined ? '' : ' in that version'}`;
			problems.push(`Nobody shares ${what}; p2p-tui ls shows what there is`);
		} else if (!canBeFetched(file)) {
			if (!isJson) {
				console.log(
					file.state === 'older' ? `The copy of ${file.label} here is newer` : `${file.label} is here already`,
				);
			}
		} else if (wanted.has(file.name)) {
			problems.push(`Only one version of ${file.label} can be fetched at a time`);
		} else {
			wanted.set(file.name, file);
		}
	}

	return {wanted: [...wanted.values()], problems};
}

/**
Visit the swarm: look, fetch and leave, without serving.

@returns The exit code: 1 when a file could not be had.
@throws {PeerError} When the tracker does not answer.
*/
async function fetchFiles(options: Arguments, log: Log, choose: (files: RemoteFile[]) => Choice): Promise<number> {
	const {signal, release} = endSignal();
	const tracker = await checkHost(options.tracker ?? localTracker);
	const ends = new Map<string, Transfer>();
	let problem = `Tracker ${formatAddress(tracker)} did not answer`;
	let onEnd = () => {};

	const core = new PeerCore({
		...options,
		tracker,
		isServing: false,
		isSyncing: false,
		onEvent(event: PeerEvent) {
			log.event(event);
			if (options.isJson) {
				console.log(jsonLineOf(event));
			}

			if (event.type === 'tracker' && event.state === 'lost') {
				problem = event.reason;
			}

			if (event.type === 'transfer' && (event.transfer.state === 'done' || event.transfer.state === 'failed')) {
				ends.set(event.transfer.name, event.transfer);
				progress.clear();
				report(event.transfer, options.isJson);
				onEnd();
			}
		},
		onDetail: log.detail,
	});
	const progress = showProgress(core);
	try {
		await core.start();
		const isReady = await Promise.race([
			core.directoryReady().then(() => true),
			delay(firstWordTimeoutMs, false, {ref: false}),
			interrupted(signal),
		]);
		if (!isReady) {
			throw new PeerError(problem);
		}

		const {wanted, problems} = choose(core.remoteFiles);
		for (const text of problems) {
			console.error(`p2p-tui: ${text}`);
		}

		const allEnded = new Promise<void>(resolve => {
			onEnd = () => {
				if (ends.size === wanted.length) {
					resolve();
				}
			};
		});
		if (wanted.length === 0 && problems.length === 0 && options.command === 'sync' && !options.isJson) {
			console.log('Everything is here');
		}

		core.request(wanted.map(({key}) => key));
		if (wanted.length > 0) {
			await Promise.race([allEnded, interrupted(signal)]);
		}

		return problems.length === 0 && [...ends.values()].every(({state}) => state === 'done') ? 0 : 1;
	} finally {
		progress.stop();
		await core.stop();
		release();
	}
}

async function interrupted(signal: AbortSignal): Promise<never> {
	return new Promise((_resolve, reject) => {
		const onAbort = () => {
			reject(new PeerError('Interrupted; what is here is kept, and the next time goes on with it'));
		};

		if (signal.aborted) {
			onAbort();
		}

		signal.addEventListener('abort', onAbort, {once: true});
	});
}

function report({label, state, bytes, peer, error}: Transfer, isJson: boolean): void {
	if (state === 'failed') {
		console.error(`p2p-tui: ${label} failed: ${error}`);
	} else if (!isJson) {
		console.log(`${label}  ${prettyBytes(bytes)} from ${peer}`);
	}
}
