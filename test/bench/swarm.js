/*
How fast a file spreads from few to many over links that are slower than the machines, beside aria2 as a BitTorrent client, and beside the
time that no scheme can beat. Linux, root, and iproute2.
Run: npm run --silent build && node test/bench/swarm.js [--size MiB, 128 unless told] [--peers 10] [--seeders 1] [--rate Mbit/s, 50]
	[--only ours|aria2]

Each peer is in a network namespace of its own, on a link of this rate each way; a second seeder and those after it send at two fifths of
it. All know of all and have nothing when all begin at the same moment. With N downloaders, a file of F bytes and uplinks u, nobody can be faster
than max(F/u_seeders, F/d_min, N F/(u_seeders + sum u_i)) (Kurose and Ross), where rates are those of the links, headers included.
*/
import {createHash} from 'node:crypto';
import {copyFile, mkdir, rm, utimes} from 'node:fs/promises';
import {createReadStream} from 'node:fs';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {startAria2} from './helpers/aria2.js';
import {runProgram} from './helpers/ending.js';
import {makeFile, mebi, workFolder} from './helpers/files.js';
import {goodputOf} from './helpers/goodput.js';
import {bridgeAddress, makeNetwork} from './helpers/network.js';
import {PeerProcess} from './helpers/peer-process.js';
import {isInstalled, stop} from './helpers/programs.js';
import {makeTorrent, startAnnounce} from './helpers/torrent.js';
import {hasRoots, startTracker} from './helpers/tracker.js';

const fileName = 'bench.bin';

const {values} = parseArgs({
	options: {
		size: {type: 'string', default: '128'},
		peers: {type: 'string', default: '10'},
		seeders: {type: 'string', default: '1'},
		rate: {type: 'string', default: '50'},
		only: {type: 'string'},
	},
});
const bytes = Number(values.size) * mebi;
const peerCount = Number(values.peers);
const seederCount = Number(values.seeders);
const rateMbit = Number(values.rate);

/** Pieces as BitTorrent programs choose them for a file of this size. */
const torrentPieceBytes = mebi / 4;

const seederLinks = Array.from({length: seederCount}, (_, index) => ({
	upMbit: index === 0 ? rateMbit : rateMbit * 0.4,
	downMbit: rateMbit,
}));
const peerLinks = Array.from({length: peerCount}, () => ({upMbit: rateMbit, downMbit: rateMbit}));

const secondsAt = (amount, mbit) => (amount * 8) / (mbit * 1e6);
const sumOf = links => links.reduce((sum, {upMbit}) => sum + upMbit, 0);
const boundS = Math.max(
	secondsAt(bytes, sumOf(seederLinks)),
	secondsAt(bytes, rateMbit),
	secondsAt(peerCount * bytes, sumOf(seederLinks) + sumOf(peerLinks)),
);

/** How long plain TCP is watched at the start. */
const goodputS = 3;

/** As much as one after the other would take, and time to begin. */
const timeoutMs = (secondsAt(peerCount * bytes, rateMbit) * 2 + 60) * 1000;

await runProgram(async () => {
	const scratch = await workFolder(1.1 * bytes * (1 + seederCount + peerCount));
	const hosts = await makeNetwork([...seederLinks, ...peerLinks]);
	const swarm = {scratch, seeders: hosts.slice(0, seederCount), peers: hosts.slice(seederCount)};
	const uplinks = seederLinks.map(({upMbit}) => upMbit).join(' and ');
	console.log(
		`${bytes / mebi} MiB from ${seederCount} seeder${seederCount > 1 ? 's' : ''} at ${uplinks} Mbit/s to ${peerCount} peers at ${rateMbit} Mbit/s each way, Node ${process.version}`,
	);
	const goodput = await goodputOf(swarm.peers[0], swarm.peers.at(-1), (rateMbit * 1e6 * goodputS) / 8);
	console.log(`plain TCP carries ${((goodput * 8) / 1e6).toFixed(1)} Mbit/s from one peer to another`);
	console.log(`nobody can be faster than ${boundS.toFixed(1)} s`);

	await makeFile(path.join(scratch, fileName), bytes);
	for (const [index, seeder] of swarm.seeders.entries()) {
		seeder.dir = path.join(scratch, `seeder ${index}`);
		const copy = path.join(seeder.dir, fileName);
		await mkdir(seeder.dir);
		await copyFile(path.join(scratch, fileName), copy);
		await utimes(copy, 1_600_000_000, 1_600_000_000);
	}

	for (const [key, prepare] of Object.entries({ours: prepareOurs, aria2: prepareAria2})) {
		if (key === 'aria2' && !isInstalled('aria2c')) {
			console.log('aria2: left out, not installed: aria2c');
		} else if (values.only === undefined || values.only === key) {
			await spread(swarm, prepare);
		}
	}
});

