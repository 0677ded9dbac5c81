import {constants} from 'node:fs';
import {open, rename, rm} from 'node:fs/promises';
import {codeOf} from '../protocol/errors.js';
import {readFlags} from './inside.js';
import {isSameStamp, type Stamp} from './stamp.js';

type Entry = {
	stamp: Stamp;
	root: string;
	/** To be written down: the file can not change any more without its stamp. */
	isLasting: boolean;
};

/** Lines are gathered this long: a crash costs the hashing of what was learned in it. */
const writeDelayMs = 1000;

/** The file is written anew when it has this many lines that say nothing any more, and more of them than others. */
const maxStaleLines = 1000;

/** A million files take 150 MB. What is longer is none of ours, and would fill the memory. */
const maxIndexBytes = 256 * 1024 * 1024;

const rootPattern = /^[\da-f]{64}$/;

/**
Remembers the roots of the shared files from one run to the next: one line of JSON for each, the latest of a name counts.

It is a cache: a line that is torn or missing costs the hashing of a file. A line that lies, because somebody wrote it, makes us
announce a root that our bytes do not have. Nobody takes them for it: whoever fetches by root verifies each piece, and leaves us.

Two programs may write it: each append is one `write` of whole lines at the end (O_APPEND), to the file that has the name at that
moment. What one appends while the other rewrites may be lost, which is a matter of hashing, too.
*/
export class ContentIndex {
	readonly #path: string;
	readonly #isReadOnly: boolean;
	readonly #onProblem: (error: unknown) => void;
	readonly #entries = new Map<string, Entry>();
	/** Lines in the file. */
	#lineCount = 0;
	#unwritten: string[] = [];
	#writeTimer: NodeJS.Timeout | undefined;
	#writing: Promise<void> = Promise.resolve();

	/** @param options - `isReadOnly`: what is learned is kept in memory alone. `onProblem`: it could not be read or written. */
	constructor(options: {path: string; isReadOnly: boolean; onProblem: (error: unknown) => void}) {
		this.#path = options.path;
		this.#isReadOnly = options.isReadOnly;
		this.#onProblem = options.onProblem;
	}

	/** Read what earlier runs have learned. What can not be read is learned anew. */
	async load(): Promise<void> {
		try {
			this.#parse(await readText(this.#path));
		} catch (error) {
			if (codeOf(error) !== 'ENOENT') {
				this.#onProblem(error);
			}
		}
	}

	/** The root of a file that looks like this, and whether it is sure to stay so while it does. */
	get(name: string, stamp: Stamp): {root: string; isLasting: boolean} | undefined {
		const entry = this.#entries.get(name);
		return entry && isSameStamp(entry.stamp, stamp) ? entry : undefined;
	}

	/** @param isLasting - False where a later write could leave the same stamp: not to be trusted in another run. */
	set(name: string, {size, mtimeMs, ino}: Stamp, root: string, isLasting = true): void {
		this.#entries.set(name, {stamp: {size, mtimeMs, ino}, root, isLasting});
		if (isLasting && !this.#isReadOnly) {
			this.#unwritten.push(lineOf(name, {size, mtimeMs, ino}, root));
			this.#writeTimer ??= setTimeout(() => {
				void this.flush();
			}, writeDelayMs);
		}
	}

	/** The file has gone. Its line counts as stale. */
	delete(name: string): void {
		this.#entries.delete(name);
	}

	/** Forget all files but these. */
	retain(names: ReadonlyMap<string, unknown>): void {
		for (const name of this.#entries.keys()) {
			if (!names.has(name)) {
				this.#entries.delete(name);
			}
		}
	}

	/** Write down what was learned, and throw out what is stale when that is most of it. */
	async flush(): Promise<void> {
		clearTimeout(this.#writeTimer);
		this.#writeTimer = undefined;
		this.#writing = this.#writing.then(async () => this.#write());
		return this.#writing;
	}

	#parse(text: string): void {
		for (const line of text.split('\n')) {
			if (line === '') {
				continue;
			}

			this.#lineCount++;
			const entry = parseLine(line);
			if (entry) {
				this.#entries.set(entry.name, {stamp: entry.stamp, root: entry.root, isLasting: true});
			}
		}
	}

	async #write(): Promise<void> {
		if (this.#isReadOnly) {
			return;
		}

		const lines = this.#unwritten;
		this.#unwritten = [];
		try {
			if (this.#lineCount + lines.length > 2 * this.#entries.size + maxStaleLines) {
				await this.#rewrite();
			} else if (lines.length > 0) {
				await this.#append(lines);
			}
		} catch (error) {
			this.#onProblem(error);
		}
	}

	async #append(lines: string[]): Promise<void> {
		const {O_WRONLY, O_APPEND, O_CREAT} = constants;
		const file = await open(this.#path, O_WRONLY | O_APPEND | O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o666);
		try {
			// The line before may be torn, by a crash or a full disk: it shall take no other with it.
			await file.write(`\n${lines.join('')}`);
			this.#lineCount += lines.length;
		} finally {
			await file.close();
		}
	}

	async #rewrite(): Promise<void> {
		const lines: string[] = [];
		for (const [name, {stamp, root, isLasting}] of this.#entries) {
			if (isLasting) {
				lines.push(lineOf(name, stamp, root));
			}
		}

		const temporary = `${this.#path}.new`;
		// What a crash has left, or another program is at: that one loses.
		await rm(temporary, {force: true});
		const file = await open(temporary, 'wx');
		try {
			await file.writeFile(lines.join(''));
			await file.sync();
		} finally {
			await file.close();
		}

		await rename(temporary, this.#path);
		this.#lineCount = lines.length;
	}
}

const lineOf = (name: string, {size, mtimeMs, ino}: Stamp, root: string) =>
	`${JSON.stringify([name, size, mtimeMs, ino, root])}\n`;

function parseLine(line: string): {name: string; stamp: Stamp; root: string} | undefined {
	try {
		const [name, size, mtimeMs, ino, root] = JSON.parse(line) as unknown[];
		return typeof name === 'string' &&
			typeof size === 'number' &&
			typeof mtimeMs === 'number' &&
			typeof ino === 'number' &&
			typeof root === 'string' &&
			rootPattern.test(root)
			? {name, stamp: {size, mtimeMs, ino}, root}
			: undefined;
	} catch {
		return undefined;
	}
}

async function readText(filePath: string): Promise<string> {
	const file = await open(filePath, readFlags);
	try {
		const stats = await file.stat();
		return stats.isFile() && stats.size <= maxIndexBytes ? await file.readFile('utf8') : '';
	} finally {
		await file.close();
	}
}
