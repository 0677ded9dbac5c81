/*
The program aria2 as a BitTorrent client: http://aria2.github.io/manual/en/html/aria2c.html
*/
import {writeFile} from 'node:fs/promises';
import {performance} from 'node:perf_hooks';
import {createInterface} from 'node:readline';
import {start} from './programs.js';

/** Nothing but the tracker tells it of others, and nothing but the links slows it. */
const settings = [
	'--no-conf',
	'--disable-ipv6=true',
	'--async-dns=false',
	'--enable-dht=false',
	'--enable-dht6=false',
	'--bt-enable-lpd=false',
	'--bt-max-peers=0',
	'--bt-request-peer-speed-limit=1000M',
	'--bt-tracker-interval=2',
	'--max-overall-upload-limit=0',
	'--file-allocation=none',
	'--allow-overwrite=true',
	'--summary-interval=0',
	'--show-console-readout=false',
	'--quiet=true',
];

/** What aria2 calls when all is there, while it goes on seeding; it can take no arguments. */
const hook = '#!/bin/sh\necho complete\n';

/**
Start to download what the torrent names into `dir`, or to seed what is there already; it goes on seeding until it is stopped.

@param through - Words to put before the command, such as those that choose a network namespace.
@returns The child, and `downloaded()`, which resolves with the moment on the clock of `performance.now()` when all was there.
*/
export async function startAria2(torrentPath, {dir, port, isSeeding = false, through = []}) {
	const hookPath = `${torrentPath}.complete.sh`;
	await writeFile(hookPath, hook, {mode: 0o755});
	const [program, ...args] = [
		...through,
		'aria2c',
		...settings,
		`--dir=${dir}`,
		`--listen-port=${port}`,
		'--seed-ratio=0.0',
		...(isSeeding ? ['--bt-seed-unverified=true'] : [`--on-bt-download-complete=${hookPath}`]),
		torrentPath,
	];
	const child = start(program, args, {stdio: ['ignore', 'pipe', 'inherit']});
	const whole = new Promise((resolve, reject) => {
		createInterface(child.stdout).on('line', line => {
			if (line === 'complete') {
				resolve(performance.now());
			}
		});
		child.once('exit', () => {
			reject(new Error('aria2 ended early'));
		});
	});
	// Nobody may wait for it.
	whole.catch(() => {});
	return {child, downloaded: async () => whole};
}
