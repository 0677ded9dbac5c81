import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {mkdir, open, readFile, stat, symlink, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import {describe, expect, onTestFinished, test} from 'vitest';
import {PieceStore, slotBytes, type PieceFile} from '../../source/peer/piece-store.js';
import {SpanSink} from '../../source/peer/span-sink.js';
import {
	blockBytes,
	blockHashesOf,
	pieceBytesOf,
	pieceCountOf,
	pieceHashOf,
	pieceSpan,
} from '../../source/protocol/merkle.js';
import {temporaryFolder, until} from '../wait.js';
import {noise} from './files.js';
import {seededRandom} from './seeded-random.js';

/** What is told of a file. */
type Told = {pieces: Array<{request: number; piece: number; isGood: boolean}>; failures: Error[]};

type Fixture = {
	store: PieceStore;
	content: Uint8Array;
	layer: Uint8Array;
	path: string;
	journalPath: string;
	open: () => Promise<{file: PieceFile; told: Told}>;
	/** How many slots can be had now; all of them are given back. */
	freeSlots: () => number;
};

const range = (start: number, end: number) => Array.from({length: end - start}, (_, index) => start + index);

function pieceOf(content: Uint8Array, piece: number): Uint8Array {
	const {start, length} = pieceSpan(content.length, piece);
	return content.subarray(start, start + length);
}

const layerOf = (content: Uint8Array) =>
	Buffer.concat(
		range(0, pieceCountOf(content.length)).map(piece =>
			pieceHashOf(blockHashesOf(pieceOf(content, piece)), content.length),
		),
	);

async function bytesAt(filePath: string, start: number, length: number): Promise<Buffer> {
	const file = await open(filePath);
	const {buffer} = await file.read(Buffer.alloc(length), 0, length, start);
	await file.close();
	return buffer;
}

function startStore(): PieceStore {
	const store = new PieceStore({root: import.meta.dirname, versions: import.meta.dirname});
	onTestFinished(async () => store.stop());
	return store;
}

function countSlots(store: PieceStore): number {
	const taken: number[] = [];
	for (let slot = store.takeSlot(); slot !== undefined; slot = store.takeSlot()) {
		taken.push(slot);
	}

	for (const slot of taken) {
		store.giveSlot(slot);
	}

	expect(new Set(taken).size).toBe(taken.length);
	return taken.length;
}

/** A place for some content, and a store. */
async function prepare(content: Uint8Array, store = startStore()): Promise<Fixture> {
	const folder = await temporaryFolder();
	const paths = {path: path.join(folder, 'a.pieces'), journalPath: path.join(folder, 'a.journal')};
	const layer = layerOf(content);
	return {
		store,
		content,
		layer,
		...paths,
		async open() {
			const file = await store.open({...paths, size: content.length, layer});
			const told: Told = {pieces: [], failures: []};
			file.listen({
				onPiece(request, piece, isGood) {
					told.pieces.push({request, piece, isGood});
				},
				onFailed(error) {
					told.failures.push(error);
				},
			});
			return {file, told};
		},
		freeSlots: () => countSlots(store),
	};
}

async function slotOf(store: PieceStore): Promise<number> {
	for (;;) {
		const slot = store.takeSlot();
		if (slot !== undefined) {
			return slot;
		}

		await new Promise<void>(resolve => {
			store.onFree(resolve);
		});
	}
}

/** Hand some bytes over, in slots of at most so many bytes: whole blocks. */
async function hand(
	{store}: Fixture,
	file: PieceFile,
	{
		request = file.nextRequest(),
		position,
		bytes,
		step = slotBytes,
	}: {
		request?: number;
		position: number;
		bytes: Uint8Array;
		step?: number;
	},
): Promise<number> {
	for (let at = 0; at < bytes.length; at += step) {
		const some = bytes.subarray(at, at + step);
		const slot = await slotOf(store);
		store.view(slot, 0, some.length).set(some);
		file.write(request, slot, position + at, some.length);
	}

	return request;
}

const handPiece = async (fixture: Fixture, file: PieceFile, piece: number, change?: (bytes: Uint8Array) => void) => {
	const bytes = Uint8Array.from(pieceOf(fixture.content, piece));
	change?.(bytes);
	return hand(fixture, file, {position: pieceSpan(fixture.content.length, piece).start, bytes});
};

const spoil = (bytes: Uint8Array) => {
	bytes.set([bytes.at(-1)! ^ 1], bytes.length - 1);
};

const allSlots = 80;

const isTold = async (told: Told, count: number) => until(`${count} pieces`, () => told.pieces.length >= count);

/** Bytes that were handed over have been dealt with: the thread answers in order. */
const settled = async (fixture: Fixture) => until('all slots to be free', () => fixture.freeSlots() === allSlots);

describe('a piece store', () => {
	test.each([
		['of no bytes', 0],
		['of a byte', 1],
		['of a block', blockBytes],
		['of a block and a byte', blockBytes + 1],
		['of pieces of a block, the last one short', 20 * blockBytes - 5],
		['of longer pieces', 64 * 1024 * 1024 + 7 * blockBytes + 1],
	])('verifies and writes a file %s', async (_, size) => {
		const fixture = await prepare(noise(size));
		const {file, told} = await fixture.open();
		expect(file.good).toEqual([]);
		const count = pieceCountOf(size);
		const request = file.nextRequest();
		if (size === 0) {
			const slot = await slotOf(fixture.store);
			file.write(request, slot, 0, 0);
			await settled(fixture);
		}

		await hand(fixture, file, {request, position: 0, bytes: fixture.content});
		if (size > 0) {
			await isTold(told, count);
			expect(told.pieces).toEqual(range(0, count).map(piece => ({request, piece, isGood: true})));
		}

		await file.finish(1_600_000_000);
		await file.close();
		expect(Buffer.compare(await readFile(fixture.path), fixture.content)).toBe(0);
		const {mtimeMs} = await stat(fixture.path);
		expect(mtimeMs).toBe(1_600_000_000_000);
		expect(fixture.freeSlots()).toBe(allSlots);
	});

	test('writes pieces where they belong, in any order and by any requests', async () => {
		const fixture = await prepare(noise(40 * blockBytes - 100));
		const {file, told} = await fixture.open();
		const random = seededRandom(1);
		const order = range(0, 40)
			.map(piece => ({piece, rank: random()}))
			.toSorted((a, b) => a.rank - b.rank);
		for (const {piece} of order) {
			await handPiece(fixture, file, piece);
		}

		await isTold(told, 40);
		await file.close();
		expect(Buffer.compare(await readFile(fixture.path), fixture.content)).toBe(0);
	});

	test('tells of a wrong piece, and never believes it', async () => {
		const fixture = await prepare(noise(4 * blockBytes));
		const {file, told} = await fixture.open();
		const wrong = await handPiece(fixture, file, 1, spoil);
		await isTold(told, 1);
		expect(told.pieces).toEqual([{request: wrong, piece: 1, isGood: false}]);
		const again = await handPiece(fixture, file, 1, spoil);
		await isTold(told, 2);
		const right = await handPiece(fixture, file, 1);
		await isTold(told, 3);
		expect(told.pieces.slice(1)).toEqual([
			{request: again, piece: 1, isGood: false},
			{request: right, piece: 1, isGood: true},
		]);
		await file.close();
		const reopened = await fixture.open();
		expect(reopened.file.good).toEqual([1]);
		await reopened.file.close();
	});

	test('tells of each piece of a request apart', async () => {
		const fixture = await prepare(noise(6 * blockBytes));
		const {file, told} = await fixture.open();
		const bytes = Uint8Array.from(fixture.content);
		bytes[2 * blockBytes + 5]! ^= 255;
		bytes[4 * blockBytes]! ^= 1;
		await hand(fixture, file, {position: 0, bytes, step: 4 * blockBytes});
		await isTold(told, 6);
		expect(told.pieces.map(({piece, isGood}) => [piece, isGood])).toEqual(
			range(0, 6).map(piece => [piece, piece !== 2 && piece !== 4]),
		);
		await file.close();
	});

	test('says nothing of a piece that is here already, and leaves it as it is', async () => {
		const fixture = await prepare(noise(4 * blockBytes));
		const {file, told} = await fixture.open();
		await handPiece(fixture, file, 2);
		await handPiece(fixture, file, 2, spoil);
		await handPiece(fixture, file, 2);
		await handPiece(fixture, file, 3);
		await isTold(told, 2);
		expect(told.pieces.map(({piece}) => piece)).toEqual([2, 3]);
		await file.close();
		const written = await readFile(fixture.path);
		expect(written.subarray(2 * blockBytes)).toEqual(Buffer.from(fixture.content.subarray(2 * blockBytes)));
	});

	/** All ways in which the blocks of several requests for one piece can follow each other. */
	function* interleavings(left: number[]): Generator<number[], void> {
		if (left.every(count => count === 0)) {
			yield [];
		}

		for (const [index, count] of left.entries()) {
			if (count > 0) {
				for (const rest of interleavings(left.with(index, count - 1))) {
					yield [index, ...rest];
				}
			}
		}
	}

	/** A file with pieces of several blocks: sparse but for one piece. */
	function largeContent(blocks: number): {content: Uint8Array; piece: number} {
		const size = 1000 * blocks * blockBytes;
		const content = new Uint8Array(size);
		expect(pieceBytesOf(size)).toBe(blocks * blockBytes);
		content.set(noise(blocks * blockBytes, 7), 5 * blocks * blockBytes);
		return {content, piece: 5};
	}

	test('keeps what is right of two who send the same piece at once, in whatever order their bytes come', async () => {
		const {content, piece} = largeContent(4);
		const fixture = await prepare(content);
		const {start, length} = pieceSpan(content.length, piece);
		const orders = [...interleavings([4, 4])];
		expect(orders).toHaveLength(70);
		for (const [round, order] of orders.entries()) {
			await writeFile(fixture.journalPath, '');
			const {file, told} = await fixture.open();
			expect(file.good).toEqual([]);
			const requests = [file.nextRequest(), file.nextRequest()];
			const wrongBlock = round % 4;
			const sent = [0, 0];
			for (const who of order) {
				const block = sent[who]!++;
				const bytes = Uint8Array.from(content.subarray(start + block * blockBytes, start + (block + 1) * blockBytes));
				if (who === 1 && block >= wrongBlock) {
					bytes.fill(0xee);
				}

				await hand(fixture, file, {request: requests[who]!, position: start + block * blockBytes, bytes});
			}

			await settled(fixture);
			await until('the right piece', () => told.pieces.some(({isGood}) => isGood));
			expect(told.pieces.filter(({isGood}) => isGood)).toEqual([{request: requests[0], piece, isGood: true}]);
			expect(told.pieces.filter(({request, isGood}) => isGood !== (request === requests[0]))).toEqual([]);
			expect(told.failures).toEqual([]);
			await file.close();
			const written = await bytesAt(fixture.path, start, length);
			expect(Buffer.compare(written, pieceOf(content, piece))).toBe(0);
			await truncate(fixture.path, 0);
		}
	});

	test('keeps what is right of three, when some are dropped in the middle', async () => {
		const {content, piece} = largeContent(4);
		const fixture = await prepare(content);
		const {start, length} = pieceSpan(content.length, piece);
		const random = seededRandom(3);
		for (let round = 0; round < 60; round++) {
			await writeFile(fixture.journalPath, '');
			const {file, told} = await fixture.open();
			// The first one is right and stays; the others lie, and may leave and come again.
			const senders = range(0, 3).map(who => ({who, request: file.nextRequest(), sent: 0}));
			while (senders[0]!.sent < 4) {
				const sender = senders[Math.floor(random() * 3)]!;
				if (sender.who > 0 && (random() < 0.2 || sender.sent === 4)) {
					file.drop(sender.request);
					sender.request = file.nextRequest();
					sender.sent = 0;
					continue;
				}

				const at = start + sender.sent++ * blockBytes;
				const bytes = Uint8Array.from(content.subarray(at, at + blockBytes));
				if (sender.who > 0 && random() < 0.7) {
					bytes.fill(sender.who);
				}

				await hand(fixture, file, {request: sender.request, position: at, bytes});
			}

			for (const sender of senders.slice(1)) {
				for (; sender.sent < 4; sender.sent++) {
					await hand(fixture, file, {
						request: sender.request,
						position: start + sender.sent * blockBytes,
						bytes: new Uint8Array(blockBytes),
					});
				}
			}

			await settled(fixture);
			await until('the right piece', () => told.pieces.some(({isGood}) => isGood));
			expect(told.failures).toEqual([]);
			await file.close();
			const written = await bytesAt(fixture.path, start, length);
			expect(Buffer.compare(written, pieceOf(content, piece))).toBe(0);
		}
	});

	test('goes on with a piece from its beginning after a request was dropped', async () => {
		const {content, piece} = largeContent(2);
		const fixture = await prepare(content);
		const {file, told} = await fixture.open();
		const {start} = pieceSpan(content.length, piece);
		const request = await hand(fixture, file, {position: start, bytes: new Uint8Array(blockBytes)});
		file.drop(request);
		file.drop(request);
		file.drop(12_345);
		await handPiece(fixture, file, piece);
		await isTold(told, 1);
		expect(told.pieces).toMatchObject([{piece, isGood: true}]);
		await file.close();
	});

	test('keeps several files apart', async () => {
		const store = startStore();
		const fixtures = await Promise.all(range(1, 5).map(async seed => prepare(noise(10 * blockBytes, seed), store)));
		const opened = await Promise.all(fixtures.map(async fixture => fixture.open()));
		for (const piece of range(0, 10)) {
			await Promise.all(fixtures.map(async (fixture, index) => handPiece(fixture, opened[index]!.file, piece)));
		}

		for (const [index, fixture] of fixtures.entries()) {
			await isTold(opened[index]!.told, 10);
			await opened[index]!.file.close();
			expect(Buffer.compare(await readFile(fixture.path), fixture.content)).toBe(0);
		}
	});
});

describe('a file of pieces that is opened again', () => {
	const journalOf = (...pieces: number[]) => Buffer.from(Uint32Array.from(pieces).buffer);

	test('knows what was there, however often', async () => {
		const fixture = await prepare(noise(12 * blockBytes));
		for (const round of range(0, 4)) {
			const {file, told} = await fixture.open();
			expect([...file.good].toSorted((a, b) => a - b)).toEqual(range(0, 3 * round));
			for (const piece of range(3 * round, 3 * round + 3)) {
				await handPiece(fixture, file, piece);
			}

			await isTold(told, 3);
			await file.close();
		}

		expect(Buffer.compare(await readFile(fixture.path), fixture.content)).toBe(0);
	});

	test.each([
		['is right', journalOf(0, 2, 5), [0, 2, 5]],
		['is empty', Buffer.alloc(0), []],
		['claims what is not there', journalOf(0, 1, 2, 3, 4), [0, 2]],
		['claims pieces twice', journalOf(2, 2, 0, 2, 0, 5), [0, 2, 5]],
		['claims pieces that the file has not', journalOf(8, 2, 0xff_ff_ff_ff, 1_000_000, 7), [2]],
		['is torn', Buffer.concat([journalOf(5, 0), Buffer.from([2, 0])]), [0, 5]],
		['is torn in the middle', Buffer.concat([journalOf(5), Buffer.from([1]), journalOf(0, 2)]), [5]],
		['is no journal', Buffer.from('not at all what it should be'), []],
		['is far too long', Buffer.concat([journalOf(2), Buffer.alloc(100_000, 0xff)]), [2]],
	])('believes only what hashes right, when its journal %s', async (_, journal, good) => {
		const fixture = await prepare(noise(7 * blockBytes + 5));
		// Pieces 0, 2 and 5 are right, and 7, which is short, is not.
		const bytes = new Uint8Array(7 * blockBytes + 5);
		for (const piece of [0, 2, 5]) {
			bytes.set(pieceOf(fixture.content, piece), piece * blockBytes);
		}

		await writeFile(fixture.path, bytes);
		await writeFile(fixture.journalPath, journal);
		const {file, told} = await fixture.open();
		expect([...file.good].toSorted((a, b) => a - b)).toEqual(good);
		for (const piece of range(0, 8).filter(each => !good.includes(each))) {
			await handPiece(fixture, file, piece);
		}

		await isTold(told, 8 - good.length);
		expect(told.pieces.every(({isGood}) => isGood)).toBe(true);
		await file.close();
		expect(Buffer.compare(await readFile(fixture.path), fixture.content)).toBe(0);
		const reopened = await fixture.open();
		expect([...reopened.file.good].toSorted((a, b) => a - b)).toEqual(range(0, 8));
		await reopened.file.close();
	});

	test.each([
		['shorter', (bytes: Uint8Array) => bytes.subarray(0, 3 * blockBytes + 100), [0, 1, 2]],
		['longer', (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(1000)]), range(0, 8)],
		['empty', () => new Uint8Array(0), []],
	])('has its own length, also when somebody has made it %s', async (_, change, good) => {
		const fixture = await prepare(noise(7 * blockBytes + 5));
		await writeFile(fixture.path, change(fixture.content));
		await writeFile(fixture.journalPath, journalOf(...range(0, 8)));
		const {file} = await fixture.open();
		expect(file.good).toEqual(good);
		const {size} = await stat(fixture.path);
		expect(size).toBe(fixture.content.length);
		await file.close();
	});

	test('never believes bytes that were changed, whatever the journal says', async () => {
		const fixture = await prepare(noise(8 * blockBytes));
		await fc.assert(
			fc.asyncProperty(
				fc.uint8Array({maxLength: 80}),
				fc.uniqueArray(fc.nat(8 * blockBytes - 1), {maxLength: 6}),
				async (journal, changed) => {
					const bytes = Uint8Array.from(fixture.content);
					for (const at of changed) {
						bytes[at]! ^= 0x10;
					}

					await writeFile(fixture.path, bytes);
					await writeFile(fixture.journalPath, Buffer.concat([journalOf(...range(0, 8)), journal]));
					const {file} = await fixture.open();
					const wrong = new Set(changed.map(at => Math.floor(at / blockBytes)));
					expect(file.good).toEqual(range(0, 8).filter(piece => !wrong.has(piece)));
					await file.close();
				},
			),
			{numRuns: 30},
		);
	});
});

