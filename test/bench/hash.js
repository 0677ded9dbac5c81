/*
What content ids cost: one large file beside `openssl dgst -sha256`, many small ones, and a restart. Prints figures; asserts nothing.
Arguments: size of the large file in MiB (1024), small files (100000), folder for them (the system's temporary one; they need not
be on a disk). `taskset -c 0 node test/bench/hash.js` compares on one core.
*/
import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {Hasher} from '../../dist/source/peer/hasher.js';
import {Share} from '../../dist/source/peer/share.js';
import {openStateFolder} from '../../dist/source/peer/state-folder.js';

const mebi = 1024 * 1024;
const bytes = Number(process.argv[2] ?? 1024) * mebi;
const count = Number(process.argv[3] ?? 100_000);
const root = realpathSync(mkdtempSync(path.join(process.argv[4] ?? tmpdir(), 'p2p-tui-hash-')));

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

async function hashLarge() {
	const file = openSync(path.join(root, 'large'), 'w');
	for (let written = 0; written < bytes; written += mebi) {
		writeSync(file, randomBytes(mebi));
	}

	const stop = new AbortController();
	const hasher = new Hasher({root, signal: stop.signal});
	const best = {openssl: Infinity, ours: Infinity};
	for (let round = 0; round < 6; round++) {
		const opensslMs = await timed(() => execFileSync('openssl', ['dgst', '-sha256', path.join(root, 'large')]));
		const oursMs = await timed(async () => hasher.hash('large', bytes));
		best.openssl = Math.min(best.openssl, opensslMs);
		best.ours = Math.min(best.ours, oursMs);
	}

	stop.abort();
	await hasher.close();
	const rate = ms => `${(bytes / ms / 1e6).toFixed(2)} GB/s`;
	tell('openssl dgst -sha256, best of 6', rate(best.openssl));
	tell('the hasher, best of 6, taking turns', rate(best.ours));
	rmSync(path.join(root, 'large'));
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
	await hashLarge();
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
