import {Buffer} from 'node:buffer';
import {describe, expect, it} from 'vitest';
import {slowBytesPerSecond} from '../../../source/cli/demo/cast.js';
import {arrival, noise, put} from '../../peer/files.js';
import type {TestPeer} from '../../peer/peers.js';
import {until} from '../../wait.js';
import {startSwarm} from './swarm.js';

const megabyte = 1_000_000;
const big = noise(9 * megabyte);
const name = 'big.bin';

const names = (user: TestPeer) => user.core.peers.map(peer => peer.name).toSorted();

const bytesOf = (user: TestPeer) => user.core.sample().running[0]?.bytes ?? 0;

const sourcesOf = (user: TestPeer) =>
	(user.core.sample().running[0]?.sources ?? []).filter(({bytes}) => bytes > 0).map(source => source.name);

/** Wait until that many are known to hold its content: then it comes by pieces. */
async function knows(user: TestPeer, wanted: string, sources: number) {
	await until(`the content of ${wanted}`, () =>
		user.core.remoteFiles.some(file => file.name === wanted && file.root && file.sources.length === sources),
	);
}

const trackerStates = (user: TestPeer) => user.events.flatMap(event => (event.type === 'tracker' ? [event.state] : []));

/** In the middle of a download from both. */
async function startDownload() {
	const swarm = await startSwarm({bob: {[name]: big}, carol: {[name]: big}});
	await knows(swarm.user, name, 2);
	swarm.user.core.request([name]);
	await until('bytes from both', () => sourcesOf(swarm.user).length === 2);
	return swarm;
}

async function expectWhole(user: TestPeer) {
	expect(await user.over(name)).toMatchObject({state: 'done'});
	const arrived = await arrival(user.dir, name);
	expect(Buffer.compare(arrived, big)).toBe(0);
}

