import {spawn} from 'node:child_process';
import process from 'node:process';
import {onTestFinished} from 'vitest';
import {cliPath, userEnv} from '../e2e/terminal.js';
import {until} from '../wait.js';

export type Run = {
	stdout: () => string;
	stderr: () => string;
	lines: () => string[];
	kill: (signal: NodeJS.Signals) => void;
	exited: () => Promise<number>;
};

/** Our program without a terminal, as a script runs it; killed with the test. */
export function start(
	args: string[],
	{cwd, env = {}, path = cliPath}: {cwd: string; env?: Record<string, string>; path?: string},
): Run {
	const child = spawn(process.execPath, [path, ...args], {cwd, env: userEnv(env), stdio: ['ignore', 'pipe', 'pipe']});
	let stdout = '';
	let stderr = '';
	let exitCode: number | undefined;
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	child.on('close', (code, signal) => {
		exitCode = code ?? (signal ? -1 : 0);
	});
	onTestFinished(async () => {
		child.kill('SIGKILL');
		await until('the program to end', () => exitCode !== undefined);
	});
	return {
		stdout: () => stdout,
		stderr: () => stderr,
		lines: () => stdout.split('\n').filter(Boolean),
		kill: signal => child.kill(signal),
		async exited() {
			await until('the program to end', () => exitCode !== undefined, 20_000);
			return exitCode!;
		},
	};
}

/** Run to the end. */
export async function run(args: string[], options: Parameters<typeof start>[1]) {
	const started = start(args, options);
	const code = await started.exited();
	return {code, stdout: started.stdout(), stderr: started.stderr()};
}
