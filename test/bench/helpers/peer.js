/*
A peer in a process of its own. It is told what to do by lines of JSON on stdin, and tells what came of it, a line each, on stdout; when
stdin ends, it stops. See peer-process.js, which starts it with its options as JSON: those of PeerCore, and `isWatchingDelay`.
*/
import {readFile} from 'node:fs/promises';
import {monitorEventLoopDelay, performance} from 'node:perf_hooks';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {setTimeout as delay} from 'node:timers/promises';
import {PeerCore} from '../../../dist/source/peer/peer-core.js';

const {isWatchingDelay, ...options} = JSON.parse(process.argv[2]);

/** How often it looks whether something has come about, and at the counter of bytes. */
const lookMs = 5;

const roots = new Map();
let port;
let onOver = () => {};

const core = new PeerCore({
	isSyncing: false,
	isServing: true,
	...options,
	onEvent(event) {
		if (event.type === 'listening') {
			port = event.port;
		} else if (event.type === 'local') {
			for (const {name, root} of event.changed) {
				roots.set(name, root);
			}
		} else if (event.type === 'transfer' && event.transfer.direction === 'down') {
			const {name, state, error} = event.transfer;
			if (state === 'done' || state === 'failed') {
				onOver(name, error);
			}
		}
	},
});

const commands = {
	/** Until so many files of ours have a root. */
	async hashed({files}) {
		await until(() => countOf(roots.values(), root => root !== undefined) >= files);
		return {ms: performance.now() - startMs, ...delayFigures()};
	},

	/** Until the tracker has told of so many files, each at so many sources, and of so many other peers. */
	async listed({files = 1, sources = 1, peers = 1, hasRoots = false}) {
		const isListed = file => file.sources.length >= sources && (!hasRoots || file.root !== undefined);
		await until(() => countOf(core.remoteFiles, isListed) >= files && core.peers.length >= peers);
		return {};
	},

	/** Request all that others have; until it is verified and in its place. */
	async fetch() {
		const files = core.remoteFiles.filter(({state}) => state !== 'here');
		const bytes = files.reduce((sum, {size}) => sum + size, 0);
		const pending = new Set(files.map(({name}) => name));
		const failures = [];
		const over = new Promise(resolve => {
			onOver = (name, error) => {
				if (error !== undefined) {
					failures.push(`${name}: ${error}`);
				}

				pending.delete(name);
				if (pending.size === 0) {
					resolve();
				}
			};
		});
		let lastByteMs;
		const startMs = performance.now();
		core.request([...pending]);
		const looking = setInterval(() => {
			if (core.sample().downBytes >= bytes) {
				lastByteMs ??= performance.now();
			}
		}, lookMs);
		await over;
		const doneMs = performance.now();
		clearInterval(looking);
		return {
			ms: doneMs - startMs,
			lastByteMs: (lastByteMs ?? doneMs) - startMs,
			peakBytes: await peakBytes(),
			failures,
		};
	},
};

const countOf = (values, test) => [...values].filter(value => test(value)).length;

async function until(condition) {
	while (!condition()) {
		await delay(lookMs);
	}
}

/** The most memory that it ever held. Not `resourceUsage().maxRSS`, which begins with what the process that forked us held. */
async function peakBytes() {
	const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
	const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
	return Number(kibibytes) * 1024;
}

const tell = message => {
	process.stdout.write(`${JSON.stringify(message)}\n`);
};

/** Measured by a timer of 1 ms, which is part of each figure. */
const loopDelay = isWatchingDelay ? monitorEventLoopDelay({resolution: 1}) : undefined;
const delayFigures = () => loopDelay && {maxDelayMs: loopDelay.max / 1e6, p99DelayMs: loopDelay.percentile(99) / 1e6};

loopDelay?.enable();
const startMs = performance.now();
await core.start();
tell({port});
createInterface(process.stdin)
	.on('line', async line => {
		const {command, ...question} = JSON.parse(line);
		tell(await commands[command](question));
	})
	.on('close', async () => {
		await core.stop();
		process.exit(); // eslint-disable-line unicorn/no-process-exit -- a command may still be waiting for what does not come
	});
