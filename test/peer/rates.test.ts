import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {startContentPeer, contentIdOf} from './content-peer.js';
import {bigName, blames, isHere, knowsContent, megabyte, startSeeder} from './contents.js';
import {noise} from './files.js';
import {startPeer, startTracker, type TestPeer} from './peers.js';

/** Bytes that a peer has received in each fifth of a second, from the first second on. */
async function steps(peer: TestPeer, seconds: number): Promise<number[]> {
	await until('the first bytes', () => peer.core.sample().downBytes > 0);
	await delay(500);
	const counts: number[] = [];
	let {atMs, downBytes} = peer.core.sample();
	while (counts.length < seconds * 5) {
		await delay(200);
		const now = peer.core.sample();
		counts.push(((now.downBytes - downBytes) / (now.atMs - atMs)) * 1000);
		({atMs, downBytes} = now);
	}

	return counts;
}

const meanOf = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0) / counts.length;

function expectRate(counts: number[], bytesPerSecond: number): void {
	const mean = meanOf(counts);
	expect(mean).toBeGreaterThan(0.85 * bytesPerSecond);
	expect(mean).toBeLessThan(1.15 * bytesPerSecond);
	// Smooth: no fifth of a second without bytes, or with those of two.
	expect(Math.min(...counts)).toBeGreaterThan(0);
	expect(Math.max(...counts)).toBeLessThan(2 * bytesPerSecond);
}

const rate = 2 * megabyte;

describe('a limit of', () => {
	test('uploads holds for all of them together', async () => {
		const {address} = await startTracker();
		const content = noise(16 * megabyte);
		await startSeeder(address, content, {maxUpBytesPerSecond: rate});
		const {root} = contentIdOf(content);
		const peer = await startPeer(address);
		await knowsContent(peer, root);
		peer.core.request([bigName]);
		expectRate(await steps(peer, 2), rate);
	});

	test('downloads holds for all sources together', async () => {
		const {address} = await startTracker();
		const content = noise(16 * megabyte);
		for (const name of ['ada', 'bob', 'cleo']) {
			await startContentPeer(address, {name, content});
		}

		const {root} = contentIdOf(content);
		const peer = await startPeer(address, {maxDownBytesPerSecond: rate});
		await knowsContent(peer, root, 3);
		peer.core.request([bigName]);
		expectRate(await steps(peer, 2), rate);
	});

	test('downloads is not taken for the silence of many sources', async () => {
		changeLimits({sourceStallMs: 300});
		const {address} = await startTracker();
		const content = noise(800_000);
		const sources = await Promise.all(
			['ada', 'bob', 'cleo', 'dan', 'eve', 'fay'].map(async name => startContentPeer(address, {name, content})),
		);
		const peer = await startPeer(address, {maxDownBytesPerSecond: 400 * 1024});
		await knowsContent(peer, sources[0]!.root, sources.length);
		expect(await peer.fetch(bigName, sources.length)).toMatchObject({state: 'done'});
		expect(await isHere(peer, content)).toBe(true);
		expect(blames(peer, 'stopped')).toEqual([]);
		expect(peer.core.sample().downBytes).toBeLessThan(1.25 * content.length);
	});
});
