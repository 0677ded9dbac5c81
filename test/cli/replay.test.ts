import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {startPeer, startTracker} from '../e2e/swarm.js';
import {temporaryFolder, until} from '../wait.js';
import {run, start} from './run.js';

const serving = ['--port', '0', '--host', '127.0.0.1', '--name', 'ada'];

const header =
	'{"p2p-tui":"recording","version":1,"startedAt":"2026-11-20T10:00:00.000Z","program":"0.1.0","size":{"columns":80,"rows":24}}';

const noticeLine = (t: number, text: string) => JSON.stringify({t, event: {type: 'notice', level: 'info', text}});

async function recordingOf(...lines: string[]) {
	const cwd = await temporaryFolder();
	await writeFile(path.join(cwd, 'demo.jsonl'), `${[header, ...lines].join('\n')}\n`);
	return cwd;
}

/** `serve`, writing down what happens, until it knows bob. */
async function startRecording(args: string[] = [], env: Record<string, string> = {}) {
	const {named, address} = await startTracker();
	await startPeer(address, {'a.txt': 'hello'});
	const cwd = await temporaryFolder();
	const program = start(['serve', named, ...serving, '--record', 'session.jsonl', ...args], {cwd, env});
	return {
		cwd,
		program,
		text: async () => readFile(path.join(cwd, 'session.jsonl'), 'utf8').catch(() => ''),
	};
}

