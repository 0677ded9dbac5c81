import {randomBytes, randomInt} from 'node:crypto';
import {constants, copyFile, mkdir, mkdtemp, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {UsageError} from '../protocol/errors.js';
import {isWanted} from '../peer/file-versions.js';
import {PeerCore} from '../peer/peer-core.js';
import {Tracker} from '../../tracker/server.js';
import type {Arguments} from './arguments.js';
import {endSignal} from './signals.js';

const host = '127.0.0.1';

const kilo = 1000;
const mega = 1000 * kilo;

type DemoFile = [name: string, bytes: number];

/** Held by several, so that it comes from all of them at once. */
const lecture: DemoFile = ['lectures/week 7 sockets.mp4', 48 * mega];
const traces: DemoFile = ['traces/http.pcap', 9 * mega];

/** Who takes part, and what they bring: names and sizes in bytes. A name has the same content wherever it is. */
const cast: Array<{name: string; files: DemoFile[]}> = [
	{
		name: 'bob',
		files: [lecture, ['lectures/week 8 congestion.mp4', 36 * mega], ['syllabus.pdf', 310 * kilo]],
	},
	{
		name: 'carol',
		files: [
			['notes/2026-11-20.pdf', 2100 * kilo],
			['notes/2026-11-13.pdf', 1800 * kilo],
			['figures/handshake.svg', 24 * kilo],
			lecture,
		],
	},
	{
		name: 'dave',
		files: [traces, lecture, ['traces/dns.pcap', 640 * kilo], ['readme.txt', 1200]],
	},
	{
		name: 'erin',
		files: [
			['datasets/measurements.csv', 14 * mega],
			['música/canção.ogg', 5 * mega],
			['homework 2.zip', 3 * mega],
			traces,
		],
	},
];

const maxUpBytesPerSecond = 3 * mega;

/** Something happens among the others this often. */
const actMs = 3500;

const daySeconds = 86_400;

/**
Everything alive in one command, on loopback only: a tracker and four peers with files of their own in a temporary folder,
slowed enough to watch, and the screen on top.

@throws {UsageError} Without a terminal to show it in.
*/
export async function demo(options: Arguments): Promise<number> {
	if (!process.stdin.isTTY || !process.stdout.isTTY) {
		throw new UsageError('demo needs a terminal; p2p-tui serve works without one');
	}

	const {showPeer} = await import('./screen.js');
	// From here on, whatever ends it ends below, where everything is taken away.
	const {signal, release} = endSignal();
	const folder = await mkdtemp(path.join(tmpdir(), 'p2p-tui-demo-'));
	const tracker = new Tracker({host, port: 0});
	const others: PeerCore[] = [];
	let acting: NodeJS.Timeout | undefined;
	try {
		const address = await tracker.listen();
		const contents = new Contents();
		const common = {
			tracker: address,
			host,
			isServing: true,
			maxUpBytesPerSecond,
		};
		for (const {name, files} of cast) {
			if (signal.aborted) {
				return 0;
			}

			const dir = path.join(folder, name);
			await contents.put(dir, files);
			const other = new PeerCore({
				...common,
				dir,
				port: 0,
				name,
				isSyncing: false,
				onEvent() {},
			});
			others.push(other);
			await other.start();
		}

		const dir = path.join(folder, 'you');
		await contents.put(dir, [
			['welcome.txt', 800],
			['holiday.jpg', 4 * mega],
		]);
		acting = setInterval(() => {
			// A demonstration goes on without the act that failed, say on a full disk.
			act(folder, others).catch(() => {});
		}, actMs);
		return signal.aborted
			? 0
			: await showPeer(
					{
						...common,
						maxUpBytesPerSecond: options.maxUpBytesPerSecond ?? maxUpBytesPerSecond,
						maxDownBytesPerSecond: options.maxDownBytesPerSecond,
						dir,
						port: options.port,
						name: options.name,
						isSyncing: options.isSyncing,
					},
					{
						...options,
						joinLine: undefined,
						notice: 'Four peers on this machine, to play with: choose a file and press Enter',
					},
				);
	} finally {
		clearInterval(acting);
		await Promise.all(others.map(async other => other.stop()));
		await tracker.close();
		await rm(folder, {recursive: true, force: true});
		release();
	}
}

/** Random files; the second one of a name is a copy of the first, as old as that. */
class Contents {
	readonly #made = new Map<string, {file: string; mtime: number}>();

	async put(dir: string, files: DemoFile[]): Promise<void> {
		for (const [name, bytes] of files) {
			const file = path.join(dir, name);
			await mkdir(path.dirname(file), {recursive: true});
			const made = this.#made.get(name);
			await (made ? copyFile(made.file, file, constants.COPYFILE_FICLONE) : writeFile(file, randomBytes(bytes)));
			const mtime = made?.mtime ?? Math.floor(Date.now() / 1000) - randomInt(60, 20 * daySeconds);
			await utimes(file, mtime, mtime);
			this.#made.set(name, {file, mtime});
		}
	}
}

/** Somebody fetches something they lack, or changes a note of their own. */
async function act(folder: string, others: PeerCore[]): Promise<void> {
	const index = randomInt(others.length);
	const other = others[index]!;
	const missing = other.remoteFiles.filter(file => isWanted(file));
	if (missing.length > 0 && randomInt(3) > 0) {
		other.request([missing[randomInt(missing.length)]!.name]);
		return;
	}

	const {name} = cast[index]!;
	await writeFile(path.join(folder, name, `news from ${name}.txt`), `${new Date().toISOString()}\n`, {flag: 'a'});
}