/** Let one kind of peers spread the file, and tell how that went. */
async function spread(swarm, prepare) {
	const {scratch, seeders, peers} = swarm;
	for (const [index, peer] of peers.entries()) {
		peer.dir = path.join(scratch, `peer ${index}`);
		await mkdir(peer.dir);
	}

	const {name, begin, end} = await prepare(swarm);
	const before = await Promise.all(seeders.map(async seeder => seeder.sentBytes()));
	const times = await begin();
	const after = await Promise.all(seeders.map(async seeder => seeder.sentBytes()));
	await end();
	await expectCopies(swarm);
	const slowestS = Math.max(...times) / 1000;
	const sent = after.map((sum, index) => ((sum - before[index]) / bytes).toFixed(2)).join(' + ');
	console.log(`${name}: ${times.map(ms => (ms / 1000).toFixed(1)).join(' ')} s`);
	console.log(
		`  slowest ${slowestS.toFixed(1)} s, ${(slowestS / boundS).toFixed(2)} x the bound; sent by seeders: ${sent} x the file`,
	);
	await Promise.all(peers.map(async ({dir}) => rm(dir, {recursive: true})));
}

/** @returns How to let our peers begin, which resolves with how long each took, and how to end them. */
async function prepareOurs({scratch, seeders, peers}) {
	const isHashed = await hasRoots(scratch);
	const tracker = await startTracker(bridgeAddress);
	const startPeer = async ({dir, through}, name) =>
		PeerProcess.start({dir, tracker, host: '0.0.0.0', port: 8000, name}, through);
	const seeding = await Promise.all(seeders.map(async (seeder, index) => startPeer(seeder, `seeder ${index}`)));
	if (isHashed) {
		await Promise.all(seeding.map(async peer => peer.ask('hashed', {files: 1})));
	}

	const fetching = await Promise.all(peers.map(async (peer, index) => startPeer(peer, `peer ${index}`)));
	const others = seederCount + peerCount - 1;
	await Promise.all(
		fetching.map(async peer => peer.ask('listed', {sources: seederCount, peers: others, hasRoots: isHashed})),
	);
	return {
		name: 'p2p-tui',
		async begin() {
			const answers = await Promise.all(fetching.map(async peer => peer.fetch({timeoutMs})));
			return answers.map(({ms}) => ms);
		},
		end: async () => Promise.all([...seeding, ...fetching].map(async peer => peer.stop())),
	};
}

/** The same for aria2, whose clients begin when the tracker answers: it waits until all have asked. */
async function prepareAria2({scratch, seeders, peers}) {
	const torrentPath = path.join(scratch, 'bench.torrent');
	const {announce, ready, close} = await startAnnounce(bridgeAddress, {expected: seederCount + peerCount});
	await makeTorrent(path.join(scratch, fileName), {torrentPath, announce, pieceBytes: torrentPieceBytes});
	const startClient = async ({dir, through}, isSeeding) =>
		startAria2(torrentPath, {dir, through, isSeeding, port: 6881});
	const seeding = await Promise.all(seeders.map(async seeder => startClient(seeder, true)));
	await ready(seederCount);
	return {
		name: 'aria2',
		async begin() {
			const fetching = await Promise.all(peers.map(async peer => startClient(peer, false)));
			seeding.push(...fetching);
			await ready(seederCount + peerCount);
			const startMs = performance.now();
			const late = delay(timeoutMs, undefined, {ref: false}).then(() => {
				throw new Error(`Expected aria2 to be done within ${timeoutMs / 1000} s`);
			});
			const moments = await Promise.race([Promise.all(fetching.map(async client => client.downloaded())), late]);
			return moments.map(moment => moment - startMs);
		},
		async end() {
			await Promise.all(seeding.map(async ({child}) => stop(child)));
			close();
		},
	};
}

async function expectCopies({scratch, peers}) {
	const expected = await digestOf(path.join(scratch, fileName));
	for (const {dir} of peers) {
		const digest = await digestOf(path.join(dir, fileName));
		if (digest !== expected) {
			throw new Error(`Expected the digest ${expected} in ${dir}, got ${digest}`);
		}
	}
}

async function digestOf(filePath) {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(filePath, {highWaterMark: mebi})) {
		hash.update(chunk);
	}

	return hash.digest('hex');
}
