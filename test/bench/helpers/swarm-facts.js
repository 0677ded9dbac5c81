/*
What a running swarm tells the screen, made up from a seed: 1,000 peers, many remote files, transfers that run, and what changes
while they do.
*/

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function randomFrom(seed) {
	let state = seed;
	return () => {
		state = Math.trunc(state + 0x6d_2b_79_f5) % 2 ** 32;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const folders = ['lectures', 'notes', 'Übungen', 'data sets', 'src/vendor', '写真', 'music', 'backup 2026'];
const words = ['week', 'sockets', 'slides', 'notes', 'exam', 'kernel', 'photo', 'readme'];
const endings = ['pdf', 'mp4', 'tar.gz', 'txt', 'iso'];
const nowSeconds = Math.floor(Date.now() / 1000);
const runningCount = 3;
const doneCount = 2000;

/** @returns Facts to begin with, and functions that make further ones. */
export function swarmFacts({files = 100_000, peers = 1000, seed = 1} = {}) {
	const random = randomFrom(seed);
	const pick = list => list[Math.floor(random() * list.length)];
	const peerRows = Array.from({length: peers}, (_, index) => ({
		key: String(index),
		name: `${pick(['ada', 'bob', 'carol', 'dave', 'eve'])} ${index}`,
		ip: `10.0.${index >> 8}.${index & 255}`,
		port: 8001 + (index % 7),
		files: Math.floor(random() * 500),
		isClassic: random() < 0.1,
	}));
	const sourcesOf = () =>
		Array.from({length: 1 + Math.floor(random() * 4)}, () => {
			const {key, ip, port, name, isClassic} = pick(peerRows);
			return {key, ip, port, name, isClassic, isPartial: false};
		});
	const remoteRows = Array.from({length: files}, (_, index) => {
		const name = `${pick(folders)}/${pick(words)} ${index}.${pick(endings)}`;
		return {
			key: name,
			name,
			label: name,
			size: Math.floor(random() ** 4 * 4e9),
			mtime: nowSeconds - Math.floor(random() ** 3 * 1e8),
			root: undefined,
			sources: sourcesOf(),
			state: random() < 0.8 ? 'missing' : 'here',
		};
	});
	let nextId = 1;
	const transferRow = (state, values = {}) => {
		const {name, label, size} = pick(remoteRows);
		const id = nextId++;
		const bytes = state === 'done' ? size : 0;
		const peer = pick(peerRows).name;
		return {id, direction: 'down', name, label, size, bytes, state, peer, error: undefined, place: id, ...values};
	};

	const running = Array.from({length: runningCount}, () => transferRow('running', {size: 1e12}));
	let atMs = 0;
	let downBytes = 0;
	let upBytes = 0;
	return {
		begin: [
			{type: 'listening', name: 'ada', host: '0.0.0.0', port: 8001, dir: '/home/ada/p2p-share'},
			{type: 'tracker', address: '10.0.0.2:6969', state: 'connected', version: 2},
			{type: 'peers', changed: peerRows, removed: []},
			{
				type: 'local',
				changed: remoteRows.slice(0, 500).map(({name, label, size, mtime}) => ({name, label, size, mtime})),
				removed: [],
			},
			{type: 'remote', changed: remoteRows, removed: []},
			...running.map(transfer => ({type: 'transfer', transfer})),
			...Array.from({length: doneCount}, () => ({type: 'transfer', transfer: transferRow('done')})),
		],
		/** What a tenth of a second brings: 20 files have other sources or have come, and a small file has been fetched. */
		changes() {
			const changed = Array.from({length: 20}, () => {
				const index = Math.floor(random() * remoteRows.length);
				const file = remoteRows[index];
				remoteRows[index] = {...file, sources: sourcesOf(), size: file.size + 1, state: pick(['missing', 'here'])};
				return remoteRows[index];
			});
			return [
				{type: 'remote', changed, removed: []},
				{type: 'transfer', transfer: transferRow('done', {bytes: 1})},
				{type: 'cleared', ids: [nextId - doneCount]},
			];
		},
		/** A reading of the counters, a quarter of a second after the last. */
		sample() {
			atMs += 250;
			downBytes += Math.floor(random() * 2e7);
			upBytes += Math.floor(random() * 1e6);
			for (const row of running) {
				row.read = (row.read ?? 0) + Math.floor(random() * 8e6);
			}

			return {
				atMs,
				downBytes,
				upBytes,
				trackerRttMs: 3,
				running: running.map(({id, read}) => ({
					id,
					bytes: read,
					sources: peerRows.slice(id, id + 3).map(({name}) => ({
						name,
						bytes: Math.floor(read / 3),
						bytesPerSecond: Math.floor(random() * 1e7),
					})),
				})),
			};
		},
	};
}
