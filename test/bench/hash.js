/*
How fast a peer hashes what it shares, and how long it can do nothing else meanwhile, beside openssl on one core.
Run: npm run --silent build && node test/bench/hash.js [size of all in MiB, 2048 unless told] [files, 4] [rounds, 3]

Ours is timed from the start of a peer that has never seen the folder until each file has its root.
*/
import {rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {contest, medianOf, printRatios, printTimes} from './helpers/contest.js';
import {runProgram} from './helpers/ending.js';
import {makeFile, mebi, workFolder} from './helpers/files.js';
import {PeerProcess} from './helpers/peer-process.js';
import {timed} from './helpers/programs.js';
import {hasRoots, startTracker} from './helpers/tracker.js';

const files = Number(process.argv[3] ?? 4);
const fileBytes = Math.floor((Number(process.argv[2] ?? 2048) * mebi) / files);
const rounds = Number(process.argv[4] ?? 3);

await runProgram(async () => {
	const scratch = await workFolder(1.1 * files * fileBytes);
	const dir = path.join(scratch, 'shared');
	const paths = Array.from({length: files}, (_, index) => path.join(dir, `file ${index}.bin`));
	for (const filePath of paths) {
		await makeFile(filePath, fileBytes);
	}

	const isHashed = await hasRoots(scratch);
	if (!isHashed) {
		console.log('p2p-tui: left out, this build does not hash yet');
	}

	const tracker = await startTracker();

	const hash = async () => {
		const peer = await PeerProcess.start({dir, tracker, name: 'hasher', isWatchingDelay: true});
		try {
			return await peer.ask('hashed', {files});
		} finally {
			await peer.stop();
			await rm(path.join(dir, '.p2p-tui'), {recursive: true, force: true});
		}
	};

	const field = await contest(
		[
			...(isHashed ? [{key: 'ours', name: 'p2p-tui, from its start to all roots', start: async () => hash}] : []),
			{
				key: 'openssl',
				name: 'openssl dgst -sha256, on one core',
				isRival: true,
				needs: ['openssl', 'taskset'],
				start: async () => async () => ({
					ms: await timed('taskset', ['-c', '0', 'openssl', 'dgst', '-sha256', ...paths]),
				}),
			},
		],
		{rounds},
	);

	const bytes = files * fileBytes;
	console.log(`${files} files, ${bytes / mebi} MiB in all, median of ${rounds} rounds, Node ${process.version}`);
	printTimes(field, bytes);
	printRatios(field, 'ours', bytes);
	const ours = field.find(({key}) => key === 'ours');
	if (ours) {
		const longest = medianOf(ours, 'maxDelayMs').toFixed(1);
		const p99 = medianOf(ours, 'p99DelayMs').toFixed(1);
		console.log(`event loop meanwhile, by a timer of 1 ms: longest wait ${longest} ms, 99 of 100 within ${p99} ms`);
	}
});
