/*
A peer of ours in a process of its own: starting it, asking it, ending it. What it understands is in peer.js.
*/
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {host, start, stop} from './programs.js';

const program = fileURLToPath(new URL('peer.js', import.meta.url));

export class PeerProcess {
	#child;
	#lines;

	/**
	Start a peer with options of PeerCore.

	@param through - Words to put before the command, such as those that choose a network namespace.
	*/
	static async start(options, through = []) {
		const [command, ...args] = [...through, process.execPath, program, JSON.stringify({host, port: 0, ...options})];
		const peer = new PeerProcess();
		peer.#child = start(command, args, {stdio: ['pipe', 'pipe', 'inherit']});
		peer.#child.stdin.on('error', () => {});
		peer.#lines = createInterface(peer.#child.stdout)[Symbol.asyncIterator]();
		const {port} = await peer.#answer();
		peer.port = port;
		return peer;
	}

	/** Ask for one thing; the answer comes when it is so. */
	async ask(command, question, {timeoutMs = 600_000} = {}) {
		this.#child.stdin.write(`${JSON.stringify({command, ...question})}\n`);
		let timer;
		const late = new Promise((_resolve, reject) => {
			timer = setTimeout(() => {
				reject(new Error(`Expected a peer to be ${command} within ${timeoutMs / 1000} s`));
			}, timeoutMs);
		});
		try {
			return await Promise.race([this.#answer(), late]);
		} finally {
			clearTimeout(timer);
		}
	}

	/** Fetch all that others have, or throw. */
	async fetch(options) {
		const answer = await this.ask('fetch', {}, options);
		if (answer.failures.length > 0) {
			throw new Error(`${answer.failures.length} files were not fetched: ${answer.failures[0]}`);
		}

		return answer;
	}

	/** Let it say goodbye. */
	async stop() {
		this.#child.stdin.end();
		await stop(this.#child, {isAsked: true});
	}

	async #answer() {
		const {value, done} = await this.#lines.next();
		if (done) {
			throw new Error('A peer ended early');
		}

		return JSON.parse(value);
	}
}
