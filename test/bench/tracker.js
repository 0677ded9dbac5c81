/*
What one tracker costs its clients and itself: bytes on the wire for version 2 clients, and building the classic directory.
Run: npm run --silent build && node test/bench/tracker.js [files, 10000 unless told] [clients, 200]
*/
import {once} from 'node:events';
import {connect} from 'node:net';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {Tracker} from '../../dist/tracker/server.js';

const host = '127.0.0.1';
const files = Number(process.argv[2] ?? 10_000);
const clients = Number(process.argv[3] ?? 200);
const keepAlives = 30;

/** A connection that counts what it receives. */
class Client {
	bytes = 0;
	lines = 0;

	async open(port) {
		this.socket = connect({host, port, noDelay: true});
		this.socket.on('data', chunk => {
			this.bytes += chunk.length;
			for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
				this.lines++;
			}
		});
		this.socket.on('error', () => {});
		await once(this.socket, 'connect');
	}

	send(message) {
		this.socket.write(`${JSON.stringify(message)}\n`);
	}

	async ask(message) {
		const {lines} = this;
		this.send(message);
		await settled(() => this.lines > lines);
	}
}

async function settled(condition) {
	while (!condition()) {
		await delay(1);
	}
}

/** Until nothing more comes: all that was owed has been counted. */
async function quiet(all) {
	for (let before = -1, now = 0; before !== now;) {
		before = now;
		await delay(200);
		now = all.reduce((sum, {bytes}) => sum + bytes, 0);
	}
}

const tracker = new Tracker({host, port: 0});
const {port} = await tracker.listen();
const list = Array.from({length: files}, (_, index) => ({
	name: `folder ${index % 100}/file ${index}.bin`,
	mtime: 1_600_000_000 + index,
	size: 1000 + index,
}));
const flat = list.map(({name, mtime}) => ({name: name.replace('/', ' '), mtime}));

const all = [];
const startMs = performance.now();
for (let index = 0; index < clients; index++) {
	const client = new Client();
	await client.open(port);
	// The first holds everything, under names that a classic client can see, too; the others hold one file each.
	const held =
		index === 0
			? flat.map((file, at) => ({...file, size: list[at].size}))
			: [{name: `own ${index}`, mtime: 1_600_000_000, size: 1}];
	await client.ask({port: 10_000 + index, files: held, version: 2, name: `client ${index}`});
	all.push(client);
}

const joinMs = performance.now() - startMs;
await quiet(all);
console.log(`${files} files, ${clients} version 2 clients, Node ${process.version}`);
console.log(`all joined in ${Math.round(joinMs)} ms`);

const last = all.at(-1);
const observer = new Client();
await observer.open(port);
const snapshotMs = performance.now();
await observer.ask({port: 9999, files: [], version: 2, name: 'observer', observer: true});
console.log(`snapshot: ${observer.bytes} bytes a client, ${(performance.now() - snapshotMs).toFixed(1)} ms`);
observer.socket.destroy();

const beforeBeats = all.map(({bytes}) => bytes);
const beatsMs = performance.now();
for (let beat = 0; beat < keepAlives; beat++) {
	await Promise.all(all.map(async client => client.ask({type: 'keep-alive', revision: 1})));
}

const beatBytes = all.map(({bytes}, index) => bytes - beforeBeats[index]);
console.log(
	`${keepAlives} keep-alives: ${Math.max(...beatBytes)} bytes a client, ${(((performance.now() - beatsMs) / keepAlives / clients) * 1000).toFixed(0)} us each`,
);

await quiet(all);
const beforeChange = all.map(({bytes}) => bytes);
const {lines} = last;
const changeMs = performance.now();
all[0].send({type: 'files', added: [{name: flat[0].name, mtime: 1_700_000_000, size: 5}], removed: []});
await settled(() => last.lines > lines);
const seenMs = performance.now() - changeMs;
await quiet(all);
const changeBytes = all.map(({bytes}, index) => bytes - beforeChange[index]);
console.log(`one changed file: ${Math.max(...changeBytes)} bytes a client, seen after ${seenMs.toFixed(1)} ms`);

const classic = new Client();
await classic.open(port);
const builds = [];
for (let count = 0; count < 5; count++) {
	// A new revision each time, or the directory would come from the cache.
	all[0].send({type: 'files', added: [{name: flat[0].name, mtime: 1_700_000_001 + count, size: 5}], removed: []});
	await quiet(all);
	const buildMs = performance.now();
	await classic.ask({port: 9998, files: []});
	builds.push(performance.now() - buildMs);
}

const cached = performance.now();
await classic.ask({port: 9998});
console.log(
	`classic directory: ${Math.round(classic.bytes / 6)} bytes, ${builds.map(ms => ms.toFixed(1)).join(', ')} ms built, ${(performance.now() - cached).toFixed(1)} ms from the cache`,
);
console.log(
	`as a classic client, ${keepAlives} keep-alives would cost ${Math.round((classic.bytes / 6) * keepAlives)} bytes`,
);

for (const client of [...all, classic]) {
	client.socket.destroy();
}

await tracker.close();
