import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {expect, test} from 'vitest';
import {createPeerAgent} from '../../source/peer/http-source.js';
import {PeerStats} from '../../source/peer/peer-stats.js';
import {Wire} from '../../source/protocol/wire.js';
import {temporaryFolder, until} from '../wait.js';
import {startClassicPeer} from './classic-peer.js';
import {noise, put} from './files.js';
import {startPeer, startTracker, type TestPeer} from './peers.js';

const keyOf = (peer: TestPeer, name: string) => peer.core.peers.find(other => other.name === name)?.key;

/** Two peers who know each other, one with a large file and a small one. */
async function startTwo() {
	const {address} = await startTracker();
	const dir = await temporaryFolder();
	await put(dir, 'big.bin', noise(2_000_000));
	await put(dir, 'small.bin', noise(1000));
	const ada = await startPeer(address, {name: 'ada', dir});
	const bob = await startPeer(address, {name: 'bob'});
	await until('their contents to be known', () => {
		const files = bob.core.remoteFiles;
		return files.length === 2 && files.every(({root}) => root !== undefined);
	});
	const key = await until('ada', () => keyOf(bob, 'ada'));
	const back = await until('bob', () => keyOf(ada, 'bob'));
	return {ada, bob, key, back, address};
}

test('counts what came from a peer and went to it, and knows how far away it is', async () => {
	const {ada, bob, key, back} = await startTwo();
	expect(bob.core.peer(key)).toEqual({key, downBytes: 0, upBytes: 0});
	await bob.fetch('big.bin');
	await bob.fetch('small.bin');
	expect(bob.core.peer(key)).toMatchObject({downBytes: 2_001_000, upBytes: 0, rttMs: expect.any(Number) as number});
	await until('all to be counted', () => ada.core.peer(back)?.upBytes === 2_001_000);
	expect(ada.core.peer(back)).toMatchObject({downBytes: 0});
	expect(ada.core.peer('no such peer')).toBeUndefined();
});

test('asks one of our own peers how far away it is, and not again at once', async () => {
	const {ada, bob, key} = await startTwo();
	ada.core.watchWire(true);
	const asked = () => ada.events.filter(event => event.type === 'wire' && event.message.kind === 'HEAD').length;
	bob.core.probe(key);
	bob.core.probe(key);
	await until('the answer', () => bob.core.peer(key)?.rttMs !== undefined);
	bob.core.probe(key);
	expect(bob.core.peer(key)).toMatchObject({httpVersion: '1.1'});
	expect(bob.core.peer(key)!.rttMs).toBeLessThan(5000);
	// What was asked later would come on the same connection, before this.
	await bob.fetch('small.bin');
	expect(asked()).toBe(1);
});

test('asks a class program nothing', async () => {
	const {address} = await startTracker();
	const {asked} = await startClassicPeer(address, 'framed', {'a.txt': 'hello'});
	const peer = await startPeer(address);
	await peer.knows('a.txt');
	const {key} = peer.core.peers[0]!;
	peer.core.probe(key);
	await peer.fetch('a.txt');
	expect(asked).toEqual(['a.txt\n']);
	expect(peer.core.peer(key)).toEqual({key, downBytes: 5, upBytes: 0});
});

test('forgets the round trip to a peer that answers no longer', async () => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	const stats = new PeerStats();
	const peer = {key: '1', name: 'gone', ip: '127.0.0.1', port, files: 1, isClassic: false};
	stats.connected({...peer, isPartial: false}, 7);
	expect(stats.details(peer)).toEqual({key: '1', downBytes: 0, upBytes: 0, rttMs: 7});
	const agent = createPeerAgent();
	const wire = new Wire(() => {});
	stats.probe(peer, {agent, ownName: 'me', wire, signal: new AbortController().signal});
	await until('it to be forgotten', () => stats.details(peer).rttMs === undefined);
	agent.destroy();
});

test('follows a limit that changes while a file is on its way', async () => {
	const {ada, bob} = await startTwo();
	bob.core.setMaxDown(200_000);
	bob.core.request(['big.bin']);
	await until('it to run', () => (bob.core.sample().running[0]?.bytes ?? 0) > 0);
	const sinceMs = Date.now();
	expect(bob.latest('big.bin')?.state).toBe('running');
	bob.core.setMaxDown(undefined);
	ada.core.setMaxUp(100_000_000);
	expect(await bob.over('big.bin')).toMatchObject({state: 'done'});
	// At the old limit it would have been 9 s.
	expect(Date.now() - sinceMs).toBeLessThan(8000);
});
