import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {onTestFinished} from 'vitest';
import {until} from '../wait.js';

export const hasPython = spawnSync('python3', ['--version'], {stdio: 'ignore'}).status === 0;

/** One of the classic programs beside this file, running; it is killed at the end of the test. */
export class PythonProgram {
	/** What it has printed, a line each. */
	readonly lines: string[] = [];
	readonly #child: ChildProcess;
	readonly #script: string;
	#errors = '';

	/** @param cwd - The directory it works on. */
	constructor(script: string, programArguments: string[], cwd: string) {
		this.#script = script;
		const child = spawn('python3', [path.join(import.meta.dirname, script), ...programArguments], {
			cwd,
			stdio: ['ignore', 'pipe', 'pipe'],
			// File names and output are UTF-8, whatever the locale.
			env: {...process.env, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1'},
		});
		this.#child = child;
		createInterface({input: child.stdout}).on('line', line => {
			this.lines.push(line);
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			this.#errors += text;
		});
		onTestFinished(async () => this.kill());
	}

	/** Die at once, as by a power cut: no goodbye, no cleaning up. */
	async kill(): Promise<void> {
		const child = this.#child;
		if (child.exitCode === null && child.signalCode === null) {
			const exited = once(child, 'exit');
			child.kill('SIGKILL');
			await exited;
		}
	}

	/** Wait for a line: the whole of it, or one that matches. */
	async said(wanted: string | RegExp, timeoutMs?: number): Promise<string> {
		const isWanted = (line: string) => (typeof wanted === 'string' ? line === wanted : wanted.test(line));
		try {
			return await until(
				`"${String(wanted)}" from ${this.#script}`,
				() => this.lines.find(line => isWanted(line)),
				timeoutMs,
			);
		} catch (error) {
			const last = this.lines.slice(-20).join('\n');
			throw new Error(`${(error as Error).message}; it said:\n${last}\n${this.#errors}`, {cause: error});
		}
	}

	/** Wait until it has fetched a file. */
	async fetched(name: string, timeoutMs?: number): Promise<void> {
		await this.said(`fetched ${name}`, timeoutMs);
	}
}
