import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {formatAddress, type Address} from '../protocol/address.js';
import {PeerError} from '../protocol/errors.js';
import {limits} from '../protocol/limits.js';
import {Directory} from './directory.js';
import type {LocalFile, RemoteFile, RemotePeer} from './events.js';
import {scan} from './scan.js';
import {TrackerLink} from './tracker-link.js';

export type LookOptions = {
	tracker: Address;
	/** Compared with what others hold; it need not exist. */
	dir: string;
	/** The port that a classic tracker sees in our Init. */
	port: number;
	name: string;
};

/** How long a script waits for a tracker's first word. */
export const firstWordTimeoutMs = limits.connectTimeoutMs;

/**
Ask a tracker once who is there and what they hold, without joining, and compare it with a folder.

@throws {PeerError} When the tracker does not answer.
*/
export async function lookAround({
	tracker,
	dir,
	port,
	name,
}: LookOptions): Promise<{peers: RemotePeer[]; files: RemoteFile[]}> {
	const stop = new AbortController();
	const local = new Map<string, LocalFile>();
	for await (const files of scan(path.resolve(dir), stop.signal, () => {})) {
		for (const {file} of files) {
			local.set(file.name, file);
		}
	}

	const directory = new Directory({
		localFile: name => local.get(name),
		isSelf: () => false,
	});
	const firstWord = new Promise<void>((resolve, reject) => {
		const link = new TrackerLink({
			address: tracker,
			port,
			name,
			isObserver: true,
			files: () => [],
			parts: () => [],
			signal: stop.signal,
			onMessage(message) {
				directory.apply(message);
				resolve();
			},
			onStatus(status) {
				if (status.state === 'lost') {
					reject(new PeerError(status.reason));
				}
			},
		});
		link.start();
	});
	const tooLate = delay(firstWordTimeoutMs, undefined, {
		signal: stop.signal,
		ref: true,
	}).then(() => {
		throw new PeerError(`Tracker ${formatAddress(tracker)} did not answer`);
	});
	tooLate.catch(() => {});
	try {
		await Promise.race([firstWord, tooLate]);
	} finally {
		stop.abort();
	}

	const {peers, files} = directory.takeChanges();
	return {peers: peers.changed, files: files.changed};
}
