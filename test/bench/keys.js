/*
How long a key press takes until its frame is written, with 100,000 remote files and 1,000 peers while transfers run; and whether
the memory stays flat. Everything is real but the terminal and the network. The time begins when the key is pressed, so that what
keeps the program busy by then counts. Prints milliseconds; asserts nothing.
Arguments: presses (600), remote files (100000), frames of the memory's part (10000).
*/
import {once} from 'node:events';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
ps} from '../../dist/source/cli/screen.js';
impo
t {o
enSc
een} from './helpers/pretended-screen.js';
impor
 {ra
domF
om, swarmFacts} from './helpers/swarm-facts.js';
impo
t {s
reenFrrcpnrrt
const presses = Number(process.argv[2] ?? 600);
const files = Number(process.argv[3] ?? 100_000);
const memoryFrames = Number(process.argv[4] ?? 10_000);
const maxFps = Number(process.env.MAX_FPS ?? screenFps);
const random = randomFrom(7);

/** What is pressed, how often, and by which name the figures are gathered. */
const kinds = [
	{name: 'j', weight: 6, keys: ['j']},
	{name: 'k', weight: 4, keys: ['k']},
	{name: 'page down', weight: 3, keys: ['\u{1B}[6~']},
	{name: 'end, home', weight: 2, keys: ['G', 'g']},
	{name: 'tab', weight: 3, keys: ['\t', '\t', '\t', '\t']},
	{
		name: 'a word into the filter',
		weight: 2,
		keys: ['/', 'w', 'e', 'e', 'k', ' ', '7', '\u{7F}', '\u{7F}', '\r', '\u{1B}'],
	},
	{name: 'sort', weight: 1, keys: ['s', 's', 's', 's', 's']},
	{name: 'mark', weight: 2, keys: [' ']},
];

const {store, stdin, stdout, close} = openScreen({maxFps});
const facts = swarmFacts({files});
for (const event of facts.begin) {
	store.hear(event, Date.now());
}

const hearChanges = () => {
	for (const event of facts.changes()) {
		store.hear(event, Date.now());
	}
};

const takeSample = () => {
	store.dispatch({type: 'sampled', sample: facts.sample(), nowMs: Date.now()});
};

const wholeMs = 1000;

/** Press a key after a while. @returns Milliseconds from then until a frame was written; undefined where none came. */
async function press(key) {
	const delayMs = 20 + random() * 100;
	const atMs = performance.now() + delayMs;
	await sleep(delayMs);
	const frame = once(stdout, 'frame', {signal: AbortSignal.timeout(wholeMs)});
	stdin.write(key);
	try {
		const [writtenMs] = await frame;
		return writtenMs - atMs;
	} catch (error) {
		if (error.name === 'AbortError') {
			return undefined;
		}

		throw error;
	}
}

const figures = new Map();
const all = [];

function tell(name, times) {
	const sorted = times.toSorted((a, b) => a - b);
	const at = part => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))].toFixed(1).padStart(7);
	console.log(`${name.padEnd(28)} ${String(times.length).padStart(5)} ${at(0.5)} ${at(0.95)} ${at(1)}`);
}

const bag = kinds.flatMap(kind => Array.from({length: kind.weight}, () => kind));
await sleep(wholeMs);
const timers = [setInterval(hearChanges, 100), setInterval(takeSample, 250)];
let unanswered = 0;
/** The first ones warm up. */
const warmUp = 60;
for (let count = 0; count < presses + warmUp;) {
	const kind = bag[Math.floor(random() * bag.length)];
	for (const key of kind.keys) {
		const ms = await press(key);
		count++;
		if (ms === undefined) {
			unanswered++;
		} else if (count > warmUp) {
			const name = key === '/' ? 'filter opened' : kind.name;
			figures.set(name, [...(figures.get(name) ?? []), ms]);
			all.push(ms);
		}
	}
}

for (const timer of timers) {
	clearInterval(timer);
}

console.log(
	`${files} remote files, 1000 peers, 3 transfers running, ${stdout.columns}x${stdout.rows}, at most ${maxFps} frames/s`,
);
console.log(`${'key to frame, milliseconds'.padEnd(28)} count     p50     p95     max`);
for (const [name, times] of figures) {
	tell(name, times);
}

tell('all', all);
console.log(`${'without a frame'.padEnd(28)} ${String(unanswered).padStart(5)}`);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const megabytes = () => {
	collect();
	const {heapUsed, rss} = process.memoryUsage();
	return `${(heapUsed / 1e6).toFixed(1)} MB of heap, ${(rss / 1e6).toFixed(0)} MB in all`;
};

/** As many frames as were asked for, as quickly as they come. */
async function drawFrames(count) {
	const end = stdout.frames + count;
	let turn = 0;
	while (stdout.frames < end) {
		const frame = once(stdout, 'frame');
		turn++;
		if (turn % 3 === 0) {
			hearChanges();
		}

		store.dispatch({type: 'move', rows: turn % 50 === 0 ? -60 : 1});
		takeSample();
		await frame;
	}
}

if (memoryFrames > 0) {
	const firstFrames = Math.min(1000, memoryFrames);
	const startMs = performance.now();
	await drawFrames(firstFrames);
	console.log(`after ${firstFrames} frames: ${megabytes()}`);
	await drawFrames(memoryFrames - firstFrames);
	const perFrame = (performance.now() - startMs) / memoryFrames;
	console.log(`after ${memoryFrames} frames: ${megabytes()}; ${perFrame.toFixed(1)} ms a frame`);
}

close();
process.exit(); // eslint-disable-line unicorn/no-process-exit -- Ink may keep listening
