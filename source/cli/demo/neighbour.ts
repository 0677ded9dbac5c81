import {appendFile} from 'node:fs/promises';
import path from 'node:path';
import type {Address} from '../../protocol/address.js';
import type {PeerEvent} from '../../peer/events.js';
import {PeerCore} from '../../peer/peer-core.js';
import {usualBytesPerSecond} from './cast.js';
import {LinkProxy} from './link-proxy.js';

const host = '127.0.0.1';

/** One of the simulated peers: a whole peer core, which others reach, and which reaches the tracker, by links that can be played with. */
export class Neighbour {
	readonly name: string;
	readonly dir: string;
	/** Its way to the tracker, and others' way to it. */
	readonly control: LinkProxy;
	readonly serving = new LinkProxy();
	#core: PeerCore | undefined;
	/** Its downloads that are not over. */
	readonly #downloads = new Set<number>();
	/** Those that its being cut off has interrupted. */
	#interrupted: number[] = [];

	constructor({name, dir, tracker}: {name: string; dir: string; tracker: Address}) {
		this.name = name;
		this.dir = dir;
		this.control = new LinkProxy(tracker.port);
	}

	/** @throws {PeerError} When no port can be had, or the folder not be shared. */
	async start(): Promise<void> {
		await Promise.all([this.control.listen(), this.serving.listen()]);
		this.#core = new PeerCore({
			tracker: {host, port: this.control.port},
			host,
			port: 0,
			announcedPort: this.serving.port,
			name: this.name,
			dir: this.dir,
			isServing: true,
			isSyncing: false,
			maxUpBytesPerSecond: usualBytesPerSecond,
			onEvent: event => {
				this.#heard(event);
			},
		});
		await this.#core.start();
	}

	async stop(): Promise<void> {
		await this.#core?.stop();
		await Promise.all([this.control.close(), this.serving.close()]);
	}

	/** Fetch what others hold, unless it has it. */
	fetch(name: string): void {
		this.#core?.request([name]);
	}

	/** Add a line to a file of its own. */
	async write(line: string): Promise<void> {
		await appendFile(path.join(this.dir, `news from ${this.name}.txt`), `${line}\n`);
	}

	/** Its links are cut, or back. What it fetched by the links of others, which know nothing of that, stops as well. */
	setCut(isCut: boolean): void {
		if (isCut) {
			this.#interrupted = [...this.#downloads];
		}

		for (const id of this.#interrupted) {
			if (isCut) {
				this.#core?.pause(id);
			} else {
				this.#core?.resume(id);
			}
		}
	}

	#heard(event: PeerEvent): void {
		if (event.type === 'listening') {
			this.serving.target = event.port;
		}

		if (event.type === 'transfer' && event.transfer.direction === 'down') {
			const {id, state} = event.transfer;
			if (state === 'waiting' || state === 'running') {
				this.#downloads.add(id);
			} else {
				this.#downloads.delete(id);
			}
		}
	}
}
