import {describe, expect, onTestFinished, test} from 'vitest';
import {LinkProxy} from '../../source/cli/demo/link-proxy.js';
import {temporaryFolder, until} from '../wait.js';
import {oldTime, put} from './files.js';
import {startPeer, startTracker} from './peers.js';
import {startScriptedTracker} from './scripted-tracker.js';

/** A port that is forwarded to one that is known later. */
async function startForward(): Promise<LinkProxy> {
	const forward = new LinkProxy();
	await forward.listen();
	onTestFinished(async () => forward.close());
	return forward;
}

describe('a peer behind a forwarded port', () => {
	test('is reached by the port that it announces', async () => {
		const {address} = await startTracker();
		const forward = await startForward();
		const dir = await temporaryFolder();
		await put(dir, 'a.txt', 'hello');
		const hidden = await startPeer(address, {dir, name: 'hidden', announcedPort: forward.port});
		expect(hidden.port).not.toBe(forward.port);
		const fetcher = await startPeer(address, {name: 'fetcher'});
		await fetcher.knows('a.txt');
		expect(fetcher.core.peers).toMatchObject([{name: 'hidden', port: forward.port}]);
		forward.target = hidden.port;
		expect(await fetcher.fetch('a.txt')).toMatchObject({state: 'done', peer: 'hidden'});
	});

	test('knows itself in a classic directory', async () => {
		const forward = await startForward();
		const tracker = await startScriptedTracker((_, send) => {
			send({
				'mine.txt': {ip: '127.0.0.1', port: forward.port, mtime: oldTime},
				'theirs.txt': {ip: '10.0.0.7', port: 8000, mtime: oldTime},
			});
		});
		const peer = await startPeer(tracker.address, {announcedPort: forward.port});
		await until('the directory', () => peer.core.remoteFiles.length > 0);
		expect(peer.core.remoteFiles.map(({name}) => name)).toEqual(['theirs.txt']);
		expect(tracker.heard[0]).toMatchObject({port: forward.port});
	});
});