describe('a disk that fails', () => {
	test('at once, is told, and the store goes on', async () => {
		const fixture = await prepare(noise(4 * blockBytes));
		await mkdir(fixture.path);
		await expect(fixture.open()).rejects.toMatchObject({code: 'EISDIR'});
		const other = await prepare(noise(4 * blockBytes), fixture.store);
		const {file, told} = await other.open();
		await handPiece(other, file, 0);
		await isTold(told, 1);
		await file.close();
	});

	test.each(['path', 'journalPath'] as const)('through a link at %s is not written to', async which => {
		const fixture = await prepare(noise(4 * blockBytes));
		const target = path.join(await temporaryFolder(), 'precious');
		await writeFile(target, 'precious');
		await symlink(target, fixture[which]);
		await expect(fixture.open()).rejects.toMatchObject({code: 'ELOOP'});
		expect(await readFile(target, 'utf8')).toBe('precious');
	});

	test('in a folder that is not there, is told', async () => {
		const fixture = await prepare(noise(4 * blockBytes));
		const open = fixture.store.open({
			path: path.join(fixture.path, 'x'),
			journalPath: path.join(fixture.path, 'y'),
			size: 1,
			layer: fixture.layer,
		});
		await expect(open).rejects.toMatchObject({code: 'ENOENT'});
	});

	/** Let no file of this process grow beyond so many bytes, for a while: the nearest to a full disk that needs no disk. */
	function limitFiles(bytes: number | undefined): void {
		execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes ?? 'unlimited'}:`]);
	}

	function canLimitFiles(): boolean {
		try {
			limitFiles(undefined);
			return true;
		} catch {
			return false;
		}
	}

	describe.skipIf(!canLimitFiles())('in the middle', () => {
		test('is told once, and what was not written is never believed, also when there is room again', async () => {
			const blocks = 4;
			const content = noise(2000 * blockBytes);
			expect(pieceBytesOf(content.length)).toBe(2 * blockBytes);
			const fixture = await prepare(content);
			const {file, told} = await fixture.open();
			await handPiece(fixture, file, 0);
			await isTold(told, 1);
			onTestFinished(() => {
				limitFiles(undefined);
			});
			const request = file.nextRequest();
			const bytes = content.subarray(2 * blockBytes, (2 + blocks) * blockBytes);
			limitFiles(2 * blockBytes);
			await hand(fixture, file, {request, position: 2 * blockBytes, bytes: bytes.subarray(0, blockBytes)});
			await settled(fixture);
			limitFiles(undefined);
			await hand(fixture, file, {
				request,
				position: 3 * blockBytes,
				bytes: bytes.subarray(blockBytes),
				step: blockBytes,
			});
			await settled(fixture);
			await handPiece(fixture, file, 7);
			await settled(fixture);
			expect(told.pieces).toHaveLength(1);
			expect(told.failures).toHaveLength(1);
			expect(told.failures[0]).toMatchObject({code: 'EFBIG'});
			await file.close();
			const reopened = await fixture.open();
			expect(reopened.file.good).toEqual([0]);
			await reopened.file.close();
			expect(fixture.freeSlots()).toBe(allSlots);
		});
	});
});

describe('the slots of a store', () => {
	test('are all there again, whatever happens', async () => {
		const fixture = await prepare(noise(100 * blockBytes));
		expect(fixture.freeSlots()).toBe(allSlots);
		const {file, told} = await fixture.open();
		await handPiece(fixture, file, 0);
		await handPiece(fixture, file, 1, spoil);
		// A request that begins in the middle of a piece is a fault of ours: told, and the slot is free.
		await hand(fixture, file, {position: 5 * blockBytes + 100, bytes: new Uint8Array(10)});
		await until('the fault to be told', () => told.failures.length === 1);
		await settled(fixture);
		for (const piece of range(10, 60)) {
			void handPiece(fixture, file, piece);
		}

		const closing = file.close();
		// Too late: it is given back at once.
		await handPiece(fixture, file, 70);
		await closing;
		await settled(fixture);
		expect(told.pieces.map(({piece}) => piece)).not.toContain(70);
	});

	test('are given to those who wait, in turn, as they are freed', async () => {
		const {store} = await prepare(noise(1));
		const taken = range(0, allSlots).map(() => store.takeSlot()!);
		expect(taken.every(slot => slot !== undefined)).toBe(true);
		expect(store.takeSlot()).toBeUndefined();
		const got: Array<[who: number, slot: number | undefined]> = [];
		for (const who of range(0, 3)) {
			store.onFree(() => {
				got.push([who, store.takeSlot()]);
			});
		}

		expect(got).toEqual([]);
		store.giveSlot(taken[3]!);
		expect(got).toEqual([[0, taken[3]]]);
		store.giveSlot(taken[5]!);
		store.giveSlot(taken[7]!);
		store.giveSlot(taken[9]!);
		expect(got.slice(1)).toEqual([
			[1, taken[5]],
			[2, taken[7]],
		]);
		let isCalled = false;
		store.onFree(() => {
			isCalled = true;
		});
		expect(isCalled).toBe(true);
	});

	test('come back from a sink, wherever it is closed', async () => {
		const content = noise(40 * blockBytes - 77);
		const fixture = await prepare(content);
		const {store} = fixture;
		const random = seededRandom(5);
		for (let round = 0; round < 40; round++) {
			await writeFile(fixture.journalPath, '');
			const {file, told} = await fixture.open();
			const first = Math.floor(random() * 30);
			const start = first * blockBytes;
			const length = Math.min(content.length - start, 10 * blockBytes);
			const sink = new SpanSink({store, file, request: file.nextRequest(), start, length, size: content.length});
			const stopAt = round % 2 === 0 ? length : Math.floor(random() * length);
			let at = 0;
			while (at < stopAt) {
				const space = sink.space()!;
				const some = Math.min(Math.ceil(random() * space.length), stopAt - at);
				space.set(content.subarray(start + at, start + at + some));
				sink.filled(some);
				at += some;
				if (random() < 0.1) {
					await new Promise(resolve => {
						setTimeout(resolve, 6);
					});
				}
			}

			sink.close();
			if (stopAt === length) {
				await isTold(told, Math.ceil(length / blockBytes));
			}

			await settled(fixture);
			expect(told.pieces.every(({isGood}) => isGood)).toBe(true);
			expect(told.failures).toEqual([]);
			await file.close();
		}
	});
});
