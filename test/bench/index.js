/*
What it costs to know the contents of many small files: looked at and hashed, and after a restart. Prints figures; asserts nothing.
Run: npm run --silent build && node test/bench/index.js [files, 100000 unless told] [folder, the system's temporary one]
*/
import {randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {Share} from '../../dist/source/peer/share.js';
import {openStateFolder} from '../../dist/source/peer/state-folder.js';

const count = Number(process.argv[2] ?? 100_000);
const root = realpathSync(mkdtempSync(path.join(process.argv[3] ?? tmpdir(), 'p2p-tui-hash-')));

// The thread alone does not keep the program running.
const keepRunning = setInterval(() => {}, 60_000);

const tell = (what, figure) => {
	console.log(`${what.padEnd(48)} ${figure}`);
};

async function timed(work) {
	const startMs = performance.now();
	await work();
	return performance.now() - startMs;
}

async function share(what) {
	const stop = new AbortController();
	let changes = 0;
	const shared = new Share({
		root,
		signal: stop.signal,
		onChange() {
			changes++;
		},
		onProblem: console.error,
		contents: {folder: await openStateFolder(root), isHashing: true, onIdle() {}},
	});
	const tookMs = await timed(async () => {
		await shared.scan();
		while ([...shared.files.values()].some(file => file.root === undefined)) {
			await delay(50);
		}
	});
	stop.abort();
	await shared.close();
	tell(what, `${tookMs.toFixed(0)} ms, ${shared.hashed.files} files hashed, told in ${changes} changes`);
}

try {
	for (let index = 0; index < count; index++) {
		const folder = path.join(root, String(index % 100));
		mkdirSync(folder, {recursive: true});
		writeFileSync(path.join(folder, String(index)), randomBytes(1024));
	}

	await share(`${count} files of 1 KiB, looked at and hashed`);
	await share('the same after a restart');
} finally {
	clearInterval(keepRunning);
	rmSync(root, {recursive: true, force: true});
}
