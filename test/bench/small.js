/*
How fast many small files go from one peer to another on this machine, beside rsync.
Run: npm run --silent build && node test/bench/small.js [files, 1000 unless told] [bytes each, 4096] [rounds, 5]

Ours twice: a request for all of them in a peer that runs already, and a whole `p2p-tui sync --once`; rsync's is a whole process, too.
*/
import {mkdir, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {contest, printRatios, printTimes} from './helpers/contest.js';
import {runProgram} from './helpers/ending.js';
import {makeFile, workFolder} from './helpers/files.js';
import {PeerProcess} from './helpers/peer-process.js';
import {host, timed} from './helpers/programs.js';
import {startRsync} from './helpers/servers.js';
import {hasRoots, startTracker} from './helpers/tracker.js';

const cli = fileURLToPath(new URL('../../dist/source/cli.js', import.meta.url));
const files = Number(process.argv[2] ?? 1000);
const bytes = Number(process.argv[3] ?? 4096);
const rounds = Number(process.argv[4] ?? 5);

await runProgram(async () => {
	// A file takes a page at least, here, there and while it is on its way.
	const scratch = await workFolder(files * Math.max(bytes, 4096) * 4);
	const shared = path.join(scratch, 'shared');
	for (let index = 0; index < files; index++) {
		await makeFile(path.join(shared, `folder ${index % 10}`, `file ${index}.bin`), bytes);
	}

	const isHashed = await hasRoots(scratch);
	const tracker = await startTracker();
	const server = await PeerProcess.start({dir: shared, tracker, name: 'server'});
	if (isHashed) {
		await server.ask('hashed', {files});
	}

	const dir = path.join(scratch, 'got');

	/** One run into a new folder, which is looked at and taken away. */
	const into = async work => {
		await mkdir(dir);
		try {
			const result = await work();
			const entries = await readdir(dir, {recursive: true});
			const got = entries.filter(name => name.endsWith('.bin') && !name.startsWith('.')).length;
			if (got !== files) {
				throw new Error(`Expected ${files} files, got ${got}`);
			}

			return typeof result === 'number' ? {ms: result} : result;
		} finally {
			await rm(dir, {recursive: true});
		}
	};

	const fetch = async () => {
		const peer = await PeerProcess.start({dir, tracker, name: 'fetcher'});
		try {
			await peer.ask('listed', {files, hasRoots: isHashed});
			return await peer.fetch();
		} finally {
			await peer.stop();
		}
	};

	const sync = [cli, 'sync', `${host}:${tracker.port}`, '--once', '--dir', dir];
	const field = await contest(
		[
			{key: 'request', name: 'p2p-tui, a request in a running peer', start: async () => async () => into(fetch)},
			{
				key: 'sync',
				name: 'p2p-tui sync --once, the whole process',
				start: async () => async () => into(async () => timed(process.execPath, sync)),
			},
			{
				key: 'rsync',
				name: 'rsync -r from a daemon, the whole process',
				isRival: true,
				needs: ['rsync'],
				async start() {
					const url = await startRsync(shared, scratch);
					return async () => into(async () => timed('rsync', ['-r', `${url}/`, dir]));
				},
			},
		],
		{rounds},
	);

	console.log(`${files} files of ${bytes} bytes, median of ${rounds} rounds, Node ${process.version}`);
	printTimes(field);
	printRatios(field, 'request');
	printRatios(field, 'sync');
});