describe('the lab', () => {
	it('drops the tracker without a transfer being the worse for it, and brings it back', async () => {
		const {user, lab, notices} = await startDownload();
		lab.toggleTracker();
		expect(lab.state.isTrackerDropped).toBe(true);
		await until('the loss', () => trackerStates(user).at(-1) !== 'connected');
		expect(names(user)).toEqual(['bob', 'carol']);
		await expectWhole(user);
		expect(trackerStates(user).at(-1)).not.toBe('connected');
		lab.toggleTracker();
		expect(lab.state.isTrackerDropped).toBe(false);
		await until('the tracker', () => trackerStates(user).at(-1) === 'connected');
		await until('all to be back', () => names(user).length === 2);
		expect(notices).toEqual([
			'Tracker dropped: transfers go on, lists are as of its last word. The same key brings it back',
			'The tracker is back: within seconds everyone tells it again who they are and what they have',
		]);
	});

	it('cuts a source off: the download goes on from the other, and from both when it is let back', async () => {
		const {user, lab, notices} = await startDownload();
		lab.toggleCut('carol');
		await lab.settled();
		expect(lab.state.cutPeer).toBe('carol');
		await until('carol to be dropped', () => names(user).join(' ') === 'bob');
		await expectWhole(user);
		lab.toggleCut();
		expect(lab.state.cutPeer).toBeUndefined();
		await until('carol to be back', () => names(user).length === 2);
		expect(notices).toEqual([
			'carol is cut off: its pieces come from the others, and the tracker drops it in 3 s. The same key lets it back',
			'carol is back: it finds the tracker by itself, and is asked for pieces again',
		]);
	});

	it('asks a source again that is let back while the download runs', async () => {
		const {user, lab} = await startSwarm(
			{bob: {[name]: big}, carol: {[name]: big}},
			{maxDownBytesPerSecond: 1.2 * megabyte},
		);
		await knows(user, name, 2);
		user.core.request([name]);
		await until('bytes from carol', () => sourcesOf(user).includes('carol'));
		lab.toggleCut('carol');
		await until('carol to be out of it', () => !sourcesOf(user).includes('carol'));
		lab.toggleCut('carol');
		await until('carol to be asked again', () => sourcesOf(user).includes('carol'));
		await expectWhole(user);
	});

	it('cuts off whoever sends most where none is named, and another instead of the one that is cut off', async () => {
		const {user, lab} = await startSwarm({bob: {'a.txt': 'a'}, carol: {[name]: big}, dave: {}});
		lab.toggleCut();
		expect(lab.state.cutPeer).toBe('bob');
		lab.toggleCut();
		await knows(user, name, 1);
		user.core.request([name]);
		await until(
			'bytes',
			() => sourcesOf(user).length > 0 && user.core.sample().running[0]!.sources![0]!.bytesPerSecond > 0,
		);
		lab.toggleCut();
		expect(lab.state.cutPeer).toBe('carol');
		lab.toggleCut('dave');
		expect(lab.state.cutPeer).toBe('dave');
		lab.toggleCut('nobody');
		expect(lab.state.cutPeer).toBe('dave');
		await expectWhole(user);
		await until('dave alone to be gone', () => names(user).join(' ') === 'bob carol');
	});

	it('stops what a peer that is cut off was fetching from others, until it is let back', async () => {
		const {user, lab, neighbours} = await startSwarm({bob: {}}, {maxUpBytesPerSecond: 4 * megabyte});
		await until('bob', () => names(user).length === 1);
		await put(user.dir, name, big);
		const upload = () => user.told(name, 'up').at(-1);
		await until('bob to ask for it', () => {
			neighbours[0]!.fetch(name);
			return upload()?.state === 'running' && user.core.sample().upBytes > 0;
		});
		lab.toggleCut('bob');
		await until('the upload to break off', () => upload()?.state !== 'running');
		expect(upload()?.state).not.toBe('done');
		lab.toggleCut('bob');
		await until('the rest', () => upload()?.state === 'done', 20_000);
	});

	it('makes every link longer: what the tracker answers takes its time', async () => {
		const {user, lab, control, neighbours, notices} = await startSwarm({bob: {'a.txt': 'a'}});
		await user.knows('a.txt');
		const links = () => [control, ...neighbours.flatMap(({control: own, serving}) => [own, serving])];
		for (const delayMs of [100, 500, 0]) {
			lab.cycleDelay();
			expect(lab.state.delayMs).toBe(delayMs);
			expect(links().map(link => link.delayMs)).toEqual([delayMs, delayMs, delayMs]);
		}

		lab.cycleDelay();
		await until('a slower answer', () => (user.core.sample().trackerRttMs ?? 0) > 190, 15_000);
		expect(notices).toHaveLength(4);
		expect(notices[0]).toMatch(/100 ms each way/);
	});

	it('makes every link slow, and as fast as it was', async () => {
		const {user, lab, control, neighbours} = await startSwarm({
			bob: {[name]: big},
			carol: {'quick.bin': noise(4 * megabyte, 7)},
		});
		await knows(user, name, 1);
		await knows(user, 'quick.bin', 1);
		lab.toggleSlow();
		const links = [control, ...neighbours.flatMap(({control: own, serving}) => [own, serving])];
		expect(links.map(link => link.bytesPerSecond)).toEqual(links.map(() => slowBytesPerSecond));
		// Carol's alone is quick again: what comes over it is here first, though it was asked for later.
		neighbours[1]!.serving.bytesPerSecond = undefined;
		user.core.request([name]);
		await until('the slow one to come', () => bytesOf(user) > 0);
		user.core.request(['quick.bin']);
		expect(await user.over('quick.bin')).toMatchObject({state: 'done'});
		expect(user.latest(name)).toMatchObject({state: 'running'});
		lab.toggleSlow();
		expect(links.map(link => link.bytesPerSecond)).toEqual(links.map(() => undefined));
		await expectWhole(user);
	});

	it('has each of its toggles independent of the others', async () => {
		const {user, lab, neighbours} = await startSwarm({bob: {'a.txt': 'a'}, carol: {}});
		await until('both', () => names(user).length === 2);
		lab.toggleCut('bob');
		lab.toggleTracker();
		lab.toggleSlow();
		lab.cycleDelay();
		lab.toggleCut('bob');
		expect(lab.state).toEqual({delayMs: 100, isTrackerDropped: true, cutPeer: undefined, isSlow: true});
		await lab.settled();
		// The tracker is dropped still, for bob, too; who serves can be reached.
		expect(neighbours.map(({control, serving}) => [control.isCut, serving.isCut])).toEqual([
			[true, false],
			[true, false],
		]);
		lab.toggleTracker();
		await until('both to be back', () => names(user).length === 2 && trackerStates(user).at(-1) === 'connected');
	});
});
