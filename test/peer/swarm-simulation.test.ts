import {describe, expect, test} from 'vitest';
import {stopClock} from './fake-swarm.js';
import {seededRandom} from './seeded-random.js';
import {SimulatedSwarm, type SimulatedPeer} from './simulated-swarm.js';

const mebi = 1024 * 1024;

const range = (start: number, end: number) => Array.from({length: end - start}, (_, index) => start + index);

/** Nothing has gone wrong that must never go wrong. */
function expectInOrder(peers: SimulatedPeer[], liars: ReadonlySet<string>): void {
	for (const peer of peers) {
		expect([peer.key, peer.problems]).toEqual([peer.key, []]);
		expect([peer.key, [...peer.blamed].filter(key => !liars.has(key))]).toEqual([peer.key, []]);
		expect([peer.key, [...peer.blamed].toSorted()]).toEqual([peer.key, [...peer.liedToBy].toSorted()]);
	}
}

describe('a swarm of simulated peers', () => {
	test.each([1, 2, 3, 4, 5])('completes through churn, lies and slowness, with the chance of seed %i', async seed => {
		stopClock(seed);
		const random = seededRandom(seed);
		const swarm = new SimulatedSwarm(300 * 16 * 1024, random);
		const seeder = swarm.seed('seeder', {up: mebi / 2});
		const liars = new Set(range(0, 3).map(index => `liar${index}`));
		for (const key of liars) {
			swarm.seed(key, {up: mebi / 2, isLiar: true});
		}

		const stays: SimulatedPeer[] = [];
		const goes: SimulatedPeer[] = [];
		const joinOne = (key: string, stayMs: number) => {
			const peer = swarm.join(key, {up: (random() < 0.2 ? 0.02 : 0.1 + random() * 0.4) * mebi, down: 2 * mebi});
			if (stayMs === Infinity) {
				stays.push(peer);
			} else {
				goes.push(peer);
				swarm.after(stayMs, () => {
					swarm.leave(peer);
				});
			}
		};

		for (const index of range(0, 38)) {
			swarm.after(random() * 3000, () => {
				joinOne(`peer${index}`, index % 4 === 3 ? 2000 + random() * 6000 : Infinity);
			});
		}

		for (const index of range(38, 46)) {
			swarm.after(4000 + random() * 20_000, () => {
				joinOne(`peer${index}`, Infinity);
			});
		}

		const leaveWhenShared = () => {
			const isShared = range(0, swarm.count).every(piece => stays.some(({have}) => have.has(piece)));
			if (isShared) {
				swarm.leave(seeder);
			} else {
				swarm.after(200, leaveWhenShared);
			}
		};

		swarm.after(200, leaveWhenShared);
		await swarm.runUntil(() => stays.length === 37 && stays.every(({state}) => state !== 'running'), 600_000);
		expect(
			stays.filter(({state}) => state !== 'done').map(({key, state, have, error}) => [key, state, have.size, error]),
		).toEqual([]);
		expect(seeder.isHere).toBe(false);
		expectInOrder([...stays, ...goes], liars);
		for (const liar of liars) {
			expect(stays.some(({blamed}) => blamed.has(liar))).toBe(true);
		}

		const wasted = stays.reduce((sum, peer) => sum + peer.wasted, 0);
		console.log(
			`seed ${seed}: done after ${Math.round(swarm.nowMs / 1000)} s; ${wasted} of ${37 * swarm.count} pieces came twice`,
		);
	});

	test.each([
		[10, 256, 1],
		[48, 64, 2],
	])(
		'of %i equal peers is done soon after the least time there is, by pieces of %i KiB (seed %i)',
		async (count, pieceKib, seed) => {
			stopClock(seed);
			const swarm = new SimulatedSwarm(1000 * pieceKib * 1024, seededRandom(seed));
			const link = {up: 50e6 / 8, down: 50e6 / 8};
			const seeder = swarm.seed('seeder', link);
			const peers = range(0, count).map(index => swarm.join(`peer${index}`, link));
			await swarm.runUntil(() => peers.every(({state}) => state !== 'running'), 600_000);
			expect(peers.map(({state}) => state)).toEqual(peers.map(() => 'done'));
			expectInOrder(peers, new Set());
			// Every byte has to leave the seeder once, and to come to everybody once; all uplinks together have to send all copies.
			const leastMs = Math.max(swarm.size / link.up, (count * swarm.size) / ((count + 1) * link.up)) * 1000;
			const wasted = peers.reduce((sum, peer) => sum + peer.wasted, 0);
			console.log(
				`${count} peers: ${(swarm.nowMs / leastMs).toFixed(3)} of the least time; the seeder has sent ${(seeder.sent / swarm.size).toFixed(3)} copies; ${wasted} pieces came twice`,
			);
		},
	);
});
