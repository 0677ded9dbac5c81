import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {smallDisk} from '../small-disk.js';
import {until} from '../wait.js';
import {startContentPeer} from './content-peer.js';
import {bigName, isHere, knowsContent, megabyte} from './contents.js';
import {noise} from './files.js';
import {startPeer, startTracker} from './peers.js';

test('a download waits on a full disk, says so, and goes on when there is space, fetching nothing twice', async context => {
	const dir = await smallDisk(context, '4m');
	const {address} = await startTracker();
	const content = noise(3 * megabyte);
	const source = await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 4 * megabyte});
	const filler = path.join(dir, '.filler');
	await writeFile(filler, noise(2 * megabyte));
	const peer = await startPeer(address, {dir});
	await knowsContent(peer, source.root);
	peer.core.request([bigName]);
	await until('the wait', () => peer.latest(bigName)?.error?.includes('the disk is full'));
	expect(peer.latest(bigName)).toMatchObject({state: 'running'});
	expect(peer.notices.filter(text => text.includes('the disk is full'))).toHaveLength(1);
	await rm(filler);
	expect(await peer.over(bigName)).toMatchObject({state: 'done', error: undefined});
	expect(await isHere(peer, content)).toBe(true);
	// What was on its way when it ran full is fetched again, no more.
	const twice = source.sent.length - new Set(source.sent).size;
	expect(twice * 16 * 1024).toBeLessThan(megabyte / 2);
});

test('a small file waits on a full disk, too', async context => {
	const dir = await smallDisk(context, '1m');
	const {address} = await startTracker();
	const content = noise(200_000);
	const source = await startContentPeer(address, {name: 'ada', content, fileName: 'small.bin'});
	const peer = await startPeer(address, {dir});
	await knowsContent(peer, source.root);
	const filler = path.join(dir, '.filler');
	await writeFile(filler, noise(megabyte)).catch(() => {});
	peer.core.request(['small.bin']);
	await until('the wait', () => peer.latest('small.bin')?.error?.includes('the disk is full'));
	await rm(filler);
	expect(await peer.over('small.bin')).toMatchObject({state: 'done'});
	expect(await isHere(peer, content, 'small.bin')).toBe(true);
});
