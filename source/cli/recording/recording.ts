import {Buffer} from 'node:buffer';
import {writeSync} from 'node:fs';
import {open, type FileHandle} from 'node:fs/promises';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {codeOf, PeerError, reasonOf, UsageError} from '../../protocol/errors.js';
import {entryLines, headerLine, type Header, type Recorded} from './entry.js';

/** What a kill -9 may lose, and what is written together. */
const flushMs = 300;
const flushLength = 256 * 1024;

/** A disk that is slower than this may wait costs the recording, not the memory. */
const maxWaitingLength = 64 * 1024 * 1024;

/**
Writes a session down as it happens: a header, then one JSON line for each thing that changes the screen. What could not be written
yet when the process ends, by itself or of an error, is written then, at once.
*/
export class Recording {
	/** Told once, where the recording ends before the program does: a full disk must not end the program. */
	onProblem: (text: string) => void = () => {};
	readonly #file: string;
	readonly #handle: FileHandle;
	readonly #now: () => number;
	readonly #startMs: number;
	#waiting: string[] = [];
	#waitingLength = 0;
	/** What is being written, from this place of the file on: written again it is the same. */
	#writing: Buffer = Buffer.alloc(0);
	#position = 0;
	#work: Promise<void> | undefined;
	#timer: NodeJS.Timeout | undefined;
	#isOver = false;

	private constructor(file: string, handle: FileHandle, now: () => number) {
		this.#file = file;
		this.#handle = handle;
		this.#now = now;
		this.#startMs = now();
		process.on('exit', this.#writeNow);
		process.on('uncaughtExceptionMonitor', this.#writeNow);
	}

	/**
	@param now - Milliseconds of a clock that is never set.
	@throws {UsageError} When there is such a file already, or it can not be written.
	*/
	static async open(file: string, header: Header, now = () => performance.now()): Promise<Recording> {
		let handle: FileHandle;
		try {
			handle = await open(file, 'wx');
		} catch (error) {
			throw codeOf(error) === 'EEXIST'
				? new UsageError(`${file} is there already, and a recording overwrites nothing; name another file or remove it`)
				: new UsageError(`The recording ${file} can not be written: ${reasonOf(error)}`, {cause: error});
		}

		const recording = new Recording(file, handle, now);
		recording.#put(headerLine(header));
		return recording;
	}

	/** Something that changes the screen. */
	write(recorded: Recorded): void {
		if (this.#isOver) {
			return;
		}

		// Before it is added: a large directory comes at once, and is no fault of the disk.
		if (this.#waitingLength > maxWaitingLength) {
			this.#fail(new PeerError('the disk is too slow'));
			return;
		}

		const t = Math.round(this.#now() - this.#startMs);
		for (const line of entryLines({t, ...recorded})) {
			this.#put(line);
		}
	}

	/** Write the rest. */
	async close(): Promise<void> {
		await this.#flush();
		await this.#end();
	}

	#put(line: string): void {
		this.#waiting.push(line, '\n');
		this.#waitingLength += line.length + 1;
		if (this.#waitingLength >= flushLength) {
			void this.#flush();
		} else {
			this.#timer ??= setTimeout(() => {
				void this.#flush();
			}, flushMs);
		}
	}

	async #flush(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (this.#waiting.length > 0) {
			this.#work ??= this.#writeAll();
		}

		await this.#work;
	}

	async #writeAll(): Promise<void> {
		try {
			while (this.#waiting.length > 0) {
				this.#writing = this.#takeWaiting();
				while (this.#writing.length > 0) {
					const {bytesWritten} = await this.#handle.write(this.#writing, 0, this.#writing.length, this.#position);
					this.#advance(bytesWritten);
				}
			}
		} catch (error) {
			this.#fail(error);
		} finally {
			this.#work = undefined;
		}
	}

	#takeWaiting(): Buffer {
		const text = this.#waiting.join('');
		this.#waiting = [];
		this.#waitingLength = 0;
		return Buffer.from(text);
	}

	#advance(bytes: number): void {
		this.#position += bytes;
		this.#writing = this.#writing.subarray(bytes);
	}

	/** The process is about to end. */
	readonly #writeNow = () => {
		if (this.#isOver) {
			return;
		}

		try {
			this.#writing = Buffer.concat([this.#writing, this.#takeWaiting()]);
			while (this.#writing.length > 0) {
				this.#advance(writeSync(this.#handle.fd, this.#writing, 0, this.#writing.length, this.#position));
			}
		} catch (error) {
			this.#fail(error);
		}
	};

	#fail(error: unknown): void {
		if (!this.#isOver) {
			this.onProblem(`The recording ${this.#file} has ended: ${reasonOf(error)}`);
			void this.#end();
		}
	}

	async #end(): Promise<void> {
		if (this.#isOver) {
			return;
		}

		this.#isOver = true;
		this.#waiting = [];
		this.#writing = Buffer.alloc(0);
		clearTimeout(this.#timer);
		process.off('exit', this.#writeNow);
		process.off('uncaughtExceptionMonitor', this.#writeNow);
		try {
			await this.#handle.close();
		} catch (error) {
			// A network file system may tell only now that the disk was full.
			this.onProblem(`The recording ${this.#file} may not be whole: ${reasonOf(error)}`);
		}
	}
}
