import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {PeerCore, type PeerCoreOptions} from '../../source/peer/peer-core.js';
import {Tracker} from '../../tracker/server.js';
import {temporaryFolder} from '../wait.js';

/** A tracker on any free port, gone with the test. */
export async function startTracker(port = 0) {
	const tracker = new Tracker({host: '127.0.0.1', port});
	const address = await tracker.listen();
	onTestFinished(async () => tracker.close());
	return {tracker, address, named: `127.0.0.1:${address.port}`};
}

/** A peer of our own that shares these files, gone with the test. */
export async function startPeer(
	tracker: {host: string; port: number},
	files: Record<string, string | Uint8Array>,
	options: Partial<PeerCoreOptions> = {},
) {
	const dir = await temporaryFolder();
	for (const [name, content] of Object.entries(files)) {
		const file = path.join(dir, name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, content);
	}

	const peer = new PeerCore({
		tracker,
		dir,
		host: '127.0.0.1',
		port: 0,
		name: 'bob',
		isSyncing: false,
		isServing: true,
		onEvent() {},
		...options,
	});
	await peer.start();
	onTestFinished(async () => peer.stop());
	return {peer, dir};
}
