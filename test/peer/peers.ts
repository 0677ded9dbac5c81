import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {PeerCore, type PeerCoreOptions} from '../../source/peer/peer-core.js';
import type {PeerEvent, Transfer} from '../../source/peer/events.js';
import type {Address} from '../../source/protocol/address.js';
import {Tracker, type TrackerOptions} from '../../tracker/server.js';
import {temporaryFolder, until} from '../wait.js';

const host = '127.0.0.1';

export async function startTracker(
	options: Partial<TrackerOptions> = {},
): Promise<{tracker: Tracker; address: Address}> {
	const tracker = new Tracker({host, port: 0, ...options});
	const {port} = await tracker.listen();
	onTestFinished(async () => tracker.close());
	return {tracker, address: {host, port}};
}

/** A peer core under test and all it has told. */
export class TestPeer {
	readonly events: PeerEvent[] = [];
	readonly core: PeerCore;

	constructor(
		readonly dir: string,
		tracker: Address,
		options: Partial<PeerCoreOptions>,
	) {
		this.core = new PeerCore({
			tracker,
			dir,
			host,
			port: 0,
			name: 'tested',
			isSyncing: false,
			isServing: true,
			onEvent: event => {
				this.events.push(event);
			},
			...options,
		});
		onTestFinished(async () => this.core.stop());
	}

	get port(): number {
		const listening = this.events.find(({type}) => type === 'listening');
		return listening?.type === 'listening' ? listening.port : 0;
	}

	get notices(): string[] {
		return this.events.flatMap(event => (event.type === 'notice' ? [event.text] : []));
	}

	/** All that was told of the transfers of a name, the latest last. */
	told(name: string, direction: 'down' | 'up' = 'down'): Transfer[] {
		return this.events.flatMap(event =>
			event.type === 'transfer' && event.transfer.name === name && event.transfer.direction === direction
				? [event.transfer]
				: [],
		);
	}

	latest(name: string): Transfer | undefined {
		return this.told(name).at(-1);
	}

	/** Wait until others are known to hold a name. */
	async knows(name: string, sources = 1): Promise<void> {
		await until(`${name} in the directory`, () =>
			this.core.remoteFiles.some(file => file.name === name && file.sources.length >= sources),
		);
	}

	/** Ask for a file that others hold, and wait for its end. */
	async fetch(name: string, sources = 1): Promise<Transfer> {
		await this.knows(name, sources);
		this.core.request([name]);
		return this.over(name);
	}

	async over(name: string): Promise<Transfer> {
		return until(
			`the transfer of ${name} to end`,
			() => {
				const latest = this.latest(name);
				return latest?.state === 'done' || latest?.state === 'failed' ? latest : undefined;
			},
			20_000,
		);
	}

	/** Names below a folder of the peer's own state. */
	async state(folder: 'partial' | 'versions'): Promise<string[]> {
		const entries = await readdir(path.join(this.dir, '.p2p-tui', folder), {
			recursive: true,
			withFileTypes: true,
		});
		return entries.filter(entry => entry.isFile()).map(({name}) => name);
	}
}

export async function startPeer(tracker: Address, {dir, ...options}: Partial<PeerCoreOptions> = {}): Promise<TestPeer> {
	const peer = new TestPeer(dir ?? (await temporaryFolder()), tracker, options);
	await peer.core.start();
	return peer;
}
