import {Buffer} from 'node:buffer';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import type {PeerEvent, Transfer} from '../../source/peer/events.js';
import {temporaryFolder, until} from '../wait.js';
import {startPeer, startTracker} from './swarm.js';

describe('recovery', () => {
	it('goes on by itself when tracker and sender were both away and are back as they were', async () => {
		const first = await startTracker();
		const content = Buffer.alloc(8_000_000, 'abcdefg');
		let port = 0;
		const bob = await startPeer(
			first.address,
			{'big.bin': content},
			{
				maxUpBytesPerSecond: 8_000_000,
				onEvent(event) {
					port = event.type === 'listening' ? event.port : port;
				},
			},
		);
		const dir = await temporaryFolder();
		let latest: Transfer | undefined;
		const onEvent = (event: PeerEvent) => {
			latest = event.type === 'transfer' ? event.transfer : latest;
		};

		const {peer} = await startPeer(first.address, {}, {dir, name: 'ada', onEvent});
		await until('the remote file', () => peer.remoteFiles.length > 0);
		peer.request(['big.bin']);
		await until('some of it', () => (peer.sample().running[0]?.bytes ?? 0) > 1_000_000);
		// The tracker first: nobody is to hear the sender's goodbye.
		await first.tracker.close();
		await bob.peer.stop();
		await until('the failure', () => latest?.state === 'failed');
		const before = latest!.bytes;
		expect(before).toBeGreaterThan(0);

		await startPeer(first.address, {}, {dir: bob.dir, port});
		await startTracker(first.address.port);
		await until('the whole file', () => latest?.state === 'done', 20_000);
		const fetched = await readFile(path.join(dir, 'big.bin'));
		expect(fetched.equals(content)).toBe(true);
		expect(peer.sample().downBytes).toBeLessThan(content.length + before);
	});
});
