import {randomBytes} from 'node:crypto';
import {readdir, readFile, stat, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {spawn, type ChildProcess} from 'node:child_process';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Address} from '../../source/protocol/address.js';
import {pieceBytesOf, pieceCountOf} from '../../source/protocol/merkle.js';
import {startContentPeer, type ContentPeer} from '../peer/content-peer.js';
import {contentOf} from '../peer/files.js';
import {temporaryFolder, until} from '../wait.js';
import {startTracker} from './swarm.js';
import {cliPath, userEnv} from './terminal.js';

const name = 'big.bin';
const megabyte = 1024 * 1024;

/** The built program, fetching into a folder; killed with the test at the latest. */
class Program {
	readonly #child: ChildProcess;
	#isOver = false;

	constructor(args: string[]) {
		this.#child = spawn(process.execPath, [cliPath, ...args], {env: userEnv(), stdio: 'ignore'});
		this.#child.on('close', () => {
			this.#isOver = true;
		});
		onTestFinished(async () => this.kill());
	}

	static serve({host, port}: Address, dir: string, ...args: string[]): Program {
		return new Program(['serve', `${host}:${port}`, '--json', '--dir', dir, '--host', host, '--port', '0', ...args]);
	}

	get isOver(): boolean {
		return this.#isOver;
	}

	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await until('the program to be dead', () => this.#isOver);
	}
}

const hasFile = async (dir: string, content: Uint8Array) => {
	const there = await contentOf(dir, name);
	expect(there === undefined || there.length === content.length).toBe(true);
	return there !== undefined && content.every((byte, index) => byte === there[index]);
};

/**
What a source has sent twice though it was here before the kill: all but what was under way in that moment.

@param marks - How many pieces had been sent at each kill.
@param underWay - Pieces that may have been in buffers, unverified.
*/
function sentInVain({sent}: ContentPeer, marks: number[], underWay: number): number[] {
	const lastSent = new Map<number, number>();
	const vain: number[] = [];
	for (const [place, piece] of sent.entries()) {
		const before = lastSent.get(piece);
		const mark = before === undefined ? undefined : marks.find(each => each > before);
		if (before !== undefined && (mark === undefined || before < mark - underWay)) {
			vain.push(piece);
		}

		lastSent.set(piece, place);
	}

	return vain;
}

describe('kill -9', () => {
	const content = randomBytes(64 * megabyte);
	const kills = 12;

	test.each([['serve --sync'], ['sync --once']])(
		'at many points of a download by %s loses nothing, and no verified piece is fetched twice',
		async mode => {
			const {address, named} = await startTracker();
			const source = await startContentPeer(address, {name: 'ada', content, bytesPerSecond: 32 * megabyte});
			const dir = await temporaryFolder();
			const begin = () =>
				mode === 'sync --once'
					? new Program(['sync', named, '--once', '--json', '--dir', dir])
					: Program.serve(address, dir, '--sync');
			const count = pieceCountOf(content.length);
			const marks: number[] = [];
			const rounds = mode === 'sync --once' ? 4 : kills;
			for (let round = 1; round <= rounds; round++) {
				const program = begin();
				// The last one dies when all is sent, in the middle of what comes after.
				const wanted = Math.floor((count * round) / rounds);
				await until(
					`${wanted} of ${count} pieces`,
					() => new Set(source.sent).size >= wanted || program.isOver,
					15_000,
				);
				await program.kill();
				marks.push(source.sent.length);
				expect([undefined, content.length]).toContain((await contentOf(dir, name))?.length); // eslint-disable-line unicorn/no-await-expression-member -- short
			}

			begin();
			await until('the whole file', async () => hasFile(dir, content), 20_000);
			const underWay = Math.ceil((2 * megabyte) / pieceBytesOf(content.length));
			expect(sentInVain(source, marks, underWay)).toEqual([]);
			expect(source.sent.length).toBeLessThan(count + rounds * underWay);
		},
		60_000,
	);
});

