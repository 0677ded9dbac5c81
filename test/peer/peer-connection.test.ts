import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {setImmediate as nextTurn, setTimeout as delay} from 'node:timers/promises';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {describe, expect, onTestFinished, test} from 'vitest';
import {BytesSink} from '../../source/peer/bytes-sink.js';
import {PeerConnection, RefusedError, type BodySink} from '../../source/peer/peer-connection.js';
import {RateLimit} from '../../source/peer/rate-limit.js';
import {type PeerError, ProtocolError, TransferError} from '../../source/protocol/errors.js';
import {limits} from '../../source/protocol/limits.js';
import {chunksOf, splits} from '../protocol/split.js';
import {until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {sourceOf} from './fake-swarm.js';
import {noise} from './files.js';
import {seededRandom} from './seeded-random.js';

const range = (start: number, end: number) => Array.from({length: end - start}, (_, index) => start + index);

type Fixture = {
	connection: PeerConnection;
	/** The other side. */
	peer: Socket;
	/** What was asked. */
	asked: () => string;
	/** What the connection was closed with. */
	errors: PeerError[];
	bytes: () => number;
};

/** A connection to a peer that answers by hand. */
async function open({limit}: {limit?: RateLimit} = {}): Promise<Fixture> {
	const server = createServer({noDelay: true});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	const errors: PeerError[] = [];
	let received = 0;
	const connection = new PeerConnection({
		source: sourceOf('peer', {port}),
		ownName: 'me',
		limit,
		onBytes(bytes) {
			received += bytes;
		},
		onClosed(error) {
			errors.push(error);
		},
	});
	const [peer] = (await once(server, 'connection')) as [Socket];
	let asked = '';
	peer.on('data', chunk => {
		asked += chunk.toString();
	});
	peer.on('error', () => {});
	onTestFinished(async () => {
		connection.close();
		peer.destroy();
		server.close();
		await once(server, 'close');
	});
	return {connection, peer, asked: () => asked, errors, bytes: () => received};
}

const okOf = (body: Uint8Array) =>
	Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]);

const partOf = (content: Uint8Array, start: number, length: number) =>
	Buffer.concat([
		Buffer.from(
			`HTTP/1.1 206 Partial Content\r\nContent-Length: ${length}\r\nContent-Range: bytes ${start}-${start + length - 1}/${content.length}\r\n\r\n`,
		),
		content.subarray(start, start + length),
	]);

const refusalOf = (status: number, body: string) =>
	Buffer.from(`HTTP/1.1 ${status} No\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

type Outcome = {what: string; bytes?: Buffer; status?: number};

/** Ask for some bytes into memory; what comes of it is added to the list. */
function ask(connection: PeerConnection, length: number, outcomes: Outcome[], start?: number): void {
	const sink = new BytesSink(length);
	connection.get({
		path: '/x',
		...(start !== undefined && {range: {start, end: start + length - 1}}),
		length,
		sink,
		onDone() {
			outcomes.push({what: 'done', bytes: sink.bytes});
		},
		onRefused({status}) {
			outcomes.push({what: 'refused', status});
		},
	});
}

/** Send chunks so that they come one by one. */
async function sendApart(peer: Socket, chunks: Iterable<Uint8Array>): Promise<void> {
	for (const chunk of chunks) {
		if (chunk.length > 0) {
			peer.write(chunk);
			await nextTurn();
			await nextTurn();
		}
	}
}

/** A sink whose space comes and goes by chance, and is of any size. Bytes that land elsewhere than in the space last given are found out. */
class FitfulSink implements BodySink {
	readonly bytes: Buffer;
	pauses = 0;
	#at = 0;
	#slab = Buffer.alloc(0);
	#isFull = false;
	#callbacks = 0;

	constructor(
		length: number,
		readonly random: () => number,
		readonly maxSpace: number,
		readonly pauseShare: number,
	) {
		this.bytes = Buffer.alloc(length);
	}

	space(): Uint8Array | undefined {
		if (this.#isFull) {
			return undefined;
		}

		if (this.#slab.length === 0) {
			this.#slab = Buffer.alloc(1 + Math.floor(this.random() * this.maxSpace), 0xcc);
		}

		return this.#slab;
	}

	filled(bytes: number): void {
		if (bytes > this.#slab.length || bytes <= 0) {
			throw new Error(`Expected up to ${this.#slab.length} bytes, got ${bytes}`);
		}

		this.#slab.copy(this.bytes, this.#at, 0, bytes);
		this.#at += bytes;
		// As a slot that is handed over: what is written to it now is lost, and spoils others.
		this.#slab.fill(0xdd);
		this.#slab = this.random() < 0.5 ? Buffer.alloc(0) : this.#slab.subarray(bytes);
		if (this.random() < this.pauseShare) {
			this.#isFull = true;
			this.pauses++;
		}
	}

	onSpace(callback: () => void): void {
		if (this.#callbacks++ > 0) {
			throw new Error('Expected to be asked once');
		}

		const wake = () => {
			this.#callbacks = 0;
			this.#isFull = this.random() < 0.2;
			callback();
		};

		if (!this.#isFull) {
			wake();
		} else if (this.random() < 0.5) {
			setImmediate(wake);
		} else {
			setTimeout(wake, this.random() * 3);
		}
	}
}

