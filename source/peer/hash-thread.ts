import {Buffer} from 'node:buffer';
import {closeSync, fstatSync, read, readSync, type Stats} from 'node:fs';
import {performance} from 'node:perf_hooks';
import {promisify} from 'node:util';
import {parentPort, workerData} from 'node:worker_threads';
import {codeOf, reasonOf} from '../protocol/errors.js';
import {PieceLayer} from '../protocol/piece-layer.js';
import {Inside} from './inside.js';
import {stampOf, type Stamp} from './stamp.js';

/*
The script of the worker thread that hashes files, so that neither keys nor transfers wait for it. It opens, reads and closes them
itself, under the rules of `Inside`: where it is ended in the middle of a file, Node closes what the thread has open.
*/

export type HashThreadData = {
	/** The real path of the shared folder. */
	root: string;
	/** For each lane how far it is: files of its batch in lane 0, bytes of its file in the others. */
	progress: SharedArrayBuffer;
};

type RequestedFile = {name: string; size: number; isUrgent: boolean};

/** Files to be hashed: many small ones in lane 0, one large one in any other. */
export type HashRequest = {lane: number; files: RequestedFile[]};

export type HashReply = {lane: number; results: HashResult[]};

export type HashResult =
	/** The layer of a small file comes only when it is urgent: 100,000 of them are not worth carrying about. */
	| {how: 'hashed'; root: string; stamp: Stamp; layer?: Uint8Array}
	/** Not the file that was asked for, or not the same from its first byte to its last. */
	| {how: 'changed'; spentMs: number}
	| {how: 'failed'; code: string | undefined; reason: string};

/** Large reads make the cost of a call vanish; two of them take turns, one is filled while the other is hashed. */
const bytesPerRead = 1024 * 1024;

const {root, progress: sharedProgress} = workerData as HashThreadData;
const progress = new BigInt64Array(sharedProgress);
const inside = new Inside(root);
const readAt = promisify(read);

class ChangedError extends Error {}

/** A file while it is hashed. */
class HashedFile {
	readonly #fd: number;
	readonly #before: Stats;
	readonly #layer: PieceLayer;

	/** @throws {ChangedError} When it has another size than was told. */
	constructor(name: string, size: number) {
		this.#fd = inside.openSync(name);
		try {
			this.#before = fstatSync(this.#fd);
			this.#throwIfNot(this.#before.size === size);
			this.#layer = new PieceLayer(size);
		} catch (error) {
			this.close();
			throw error;
		}
	}

	/** Fill a buffer, or as much of it as the file has from there on. */
	readSync(buffer: Buffer, position: number): Buffer {
		let filled = 0;
		for (const wanted = this.#wanted(buffer, position); filled < wanted;) {
			const bytesRead = readSync(this.#fd, buffer, filled, wanted - filled, position + filled);
			this.#throwIfNot(bytesRead > 0);
			filled += bytesRead;
		}

		return buffer.subarray(0, filled);
	}

	async read(buffer: Buffer, position: number): Promise<Buffer> {
		let filled = 0;
		for (const wanted = this.#wanted(buffer, position); filled < wanted;) {
			const {bytesRead} = await readAt(this.#fd, buffer, filled, wanted - filled, position + filled);
			this.#throwIfNot(bytesRead > 0);
			filled += bytesRead;
		}

		return buffer.subarray(0, filled);
	}

	/** Takes the next bytes. What has changed is noticed here, not gigabytes later. */
	update(bytes: Uint8Array): void {
		this.#layer.update(bytes);
		const {size, mtimeMs, nlink} = fstatSync(this.#fd);
		const {size: sizeBefore, mtimeMs: mtimeMsBefore} = this.#before;
		// Without a name it is of no use any more.
		this.#throwIfNot(size === sizeBefore && mtimeMs === mtimeMsBefore && nlink > 0);
	}

	finish(): HashResult & {how: 'hashed'} {
		return {how: 'hashed', stamp: stampOf(this.#before), ...this.#layer.finish()};
	}

	close(): void {
		closeSync(this.#fd);
	}

	#wanted(buffer: Buffer, position: number): number {
		return Math.min(buffer.length, this.#before.size - position);
	}

	#throwIfNot(isSame: boolean): void {
		if (!isSame) {
			throw new ChangedError();
		}
	}
}

function problemOf(error: unknown, startMs: number): HashResult {
	return error instanceof ChangedError
		? {how: 'changed', spentMs: performance.now() - startMs}
		: {how: 'failed', code: codeOf(error), reason: reasonOf(error)};
}

/** The buffers of each lane: a file that stands back for a smaller one keeps what it has read. */
const buffers: Array<[Buffer, Buffer] | undefined> = [];

function buffersOf(lane: number): [Buffer, Buffer] {
	buffers[lane] ??= [Buffer.allocUnsafeSlow(bytesPerRead), Buffer.allocUnsafeSlow(bytesPerRead)];
	return buffers[lane];
}

function hashSmall({name, size, isUrgent}: RequestedFile): HashResult {
	const startMs = performance.now();
	try {
		const file = new HashedFile(name, size);
		try {
			const [buffer] = buffersOf(0);
			let position = 0;
			do {
				const bytes = file.readSync(buffer, position);
				file.update(bytes);
				position += bytes.length;
			} while (position < size);

			const {layer, ...result} = file.finish();
			return isUrgent ? {...result, layer: layer!} : result;
		} finally {
			file.close();
		}
	} catch (error) {
		return problemOf(error, startMs);
	}
}

async function hashLarge(lane: number, {name, size}: RequestedFile): Promise<HashResult> {
	const startMs = performance.now();
	try {
		const file = new HashedFile(name, size);
		const [first, second] = buffersOf(lane);
		let reading = file.read(first, 0);
		try {
			for (let position = 0, isFirst = true; position < size; isFirst = !isFirst) {
				const bytes = await reading;
				position += bytes.length;
				reading = file.read(isFirst ? second : first, position);
				// The next round reports its failure; until then it must not count as unhandled.
				reading.catch(() => {});
				file.update(bytes);
				Atomics.store(progress, lane, BigInt(position));
				await turnOf(lane);
			}

			return file.finish();
		} finally {
			// The read that is under way must not find another file under the same number.
			await reading.catch(() => {});
			file.close();
		}
	} catch (error) {
		return problemOf(error, startMs);
	}
}

/** Lanes that have a file. */
const busyLanes = new Set<number>();
const standingBack: Array<() => void> = [];

/** Large files stand back for smaller ones; those of lane 0 are done between two reads anyway. */
async function turnOf(lane: number): Promise<void> {
	while (Math.min(...busyLanes) < lane) {
		await new Promise<void>(resolve => {
			standingBack.push(resolve);
		});
	}
}

async function runLane(lane: number, file: RequestedFile): Promise<void> {
	busyLanes.add(lane);
	Atomics.store(progress, lane, 0n);
	const result = await hashLarge(lane, file);
	busyLanes.delete(lane);
	for (const resume of standingBack.splice(0)) {
		resume();
	}

	parentPort!.postMessage({lane, results: [result]} satisfies HashReply);
}

parentPort!.on('message', ({lane, files}: HashRequest) => {
	if (lane > 0) {
		void runLane(lane, files[0]!);
		return;
	}

	const results = files.map((file, index) => {
		Atomics.store(progress, 0, BigInt(index));
		return hashSmall(file);
	});
	parentPort!.postMessage({lane, results} satisfies HashReply);
});
