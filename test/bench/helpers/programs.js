/*
Other programs: whether they are there, running them to their end, and keeping them running until ours.
*/
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {accessSync, constants} from 'node:fs';
import {connect, createServer} from 'node:net';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import {endSignal, onEnd} from './ending.js';

export const host = '127.0.0.1';

const execute = promisify(execFile);

export const isInstalled = program =>
	[...process.env.PATH.split(path.delimiter), '/usr/sbin', '/sbin'].some(folder => {
		try {
			accessSync(path.join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});

/** Whether a process runs, be it ours or not. */
export function isAlive(pid) {
	try {
		return pid > 0 && process.kill(pid, 0);
	} catch (error) {
		return error.code === 'EPERM';
	}
}

/** Run a program to its end; resolves with what it printed. */
export async function run(program, args, options) {
	const {stdout} = await execute(program, args, {maxBuffer: 64 * 1024 * 1024, signal: endSignal, ...options});
	return stdout;
}

/** How many milliseconds a program takes from its start to its end. */
export async function timed(program, args) {
	const startMs = performance.now();
	await run(program, args);
	return performance.now() - startMs;
}

/** Start a program that runs until `stop` or our end. */
export function start(program, args, options) {
	endSignal.throwIfAborted();
	const child = spawn(program, args, {stdio: ['ignore', 'ignore', 'inherit'], ...options});
	child.on('error', () => {});
	onEnd(async () => stop(child));
	return child;
}

/** End a child that may have been asked to end in its own way; by force where it does not listen. */
export async function stop(child, {isAsked = false} = {}) {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
		return;
	}

	const exit = once(child, 'exit');
	if (!isAsked) {
		child.kill();
	}

	const force = setTimeout(() => {
		child.kill('SIGKILL');
	}, 3000);
	await exit;
	clearTimeout(force);
}

export async function freePort() {
	const server = createServer();
	server.listen(0, host);
	await once(server, 'listening');
	const {port} = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

/** Resolves once somebody answers on the port. */
export async function answering(port, child) {
	const deadlineMs = performance.now() + 10_000;
	for (;;) {
		const socket = connect({host, port});
		try {
			await once(socket, 'connect');
			return;
		} catch (error) {
			if (child.exitCode !== null || performance.now() > deadlineMs) {
				throw new Error(`Expected ${child.spawnargs.join(' ')} to answer on port ${port}`, {cause: error});
			}

			await delay(20);
		} finally {
			socket.destroy();
		}
	}
}