describe('a connection to a peer', () => {
	test('asks for what it is told to, without waiting for answers', async () => {
		const {connection, asked, peer} = await open();
		const outcomes: Outcome[] = [];
		ask(connection, 5, outcomes);
		ask(connection, 5, outcomes, 10);
		expect(connection.pending).toBe(2);
		await until('both questions', () => asked().split('\r\n\r\n').length === 3);
		const {port} = peer.address() as AddressInfo;
		const [whole, part] = asked().split('\r\n\r\n');
		expect(whole!.split('\r\n')).toEqual([
			'GET /x HTTP/1.1',
			`Host: 127.0.0.1:${port}`,
			expect.stringMatching(/: me$/),
		]);
		expect(part!.split('\r\n').at(-1)).toBe('Range: bytes=10-14');
		expect(outcomes).toEqual([]);
	});

	const content = noise(300);
	const conversation = Buffer.concat([
		okOf(content.subarray(0, 20)),
		partOf(content, 7, 13),
		okOf(new Uint8Array(0)),
		refusalOf(503, 'try later'),
		partOf(content, 299, 1),
	]);

	function askAll(connection: PeerConnection): Outcome[] {
		const outcomes: Outcome[] = [];
		ask(connection, 20, outcomes);
		ask(connection, 13, outcomes, 7);
		ask(connection, 0, outcomes);
		ask(connection, 10, outcomes, 40);
		ask(connection, 1, outcomes, 299);
		return outcomes;
	}

	const allOutcomes = [
		{what: 'done', bytes: Buffer.from(content.subarray(0, 20))},
		{what: 'done', bytes: Buffer.from(content.subarray(7, 20))},
		{what: 'done', bytes: Buffer.alloc(0)},
		{what: 'refused', status: 503},
		{what: 'done', bytes: Buffer.from(content.subarray(299))},
	];

	test('understands several answers, split anywhere', async () => {
		const {connection, peer, errors} = await open();
		for (const chunks of splits(conversation)) {
			const outcomes = askAll(connection);
			await sendApart(peer, chunks);
			await until('all answers', () => connection.pending === 0);
			expect(outcomes).toEqual(allOutcomes);
		}

		expect(errors).toEqual([]);
	});

	test('understands any number of answers that come at once', async () => {
		const {connection, peer, errors} = await open();
		const all = range(0, 50).map(() => askAll(connection));
		await sendApart(peer, [Buffer.concat(range(0, 50).map(() => conversation))]);
		await until('all answers', () => connection.pending === 0);
		expect(all).toEqual(range(0, 50).map(() => allOutcomes));
		expect(errors).toEqual([]);
	});

	test.each([1, 2, 3, 4, 5, 6, 7, 8])(
		'brings every byte to its place whatever pauses its sinks make, with the chance of seed %i',
		async seed => {
			const random = seededRandom(seed);
			const {connection, peer, errors, bytes} = await open();
			const big = noise(1_500_000, seed);
			const sinks: FitfulSink[] = [];
			const parts: Array<{start: number; length: number}> = [];
			const answers: Buffer[] = [];
			const order: number[] = [];
			for (const index of range(0, 40)) {
				const longest = [50, 3000, 20_000, 200_000][Math.floor(random() * 4)]!;
				const length = 1 + Math.floor(random() * longest);
				const start = Math.floor(random() * (big.length - length));
				const maxSpace = [10, 700, 9000, 70_000][Math.floor(random() * 4)]!;
				const sink = new FitfulSink(length, random, Math.max(maxSpace, length / 50), [0, 0.05, 0.5][index % 3]!);
				connection.get({
					path: '/x',
					range: {start, end: start + length - 1},
					length,
					sink,
					onDone() {
						order.push(index);
					},
				});
				sinks.push(sink);
				parts.push({start, length});
				answers.push(partOf(big, start, length));
			}

			const stream = Buffer.concat(answers);
			for (let at = 0; at < stream.length;) {
				const most = [3, 300, 9000, 100_000][Math.floor(random() * 4)]!;
				const some = stream.subarray(at, at + 1 + Math.floor(random() * most));
				at += some.length;
				if (!peer.write(some)) {
					await Promise.race([once(peer, 'drain'), delay(1000)]);
				}

				if (random() < 0.3) {
					await (random() < 0.2 ? delay(1) : nextTurn());
				}
			}

			await until('all answers', () => connection.pending === 0 || connection.isClosed, 20_000);
			expect(errors).toEqual([]);
			expect(order).toEqual(range(0, 40));
			for (const [index, {start, length}] of parts.entries()) {
				expect(Buffer.compare(sinks[index]!.bytes, big.subarray(start, start + length))).toBe(0);
			}

			expect(bytes()).toBe(parts.reduce((sum, {length}) => sum + length, 0));
			expect(sinks.reduce((sum, {pauses}) => sum + pauses, 0)).toBeGreaterThan(10);
		},
	);

	test('reads no faster than it may, and brings all bytes to their places', async () => {
		const {connection, peer, errors} = await open({limit: new RateLimit(1_000_000)});
		const big = noise(300_000);
		const outcomes: Outcome[] = [];
		ask(connection, 100_000, outcomes, 0);
		ask(connection, 200_000, outcomes, 100_000);
		const sinceMs = performance.now();
		peer.write(Buffer.concat([partOf(big, 0, 100_000), partOf(big, 100_000, 200_000)]));
		await until('all answers', () => outcomes.length === 2);
		// The last read need not be waited for, and 50 ms may go at once.
		expect(performance.now() - sinceMs).toBeGreaterThan(60);
		expect(Buffer.compare(Buffer.concat(outcomes.map(({bytes}) => bytes!)), big)).toBe(0);
		expect(errors).toEqual([]);
	});

	test('that rests for its limit is not taken for silent', async () => {
		changeLimits({transferIdleTimeoutMs: 150});
		const {connection, peer, errors} = await open({limit: new RateLimit(100_000)});
		const big = noise(100_000);
		const sink = new BytesSink(big.length);
		let isDone = false;
		connection.get({
			path: '/x',
			length: big.length,
			sink: {
				space: () => sink.space().subarray(0, 30_000),
				filled(bytes) {
					sink.filled(bytes);
				},
				onSpace(callback) {
					callback();
				},
			},
			onDone() {
				isDone = true;
			},
		});
		peer.write(okOf(big));
		await until('the answer', () => isDone || errors.length > 0);
		expect(errors).toEqual([]);
		expect(Buffer.compare(sink.bytes, big)).toBe(0);
	});

	test('that waits for space is not taken for silent', async () => {
		changeLimits({transferIdleTimeoutMs: 100});
		const {connection, peer, errors} = await open();
		const bytes = Buffer.alloc(10);
		let isFull = true;
		let isDone = false;
		connection.get({
			path: '/x',
			length: 10,
			sink: {
				space: () => (isFull ? undefined : bytes),
				filled() {},
				onSpace(callback) {
					setTimeout(() => {
						isFull = false;
						callback();
					}, 400);
				},
			},
			onDone() {
				isDone = true;
			},
		});
		peer.write(okOf(noise(10)));
		await until('the answer', () => isDone || errors.length > 0);
		expect(errors).toEqual([]);
		expect(bytes).toEqual(Buffer.from(noise(10)));
	});

	test('leaves nothing behind when it is closed while it rests', async () => {
		const {connection, peer, errors} = await open({limit: new RateLimit(1000)});
		const outcomes: Outcome[] = [];
		ask(connection, 100_000, outcomes);
		peer.write(okOf(noise(100_000)));
		const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
		const before = timers();
		await until('a rest', () => timers() > before);
		connection.close();
		expect(timers()).toBe(before);
		await delay(20);
		expect(outcomes).toEqual([]);
		expect(errors).toEqual([]);
	});

	test('asks a closed sink for nothing', async () => {
		const {connection, peer} = await open();
		let isClosed = false;
		let calls = 0;
		connection.get({
			path: '/x',
			length: 100,
			sink: {
				space() {
					calls += isClosed ? 1 : 0;
					return new Uint8Array(10);
				},
				filled() {
					connection.close();
					isClosed = true;
				},
				onSpace() {
					calls++;
				},
			},
			onDone() {
				calls++;
			},
		});
		peer.write(okOf(noise(100)));
		await until('the end', () => isClosed);
		await delay(20);
		expect(calls).toBe(0);
	});

	describe('is ended by', () => {
		const body = 'x'.repeat(10);
		const headOf = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;

		test.each([
			['something that is not HTTP', 'hello\r\n\r\n', ProtocolError],
			['a head without a length', headOf('HTTP/1.1 206 Yes'), ProtocolError],
			['chunks', headOf('HTTP/1.1 206 Yes', 'Transfer-Encoding: chunked'), ProtocolError],
			['a head without an end', `HTTP/1.1 206 Yes\r\nX: ${'x'.repeat(100_000)}`, ProtocolError],
			['100 kB of head', headOf('HTTP/1.1 206 Yes', `X: ${'x'.repeat(100_000)}`), ProtocolError],
			['a part that does not say which', headOf('HTTP/1.1 206 Yes', 'Content-Length: 10') + body, TransferError],
			[
				'another part',
				headOf('HTTP/1.1 206 Yes', 'Content-Length: 10', 'Content-Range: bytes 6-15/100') + body,
				TransferError,
			],
			[
				'a shorter part',
				headOf('HTTP/1.1 206 Yes', 'Content-Length: 9', 'Content-Range: bytes 5-13/100') + body,
				TransferError,
			],
			[
				'a longer part',
				headOf('HTTP/1.1 206 Yes', 'Content-Length: 11', 'Content-Range: bytes 5-15/100') + body,
				TransferError,
			],
			[
				'a length that is not that of the range',
				headOf('HTTP/1.1 206 Yes', 'Content-Length: 11', 'Content-Range: bytes 5-14/100') + body,
				TransferError,
			],
			['a refusal that is too long', headOf('HTTP/1.1 404 No', 'Content-Length: 8193') + body, RefusedError],
		])('%s', async (_, text, type) => {
			const {connection, peer, errors, bytes} = await open();
			const outcomes: Outcome[] = [];
			ask(connection, 10, outcomes, 5);
			peer.write(text);
			await until('the end', () => errors.length > 0);
			expect(errors[0]).toBeInstanceOf(type);
			expect(connection.isClosed).toBe(true);
			expect(outcomes.filter(({what}) => what === 'done')).toEqual([]);
			expect(bytes()).toBe(0);
			await until('the other side to hear of it', () => peer.destroyed);
			expect(errors).toHaveLength(1);
			expect(errors[0]!.message.length).toBeLessThan(300);
		});

		test('more bytes than it asked for', async () => {
			const {connection, peer, errors} = await open();
			const outcomes: Outcome[] = [];
			ask(connection, 10, outcomes, 5);
			peer.write(Buffer.concat([partOf(content, 5, 10), Buffer.from('and some more\r\n\r\n')]));
			await until('the end', () => errors.length > 0);
			expect(outcomes).toHaveLength(1);
			expect(errors[0]).toBeInstanceOf(ProtocolError);
		});

		test('an answer that nobody asked for', async () => {
			const {peer, errors} = await open();
			peer.write(okOf(noise(10)));
			await until('the end', () => errors.length > 0);
			expect(errors[0]).toBeInstanceOf(ProtocolError);
		});

		test('a second answer to one question', async () => {
			const {connection, peer, errors} = await open();
			const outcomes: Outcome[] = [];
			ask(connection, 10, outcomes, 5);
			peer.write(Buffer.concat([partOf(content, 5, 10), partOf(content, 5, 10)]));
			await until('the end', () => errors.length > 0);
			expect(outcomes).toHaveLength(1);
		});

		test('all of it instead of a part, where nobody has asked to be told of a refusal', async () => {
			const {connection, peer, errors} = await open();
			const sink = new BytesSink(10);
			connection.get({path: '/x', range: {start: 5, end: 14}, length: 10, sink, onDone() {}});
			peer.write(okOf(noise(10)));
			await until('the end', () => errors.length > 0);
			expect(errors[0]).toMatchObject({name: 'RefusedError', status: 200});
		});

		test('a refusal, where nobody has asked to be told of one', async () => {
			const {connection, peer, errors} = await open();
			connection.get({path: '/x', length: 3, sink: new BytesSink(3), onDone() {}});
			peer.write(refusalOf(404, 'no'));
			await until('the end', () => errors.length > 0);
			expect(errors[0]).toMatchObject({name: 'RefusedError', status: 404, message: 'peer no longer has it'});
		});

		test('the other side, at any byte of an answer', async () => {
			const answer = partOf(content, 5, 10);
			for (const cut of [0, 1, 20, answer.length - 10, answer.length - 1]) {
				const {connection, peer, errors, bytes} = await open();
				const outcomes: Outcome[] = [];
				ask(connection, 10, outcomes, 5);
				peer.end(answer.subarray(0, cut));
				await until('the end', () => errors.length > 0);
				expect(errors[0]).toMatchObject({name: 'TransferError', message: 'peer closed the connection', isFinal: false});
				expect(outcomes).toEqual([]);
				expect(bytes()).toBe(Math.max(0, cut - (answer.length - 10)));
			}
		});

		test('a reset', async () => {
			const {connection, peer, errors} = await open();
			const outcomes: Outcome[] = [];
			ask(connection, 10, outcomes, 5);
			peer.write(partOf(content, 5, 10).subarray(0, 30));
			await delay(10);
			peer.resetAndDestroy();
			await until('the end', () => errors.length > 0);
			expect(errors[0]).toMatchObject({name: 'TransferError', message: 'peer reset the connection'});
		});

		test('silence', async () => {
			changeLimits({transferIdleTimeoutMs: 100});
			const {connection, peer, errors} = await open();
			ask(connection, 10, [], 5);
			peer.write(partOf(content, 5, 10).subarray(0, -1));
			await until('the end', () => errors.length > 0);
			expect(errors[0]).toMatchObject({name: 'StalledError', message: 'peer did not answer'});
		});
	});

	test('tells that nobody listens there', async () => {
		const server = createServer();
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const {port} = server.address() as AddressInfo;
		server.close();
		await once(server, 'close');
		const errors: PeerError[] = [];
		const connection = new PeerConnection({
			source: sourceOf('peer', {port}),
			ownName: 'me',
			limit: undefined,
			onBytes() {},
			onClosed(error) {
				errors.push(error);
			},
		});
		ask(connection, 10, []);
		await until('the end', () => errors.length > 0);
		expect(errors[0]).toMatchObject({name: 'TransferError', message: 'peer refused the connection'});
		await delay(20);
		expect(errors).toHaveLength(1);
		expect(connection.isClosed).toBe(true);
	});

	test('tells nothing after it was closed', async () => {
		const {connection, peer, errors} = await open();
		const outcomes: Outcome[] = [];
		ask(connection, 10, outcomes);
		connection.close();
		connection.close();
		peer.write(okOf(noise(10)));
		await until('the other side to hear of it', () => peer.destroyed);
		expect([errors, outcomes]).toEqual([[], []]);
	});

	test('takes heads up to their limit, and bodies of which a part came with them', async () => {
		const {connection, peer, errors} = await open();
		const outcomes: Outcome[] = [];
		const big = noise(40_000);
		for (const length of [1, 8000, 8192, 16_384, 40_000]) {
			ask(connection, length, outcomes);
			const start = `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nX: `;
			const head = start + 'x'.repeat(limits.maxResponseHeadBytes - 10 - start.length) + '\r\n\r\n';
			await sendApart(
				peer,
				chunksOf(Buffer.concat([Buffer.from(head), big.subarray(0, length)]), [8000, 185, 5, 8000, 8192, 100]),
			);
			await until('the answer', () => connection.pending === 0 || connection.isClosed);
		}

		expect(errors).toEqual([]);
		expect(outcomes.map(({bytes}) => bytes!.length)).toEqual([1, 8000, 8192, 16_384, 40_000]);
		expect(outcomes.every(({bytes}) => bytes!.equals(big.subarray(0, bytes!.length)))).toBe(true);
	});
});
