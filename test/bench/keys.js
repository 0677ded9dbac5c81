/*
How long a key press takes until its frame is written, with 100,000 remote files and 1,000 peers while transfers run; and whether
the memory stays flat. Everything is real but the terminal and the network. The time begins when the key is pressed, so that what
keeps the program busy by then counts. Prints milliseconds; asserts nothing.
Arguments: presses (600), remote files (100000), frames of the memory's part (10000).
*/
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setImmediate as nextTurn, setTimeout as sleep} from 'node:timers/promises';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {openScreen} from './helpers/pretended-screen.js';
import {randomFrom, swarmFacts} from './helpers/swarm-facts.js';

const presses = Number(process.argv[2] ?? 600);
const files = Number(process.argv[3] ?? 100_000);
const memoryFrames = Number(process.argv[4] ?? 10_000);
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

const {store, stdin, stdout, close} = openScreen();
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

/** Milliseconds that this thread has had a processor, where the system tells (Linux): what others do at the same time is not in it. */
function processorMs() {
	try {
		return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
	} catch {
		return Number.NaN;
	}
}

/** Press a key after a while. @returns Milliseconds from then until its frame was there, and of the processor. */
async function press(key) {
	const delayMs = 20 + random() * 100;
	const atMs = performance.now() + delayMs;
	await sleep(delayMs);
	const drawn = once(stdout, 'drawn');
	const startMs = processorMs();
	stdin.write(key);
	const [drawnMs] = await drawn;
	return {ms: drawnMs - atMs, busyMs: processorMs() - startMs};
}

const figures = new Map();

function note(name, {ms, busyMs}) {
	const {times, busy} = figures.get(name) ?? {times: [], busy: []};
	figures.set(name, {times: [...times, ms], busy: [...busy, busyMs]});
}

function tell(name, {times, busy}) {
	const at = (values, part) =>
		values
			.toSorted((a, b) => a - b)
			[Math.min(values.length - 1, Math.floor(part * values.length))].toFixed(1)
			.padStart(8);
	const columns = [at(times, 0.5), at(times, 0.95), at(times, 1), at(busy, 0.5), at(busy, 0.95)];
	console.log(`${name.padEnd(24)} ${String(times.length).padStart(5)} ${columns.join('')}`);
}

const bag = kinds.flatMap(kind => Array.from({length: kind.weight}, () => kind));
await sleep(1000);
const timers = [setInterval(hearChanges, 100), setInterval(takeSample, 250)];
/** The first ones warm up. */
const warmUp = 100;
for (let count = 0; count < presses + warmUp;) {
	const kind = bag[Math.floor(random() * bag.length)];
	for (const key of kind.keys) {
		const figure = await press(key);
		count++;
		if (count > warmUp) {
			note(kind.name, figure);
			note('all', figure);
		}
	}
}

for (const timer of timers) {
	clearInterval(timer);
}

console.log(`${files} remote files, 1000 peers, 3 transfers running, ${stdout.columns}x${stdout.rows}`);
console.log(`${'milliseconds'.padEnd(24)}        key to frame            processor`);
console.log(`${''.padEnd(24)} count     p50     p95     max     p50     p95`);
for (const [name, figure] of figures) {
	tell(name, figure);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const megabytes = () => {
	collect();
	const {heapUsed, rss} = process.memoryUsage();
	return `${(heapUsed / 1e6).toFixed(1)} MB of heap, ${(rss / 1e6).toFixed(0)} MB in all`;
};

/** As many frames as were asked for, as quickly as they come. */
async function drawFrames(count) {
	for (let turn = 1; turn <= count; turn++) {
		const drawn = once(stdout, 'drawn');
		if (turn % 3 === 0) {
			hearChanges();
		}

		store.dispatch({type: 'move', rows: turn % 50 === 0 ? -60 : 1});
		takeSample();
		await drawn;
		// What is done later, as by timers, has its turn.
		await nextTurn();
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