describe('after a kill', () => {
	const content = randomBytes(3 * megabyte);
	const bytesPerSecond = 6 * megabyte;

	/** A folder in which a download was killed in the middle, and its source. */
	async function killedHalfway() {
		const {address} = await startTracker();
		const source = await startContentPeer(address, {name: 'ada', content, bytesPerSecond});
		const dir = await temporaryFolder();
		const program = Program.serve(address, dir, '--sync');
		await until('a half', () => source.sent.length >= pieceCountOf(content.length) / 2);
		const queue = path.join(dir, '.p2p-tui/queue.json');
		await until('the queue', async () => contentOf(dir, '.p2p-tui/queue.json'));
		await program.kill();
		const partials = path.join(dir, '.p2p-tui/partial');
		const files = await readdir(partials);
		return {address, source, dir, queue, partials: files.map(file => path.join(partials, file)).toSorted()};
	}

	test('the queue goes on by itself, without being asked, with what was there', async () => {
		const {address, source, dir} = await killedHalfway();
		const mark = source.sent.length;
		Program.serve(address, dir);
		await until('the whole file', async () => hasFile(dir, content), 20_000);
		expect(sentInVain(source, [mark], Math.ceil(megabyte / pieceBytesOf(content.length)))).toEqual([]);
	});

	const damages: Record<string, (file: string) => Promise<void>> = {
		async garbage(file) {
			const {size} = await stat(file);
			await writeFile(file, randomBytes(size));
		},
		async torn(file) {
			const {size} = await stat(file);
			await truncate(file, Math.floor(size / 2) + 1);
		},
		async emptied(file) {
			await truncate(file);
		},
		async 'too long'(file) {
			await writeFile(file, randomBytes(megabyte), {flag: 'a'});
		},
		async forged(file) {
			const count = pieceCountOf(content.length);
			const claims = Uint32Array.from({length: count}, (_, index) => index);
			const forgeries: Record<string, Uint8Array | string> = {
				'.journal': new Uint8Array(claims.buffer),
				'.root': 'f'.repeat(64),
				'.pieces': new Uint8Array(content.length),
				'.lock': '1',
				'.json': JSON.stringify([
					{key: name, file: {name: '../escaped.bin', mtime: 5, size: 3}, isPaused: false},
					{key: name, file: {name, mtime: 5, size: content.length, root: 'f'.repeat(64)}, isPaused: false},
					7,
					null,
				]),
				'.jsonl': `${JSON.stringify({name, root: 'f'.repeat(64), size: content.length, mtimeMs: 0, ino: 1})}\n`,
			};
			await writeFile(file, forgeries[path.extname(file)] ?? '');
		},
	};

	test.each(Object.keys(damages))('files of the state that are %s never make a wrong file', async kind => {
		const {address, dir, queue, partials} = await killedHalfway();
		expect(partials.map(file => path.extname(file))).toEqual(['.journal', '.lock', '.pieces', '.root']);
		const index = path.join(dir, '.p2p-tui/index.jsonl');
		await writeFile(index, '', {flag: 'a'});
		for (const file of [...partials, queue, index]) {
			// A lock that names a living process is another program's, and an empty one is just being made: both are respected.
			if ((kind !== 'forged' && kind !== 'emptied') || !file.endsWith('.lock')) {
				await damages[kind]!(file);
			}
		}

		Program.serve(address, dir, '--sync');
		await until('the whole file', async () => hasFile(dir, content), 20_000);
		expect(await readdir(dir)).toEqual(['.p2p-tui', name]);
		await until('nothing to be left', async () => {
			const left = await readdir(path.join(dir, '.p2p-tui/partial'));
			return left.length === 0;
		});
	});

	test.each(['.journal', '.pieces'])('a lie in the %s alone costs what it concerns, and no more', async ending => {
		const {address, source, dir, partials} = await killedHalfway();
		const mark = source.sent.length;
		const file = partials.find(each => each.endsWith(ending))!;
		const bytes = await readFile(file);
		if (ending === '.journal') {
			// Claims of what is not there, and a torn end.
			const claims = Uint32Array.from({length: pieceCountOf(content.length)}, (_, index) => index);
			await writeFile(file, new Uint8Array([...bytes, ...new Uint8Array(claims.buffer), 1, 2]));
		} else {
			const there = source.sent[3]! * pieceBytesOf(content.length);
			bytes[there]! ^= 1;
			await writeFile(file, bytes);
		}

		Program.serve(address, dir, '--sync');
		await until('the whole file', async () => hasFile(dir, content), 20_000);
		const vain = sentInVain(source, [mark], Math.ceil(megabyte / pieceBytesOf(content.length)));
		expect(vain).toEqual(ending === '.pieces' ? [source.sent[3]] : []);
	});
});
