/*
How fast one file goes from one peer to another on this machine, beside what people would reach for instead.
Run: npm run --silent build && node test/bench/transfer.js [size in MiB, 1024 unless told] [rounds, 3]

Each round runs every way once, in turn, so that a busy moment of the machine meets them all; the median counts. The file is in
the page cache for all of them, and all of them write a file; ours also waits for the disk (fsync) before it is done, which
is shown apart.
*/
import {execFile, fork, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, open, rm, stat, utimes} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {PeerCore} from '../../dist/source/peer/peer-core.js';
import {Tracker} from '../../dist/tracker/server.js';

const host = '127.0.0.1';
const fileName = 'bench.bin';
const mebi = 1024 * 1024;
const run = promisify(execFile);

/** The serving side, a process of its own: tracker and peer. */
async function serve(dir) {
	const tracker = new Tracker({host, port: 0});
	const address = await tracker.listen();
	const core = new PeerCore({
		tracker: address,
		dir,
		host,
		port: 0,
		name: 'server',
		isSyncing: false,
		isServing: true,
		onEvent(event) {
			if (event.type === 'listening') {
				process.send({trackerPort: address.port, port: event.port});
			}
		},
	});
	await core.start();
	await once(process, 'disconnect');
	await core.stop();
	await tracker.close();
}

/** The fetching side, a process of its own: from the request to the verified file in its place. */
async function fetchFile(dir, trackerPort) {
	let onOver;
	const over = new Promise(resolve => {
		onOver = resolve;
	});
	let startMs = 0;
	let lastByteMs = 0;
	let size = 0;
	const core = new PeerCore({
		tracker: {host, port: trackerPort},
		dir,
		host,
		port: 0,
		name: 'fetcher',
		isSyncing: false,
		isServing: true,
		onEvent(event) {
			if (event.type === 'transfer' && ['done', 'failed'].includes(event.transfer.state)) {
				onOver(event.transfer);
			}
		},
	});
	await core.start();
	await core.directoryReady();
	while (!core.remoteFiles.some(({name}) => name === fileName)) {
		await delay(5);
	}

	size = core.remoteFiles[0].size;
	startMs = performance.now();
	core.request([fileName]);
	const watching = setInterval(() => {
		if (lastByteMs === 0 && core.sample().downBytes >= size) {
			lastByteMs = performance.now();
		}
	}, 5);
	const {state, error} = await over;
	const doneMs = performance.now();
	clearInterval(watching);
	process.send({
		state,
		error,
		ms: doneMs - startMs,
		networkMs: (lastByteMs || doneMs) - startMs,
	});
	await core.stop();
	process.disconnect();
}

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Bytes that neither a file system nor a link can make smaller. */
async function makeFile(filePath, bytes) {
	const handle = await open(filePath, 'w');
	const block = crypto.getRandomValues(new Uint8Array(65_536));
	const mebibyte = new Uint8Array(mebi);
	for (let start = 0; start < mebi; start += block.length) {
		mebibyte.set(block, start);
	}

	for (let written = 0; written < bytes; written += mebi) {
		await handle.write(mebibyte, 0, Math.min(mebi, bytes - written));
	}

	await handle.sync();
	await handle.close();
	await utimes(filePath, 1_600_000_000, 1_600_000_000);
}

async function freePort() {
	const server = createServer();
	server.listen(0, host);
	await once(server, 'listening');
	const {port} = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

async function curl(url, to) {
	const startMs = performance.now();
	await run('curl', ['--silent', '--fail', '--output', to, url]);
	return performance.now() - startMs;
}

async function fetchWithPeer(dir, trackerPort) {
	const child = fork(fileURLToPath(import.meta.url), ['--fetch', dir, String(trackerPort)]);
	const [result] = await once(child, 'message');
	await once(child, 'exit');
	if (result.state !== 'done') {
		throw new Error(`The fetch failed: ${result.error}`);
	}

	return result;
}

async function main() {
	const bytes = Number(process.argv[2] ?? 1024) * mebi;
	const rounds = Number(process.argv[3] ?? 3);
	const folder = await mkdtemp(path.join(tmpdir(), 'p2p-tui-bench-'));
	const children = [];
	try {
		await makeFile(path.join(folder, fileName), bytes);
		const server = fork(fileURLToPath(import.meta.url), ['--serve', folder]);
		children.push(server);
		const [{trackerPort, port}] = await once(server, 'message');
		const pythonPort = await freePort();
		const python = spawn('python3', ['-m', 'http.server', '--bind', host, '--directory', folder, String(pythonPort)], {
			stdio: 'ignore',
		});
		children.push(python);
		await run('curl', [
			'--silent',
			'--retry',
			'50',
			'--retry-connrefused',
			'--retry-delay',
			'0',
			'--retry-max-time',
			'10',
			'--output',
			path.join(folder, 'probe'),
			`http://${host}:${pythonPort}/`,
		]);

		const target = path.join(folder, 'got');
		const ways = {
			'p2p-tui to p2p-tui, last byte': [],
			'p2p-tui to p2p-tui, on the disk': [],
			'p2p-tui to curl': [],
			'python3 -m http.server to curl': [],
		};
		for (let round = 0; round < rounds; round++) {
			const dir = path.join(folder, `.round-${round}`);
			const {ms, networkMs} = await fetchWithPeer(dir, trackerPort);
			const {size} = await stat(path.join(dir, fileName));
			if (size !== bytes) {
				throw new Error(`Expected ${bytes} bytes, got ${size}`);
			}

			ways['p2p-tui to p2p-tui, last byte'].push(networkMs);
			ways['p2p-tui to p2p-tui, on the disk'].push(ms);
			await rm(dir, {recursive: true});
			ways['p2p-tui to curl'].push(await curl(`http://${host}:${port}/files/${fileName}`, target));
			await rm(target);
			ways['python3 -m http.server to curl'].push(await curl(`http://${host}:${pythonPort}/${fileName}`, target));
			await rm(target);
		}

		console.log(`${bytes / mebi} MiB, median of ${rounds} rounds, Node ${process.version}`);
		const best = median(ways['python3 -m http.server to curl']);
		for (const [way, times] of Object.entries(ways)) {
			const ms = median(times);
			const rate = (bytes / ms / 1e6).toFixed(2);
			const all = times.map(time => Math.round(time)).join(', ');
			console.log(`${way.padEnd(34)} ${rate.padStart(6)} GB/s  ${(best / ms).toFixed(2)} x python  (${all} ms)`);
		}
	} finally {
		for (const child of children) {
			if (child.connected) {
				child.disconnect();
			} else {
				child.kill();
			}

			if (child.exitCode === null && child.signalCode === null) {
				await once(child, 'exit');
			}
		}

		await rm(folder, {recursive: true, force: true});
	}
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === '--serve') {
	await serve(rest[0]);
} else if (mode === '--fetch') {
	await fetchFile(rest[0], Number(rest[1]));
} else {
	await main();
}
