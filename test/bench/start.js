/*
How long the program takes to start: `--version`, and from exec to the first frame of the screen in a real pseudo-terminal, with an
empty folder and with a large one. Prints the median and the range; asserts nothing.
Run: npm run --silent build && node test/bench/start.js [files, 20000 unless told] [starts, 10]
*/
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {spawn as spawnPty} from '@lydell/node-pty';
import {onEnd, runProgram} from './helpers/ending.js';

const files = Number(process.argv[2] ?? 20_000);
const starts = Number(process.argv[3] ?? 10);
const cli = fileURLToPath(new URL('../../dist/source/cli.js', import.meta.url));
const env = {...process.env, TERM: 'xterm-256color'};
delete env.NODE_ENV;

async function timeOf(args) {
	const startMs = performance.now();
	await once(spawn(process.execPath, args, {stdio: 'ignore', env}), 'exit');
	return performance.now() - startMs;
}

/** Until the title of a pane is drawn. */
async function firstFrame(cwd, dir) {
	const startMs = performance.now();
	// A tracker that is not there: no time is spent with it.
	const args = [cli, '127.0.0.1:1', '--port', '0', '--host', '127.0.0.1', '--dir', dir];
	const pty = spawnPty(process.execPath, args, {cols: 120, rows: 40, cwd, env, name: env.TERM});
	onEnd(() => {
		pty.kill('SIGKILL');
	});
	let screen = '';
	const tookMs = await new Promise(resolve => {
		pty.onData(data => {
			screen += data;
			if (screen.includes('1 Peers')) {
				resolve(performance.now() - startMs);
			}
		});
	});
	const ended = new Promise(resolve => {
		pty.onExit(resolve);
	});
	pty.write('q');
	await ended;
	return tookMs;
}

async function measure(what, once) {
	const times = [];
	for (let start = 0; start < starts; start++) {
		times.push(await once());
	}

	times.sort((a, b) => a - b);
	const shown = [times[Math.floor(times.length / 2)], times[0], times.at(-1)].map(ms => ms.toFixed(0));
	console.log(`${what.padEnd(44)} ${shown[0].padStart(6)} ms (${shown[1]} to ${shown[2]})`);
}

await runProgram(async () => {
	const cwd = await mkdtemp(path.join(tmpdir(), 'p2p-tui-bench-'));
	onEnd(async () => rm(cwd, {recursive: true, force: true}));
	const large = path.join(cwd, 'large');
	for (let index = 0; index < files; index++) {
		const folder = path.join(large, String(index % 100));
		if (index < 100) {
			await mkdir(folder, {recursive: true});
		}

		await writeFile(path.join(folder, `${index}.txt`), '');
	}

	await measure('node alone', async () => timeOf(['--eval', '0']));
	await measure('--version', async () => timeOf([cli, '--version']));
	await measure('first frame', async () => firstFrame(cwd, path.join(cwd, 'empty')));
	await measure(`first frame, ${files} files shared`, async () => firstFrame(cwd, large));
});
