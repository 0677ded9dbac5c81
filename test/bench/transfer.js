/*
How fast one file goes from one program to another on this machine, beside what people would reach for instead.
Run: npm run --silent build && node test/bench/transfer.js [size in MiB, 2048 unless told] [rounds, 3]
	[--aria2-size MiB, the same file unless told] [--aria2-rounds 1] [--only ours,curl,nginx,rsync,aria2,python]

The file is in memory for all of them, and all of them write one. Ours is timed from the request to the verified file in its place; aria2,
which verifies too, from its start to its word that it has all; the others, of which rsync verifies, from their start to their end.
*/
import {mkdir, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {startAria2} from './helpers/aria2.js';
import {contest, medianOf, printRatios, printTimes} from './helpers/contest.js';
import {runProgram} from './helpers/ending.js';
import {makeFile, mebi, workFolder} from './helpers/files.js';
import {PeerProcess} from './helpers/peer-process.js';
import {freePort, host, stop, timed} from './helpers/programs.js';
import {startNginx, startPython, startRsync} from './helpers/servers.js';
import {startAnnounce, makeTorrent} from './helpers/torrent.js';
import {hasRoots, startTracker} from './helpers/tracker.js';

const fileName = 'bench.bin';

const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {'aria2-size': {type: 'string'}, 'aria2-rounds': {type: 'string', default: '1'}, only: {type: 'string'}},
});
const bytes = Number(positionals[0] ?? 2048) * mebi;
const rounds = Number(positionals[1] ?? 3);
const aria2Bytes = values['aria2-size'] === undefined ? bytes : Number(values['aria2-size']) * mebi;
const only = values.only?.split(',');

await runProgram(async () => {
	const scratch = await workFolder(2.2 * bytes + (aria2Bytes === bytes ? 0 : 2 * aria2Bytes));
	const shared = path.join(scratch, 'shared');
	const source = path.join(shared, fileName);
	await makeFile(source, bytes);

	/** The serving peer of the two contests of ours, started by the first that needs it. */
	let serving;
	const serve = async () => {
		serving ??= startServing(shared, scratch);
		return serving;
	};

	/** One run into a new place, which is looked at and taken away. */
	const into = async (work, expected = bytes) => {
		const dir = path.join(scratch, 'got');
		const target = path.join(dir, fileName);
		await mkdir(dir);
		try {
			const result = await work({dir, target});
			const {size} = await stat(target);
			if (size !== expected) {
				throw new Error(`Expected ${expected} bytes, got ${size}`);
			}

			return typeof result === 'number' ? {ms: result} : result;
		} finally {
			await rm(dir, {recursive: true});
		}
	};

	const curl = url => async () =>
		into(async ({target}) => timed('curl', ['--silent', '--fail', '--output', target, `${url}/${fileName}`]));

	const field = await contest(
		[
			{
				key: 'ours',
				name: 'p2p-tui to p2p-tui',
				async start() {
					const {tracker, isHashed} = await serve();
					return async () => into(async ({dir}) => fetchWithPeer({dir, tracker, isHashed}));
				},
			},
			{
				key: 'curl',
				name: 'p2p-tui to curl',
				needs: ['curl'],
				async start() {
					const {port} = await serve();
					return curl(`http://${host}:${port}/files`);
				},
			},
			{
				key: 'nginx',
				name: 'nginx to curl',
				isRival: true,
				needs: ['nginx', 'curl'],
				start: async () => curl(await startNginx(shared, scratch)),
			},
			{
				key: 'aria2',
				name: `aria2 to aria2${aria2Bytes === bytes ? '' : ` (${aria2Bytes / mebi} MiB)`}`,
				isRival: true,
				needs: ['aria2c'],
				bytes: aria2Bytes,
				rounds: Number(values['aria2-rounds']),
				async start() {
					const torrentPath = await startSeeding(
						aria2Bytes === bytes ? shared : path.join(scratch, 'smaller'),
						scratch,
					);
					return async () => into(async ({dir}) => fetchWithAria2(torrentPath, dir), aria2Bytes);
				},
			},
			{
				key: 'rsync',
				name: 'rsync --whole-file from a daemon',
				isRival: true,
				needs: ['rsync'],
				async start() {
					const url = await startRsync(shared, scratch);
					return async () => into(async ({target}) => timed('rsync', ['--whole-file', `${url}/${fileName}`, target]));
				},
			},
			{
				key: 'python',
				name: 'python3 -m http.server to curl',
				isRival: true,
				needs: ['python3', 'curl'],
				start: async () => curl(await startPython(shared)),
			},
		],
		{rounds, only},
	);

	console.log(`${bytes / mebi} MiB from ${path.dirname(scratch)}, median of ${rounds} rounds, Node ${process.version}`);
	printTimes(field, bytes);
	printRatios(field, 'ours', bytes);
	const ours = field.find(({key}) => key === 'ours');
	if (ours) {
		const lastByte = Math.round(medianOf(ours, 'lastByteMs'));
		const peak = Math.round(medianOf(ours, 'peakBytes') / mebi);
		console.log(`our receiver: last byte after ${lastByte} ms, ${peak} MiB of memory at the most`);
	}
});

/** Tracker and serving peer; resolves once the file is told of with its root, where this build has roots. */
async function startServing(dir, scratch) {
	const isHashed = await hasRoots(scratch);
	const tracker = await startTracker();
	const peer = await PeerProcess.start({dir, tracker, name: 'server'});
	if (isHashed) {
		await peer.ask('hashed', {files: 1});
	}

	return {tracker, isHashed, port: peer.port};
}

async function fetchWithPeer({dir, tracker, isHashed}) {
	const peer = await PeerProcess.start({dir, tracker, name: 'fetcher'});
	try {
		await peer.ask('listed', {hasRoots: isHashed});
		return await peer.fetch();
	} finally {
		await peer.stop();
	}
}

async function startSeeding(dir, scratch) {
	const torrentPath = path.join(scratch, 'bench.torrent');
	const {announce, ready} = await startAnnounce(host);
	if (aria2Bytes !== bytes) {
		await makeFile(path.join(dir, fileName), aria2Bytes);
	}

	await makeTorrent(path.join(dir, fileName), {torrentPath, announce, pieceBytes: mebi});
	await startAria2(torrentPath, {dir, port: await freePort(), isSeeding: true});
	await ready(1);
	return torrentPath;
}

async function fetchWithAria2(torrentPath, dir) {
	const startMs = performance.now();
	const {child, downloaded} = await startAria2(torrentPath, {dir, port: await freePort()});
	try {
		return (await downloaded()) - startMs;
	} finally {
		await stop(child);
	}
}
