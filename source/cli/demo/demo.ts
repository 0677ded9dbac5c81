import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {UsageError} from '../../protocol/errors.js';
import {Tracker} from '../../../tracker/server.js';
import type {Arguments} from '../arguments.js';
import {endSignal} from '../signals.js';
import {isDumb} from '../terminal-kind.js';
import {cast, usualBytesPerSecond, yours} from './cast.js';
import {Contents} from './contents.js';
import {Lab} from './lab.js';
import {LinkProxy} from './link-proxy.js';
import {Neighbour} from './neighbour.js';
import {play} from './story.js';

const host = '127.0.0.1';

/**
Everything alive in one command, on loopback only: a tracker and four peers with files of their own in a temporary folder, slowed
enough to watch, links that can be played with, and the screen on top. It is the same each time.

@throws {UsageError} Without a terminal to show it in.
*/
export async function demo(options: Arguments): Promise<number> {
	if (!process.stdin.isTTY || !process.stdout.isTTY || isDumb(process.env)) {
		throw new UsageError('demo needs a terminal; p2p-tui serve works without one');
	}

	// From here on, whatever ends it ends below, where everything is taken away.
	const {signal, release} = endSignal();
	const folder = await mkdtemp(path.join(tmpdir(), 'p2p-tui-demo-'));
	const tracker = new Tracker({host, port: 0});
	const neighbours: Neighbour[] = [];
	const control = new LinkProxy();
	let endStory = () => {};
	try {
		const loading = import('../screen.js');
		const address = await tracker.listen();
		control.target = address.port;
		const contents = new Contents();
		const dir = path.join(folder, 'you');
		neighbours.push(...cast.map(({name}) => new Neighbour({name, dir: path.join(folder, name), tracker: address})));
		await allOf([
			control.listen(),
			contents.put(dir, yours),
			...neighbours.map(async (neighbour, index) => {
				await contents.put(neighbour.dir, cast[index]!.files);
				await neighbour.start();
			}),
		]);
		const {showPeer} = await loading;
		if (signal.aborted) {
			return 0;
		}

		endStory = play(neighbours);
		return await showPeer(
			{
				tracker: {host, port: control.port},
				host,
				isServing: true,
				maxUpBytesPerSecond: options.maxUpBytesPerSecond ?? usualBytesPerSecond,
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
				lab: new Lab([{control}, ...neighbours]),
			},
		);
	} finally {
		endStory();
		await Promise.all(neighbours.map(async neighbour => neighbour.stop()));
		await Promise.all([control.close(), tracker.close()]);
		await rm(folder, {recursive: true, force: true});
		release();
	}
}

/** Waits for all of them, also when one fails: nothing is to go on behind the back of what takes it away. */
async function allOf(works: Array<Promise<unknown>>): Promise<void> {
	await Promise.allSettled(works);
	await Promise.all(works);
}
