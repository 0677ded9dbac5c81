/*
All benchmarks, one after the other; one that can not run here keeps none of the others from running.
Run: npm run bench
*/
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {cannotRunCode} from './helpers/ending.js';

/** A Ctrl-C reaches the running program, too, which tidies up; nothing comes after it. */
let isEnding = false;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(name, () => {
		isEnding = true;
	});
}

for (const program of ['transfer', 'small', 'hash', 'index', 'swarm', 'tracker', 'state', 'keys', 'idle', 'start']) {
	if (isEnding) {
		break;
	}

	console.log(`\n${program}`);
	const child = spawn(process.execPath, [fileURLToPath(new URL(`${program}.js`, import.meta.url))], {stdio: 'inherit'});
	const forward = name => child.kill(name);
	process.once('SIGTERM', forward).once('SIGHUP', forward);
	const [code] = await once(child, 'exit');
	process.off('SIGTERM', forward).off('SIGHUP', forward);
	if (code !== 0 && code !== cannotRunCode) {
		console.error(`${program} failed`);
		process.exitCode = 1;
	}
}

if (isEnding) {
	process.exitCode = 1;
}