describe('a session that serve writes down', () => {
	it('is whole after SIGTERM, and replay tells the same lines again', async () => {
		const {cwd, program} = await startRecording();
		await until('bob', () => program.stdout().includes('peer bob'));
		program.kill('SIGTERM');
		expect(await program.exited()).toBe(0);
		const {code, stdout, stderr} = await run(['replay', 'session.jsonl'], {cwd});
		expect(stderr).toBe('');
		expect(code).toBe(0);
		const [first, ...lines] = stdout.trim().split('\n');
		expect(first).toMatch(/^A recording of .*\d{4}.*, by p2p-tui \d+\.\d+\.\d+$/);
		const events = lines.filter(line => !/ [←→] /.test(line));
		expect(events.map(line => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ''))).toEqual(program.lines());
	});

	it('gives the same NDJSON again', async () => {
		const {cwd, program} = await startRecording(['--json']);
		await until('bob', () => program.stdout().includes('"bob"'));
		program.kill('SIGINT');
		expect(await program.exited()).toBe(0);
		const {stdout} = await run(['replay', 'session.jsonl', '--json'], {cwd});
		const events = stdout
			.trim()
			.split('\n')
			.map(line => JSON.parse(line) as Record<string, unknown>)
			.filter(({event}) => event !== 'wire')
			.map(({time, ...event}) => {
				expect(time).toMatch(/^\d{4}-\d\d-\d\dT/);
				return event;
			});
		expect(events).toEqual(program.lines().map(line => JSON.parse(line) as unknown));
	});

	it('can be read after kill -9, up to a second before it', async () => {
		const {cwd, program, text} = await startRecording();
		await until('bob in the file', async () => text().then(written => written.includes('"bob"')));
		program.kill('SIGKILL');
		await program.exited();
		const {code, stdout} = await run(['replay', 'session.jsonl', '--plain'], {cwd});
		expect(code).toBe(0);
		expect(stdout).toMatch(/peer bob 127\.0\.0\.1:\d+ has 1 file/);
	});

	it('is whole when the program ends by a fault of its own', async () => {
		// Right after the first line, long before the next time that anything is written.
		const fault = `
			const {log} = console;
			console.log = text => {
				log(text);
				if (text.includes('serves')) setImmediate(() => { throw new Error('a fault'); });
			};`;
		const {cwd, program} = await startRecording([], {
			NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(fault)}`,
		});
		expect(await program.exited()).toBe(1);
		expect(program.stderr()).toContain('a fault');
		const {code, stdout} = await run(['replay', 'session.jsonl'], {cwd});
		expect(code).toBe(0);
		expect(stdout).toContain('ada serves');
	});

	it('is never written over another file, and nothing is started then', async () => {
		const {named} = await startTracker();
		const cwd = await temporaryFolder();
		await writeFile(path.join(cwd, 'session.jsonl'), 'mine');
		const {code, stdout, stderr} = await run(['serve', named, ...serving, '--record', 'session.jsonl'], {cwd});
		expect(code).toBe(2);
		expect(stderr).toBe(
			'p2p-tui: session.jsonl is there already, and a recording overwrites nothing; name another file or remove it\n',
		);
		expect(stdout).toBe('');
		expect(await readFile(path.join(cwd, 'session.jsonl'), 'utf8')).toBe('mine');
	});
});

describe('p2p-tui replay', () => {
	it('prints what it could read, and then what is wrong with which line', async () => {
		const cwd = await recordingOf(noticeLine(0, 'one'), noticeLine(5, 'two'), '{"t":6,"event":{"type":"notice"}}');
		const {code, stdout, stderr} = await run(['replay', 'demo.jsonl'], {cwd});
		expect(code).toBe(1);
		expect(stdout).toMatch(/ one\n.* two\n$/);
		expect(stderr).toBe(
			'p2p-tui: demo.jsonl line 4 is no event of a recording: Expected info or warning or error, got nothing\n',
		);
	});

	it('says how much it has left out that only a newer version knows', async () => {
		const cwd = await recordingOf('{"t":0,"event":{"type":"dance"}}', noticeLine(5, 'two'));
		const {code, stdout, stderr} = await run(['replay', 'demo.jsonl'], {cwd});
		expect(code).toBe(0);
		expect(stdout).toContain('two');
		expect(stderr).toBe('p2p-tui: Left 1 line out that only a newer version knows\n');
	});

	it('takes its time where a speed is named, and none where none is', async () => {
		const cwd = await recordingOf(noticeLine(0, 'one'), noticeLine(6000, 'two'), noticeLine(3_600_000, 'three'));
		const {stdout} = await run(['replay', 'demo.jsonl'], {cwd});
		expect(stdout).toContain('three');
		const started = start(['replay', 'demo.jsonl', '--speed', '4'], {cwd});
		await until('the first', () => started.stdout().includes('one'));
		const atMs = Date.now();
		await until('the second', () => started.stdout().includes('two'));
		expect(Date.now() - atMs).toBeGreaterThan(1000);
		started.kill('SIGTERM');
		expect(await started.exited()).toBe(0);
		expect(started.stdout()).not.toContain('three');
	});

	it('prints no control character of a stranger', async () => {
		const evil = '\u001B]52;c;AAAA\u0007\u009B2J\r';
		const message = {
			atMs: 0,
			plane: 'data',
			direction: 'in',
			end: 'peer',
			remote: evil,
			party: evil,
			kind: evil,
			bytes: 3,
			summary: evil,
			fields: [],
			raw: '',
		};
		const cwd = await recordingOf(
			noticeLine(0, evil),
			JSON.stringify({t: 1, event: {type: 'wire', message}}),
			JSON.stringify({t: 2, event: {type: 'listening', name: evil, host: evil, port: 1, dir: evil}}),
		);
		const {stdout} = await run(['replay', 'demo.jsonl'], {cwd});
		expect(stdout.split('\n')).toHaveLength(5);
		// eslint-disable-next-line no-control-regex -- it is about control characters
		expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
	});

	it.each([
		[['replay'], 'Expected one recording after replay'],
		[['replay', 'a', 'b'], 'Expected one recording after replay'],
		[['replay', 'nowhere.jsonl'], 'nowhere.jsonl can not be read: no such file'],
		[['replay', '.'], '. can not be read: it is a folder'],
		[['replay', 'demo.jsonl', '--speed', '0'], 'Expected a number from 0.25 to 64 for --speed, got "0"'],
		[['ls', '--record', 'x.jsonl'], '--record writes what'],
	])('%j is wrong usage', async (args, problem) => {
		const cwd = await recordingOf(noticeLine(0, 'one'));
		const {code, stderr} = await run(args, {cwd});
		expect(code).toBe(2);
		expect(stderr).toContain(problem);
	});
});
