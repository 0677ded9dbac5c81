/*
A tracker of ours in this process, until its end, and what this build tells through it.
*/
import path from 'node:path';
import {Tracker} from '../../../dist/tracker/server.js';
import {onEnd} from './ending.js';
import {makeFile} from './files.js';
import {PeerProcess} from './peer-process.js';
import {host} from './programs.js';

/** @returns Its address. */
export async function startTracker(on = host) {
	const tracker = new Tracker({host: on, port: 0});
	onEnd(async () => tracker.close());
	return tracker.listen();
}

/** How long a build that hashes files may take for a few bytes. */
const patienceMs = 3000;

/** Whether this build hashes what it shares, tried with a file of one block; says so where it does not. */
export async function hasRoots(scratch) {
	const dir = path.join(scratch, 'roots');
	await makeFile(path.join(dir, 'block.bin'), 16_384);
	const peer = await PeerProcess.start({dir, tracker: await startTracker(), name: 'roots'});
	try {
		await peer.ask('hashed', {files: 1}, {timeoutMs: patienceMs});
		return true;
	} catch {
		console.log('This build tells no roots of what it shares: nobody waits for them');
		return false;
	} finally {
		await peer.stop();
	}
}
