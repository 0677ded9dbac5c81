/*
What the program costs while nothing happens: with its screen open in a real terminal and 1,000 files shared, the processor time over
10 s, once they are hashed. Linux only. Prints a percentage of a core; asserts nothing. Arguments: seconds (10).
*/
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {spawn} from '@lydell/node-pty';
import {CannotRunError, onEnd, runProgram} from './helpers/ending.js';
import {startTracker} from './helpers/tracker.js';

const seconds = Number(process.argv[2] ?? 10);
const files = 1000;
const cliPath = fileURLToPath(new URL('../../dist/source/cli.js', import.meta.url));

/** Hundredths of a second that a process has had a processor, all its threads together (proc(5), fields 14 and 15). */
async function ticksOf(pid) {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return Number(fields[11]) + Number(fields[12]);
}

await runProgram(async () => {
	if (process.platform !== 'linux') {
		throw new CannotRunError('it reads /proc');
	}

	const folder = await mkdtemp(path.join(tmpdir(), 'p2p-tui-idle-'));
	onEnd(async () => rm(folder, {recursive: true, force: true}));
	const shared = path.join(folder, 'p2p-share');
	await mkdir(shared);
	for (let index = 0; index < files; index++) {
		await writeFile(path.join(shared, `file ${index}.txt`), String(index));
	}

	const {port} = await startTracker();
	const {CI, CONTINUOUS_INTEGRATION, P2P_TRACKER, NODE_ENV, ...env} = process.env;
	let shown = '';
	const pty = spawn(process.execPath, [cliPath, `127.0.0.1:${port}`, '--port', '0'], {
		cols: 120,
		rows: 40,
		cwd: folder,
		env,
	});
	const ended = new Promise(resolve => {
		pty.onExit(resolve);
	});
	onEnd(async () => {
		pty.kill('SIGTERM');
		await ended;
	});
	pty.onData(data => {
		shown += data;
	});
	const settleMs = 5000;
	await sleep(settleMs);
	if (!shown.includes('Remote files')) {
		throw new Error(`Expected the screen, got ${JSON.stringify(shown.slice(-500))}`);
	}

	const ticksPerSecond = 100;
	const before = await ticksOf(pty.pid);
	await sleep(seconds * 1000);
	const used = ((await ticksOf(pty.pid)) - before) / ticksPerSecond;
	console.log(`idle, ${files} files shared: ${((used / seconds) * 100).toFixed(2)} % of a core over ${seconds} s`);
});
