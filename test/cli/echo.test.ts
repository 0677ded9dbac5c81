import {connect, createServer, type AddressInfo} from 'node:net';
import {describe, expect, it, onTestFinished} from 'vitest';
import {temporaryFolder, until} from '../wait.js';
import {run, start, type Run} from './run.js';

/** Say something to the echo server, and give what comes back until it is all there. */
async function say(port: number, text: string): Promise<string> {
	let got = '';
	const socket = connect({host: '127.0.0.1', port});
	socket.setEncoding('utf8').on('data', (chunk: string) => {
		got += chunk;
	});
	let isClosed = false;
	socket.on('close', () => {
		isClosed = true;
	});
	socket.end(text);
	await until('the echo', () => isClosed);
	return got;
}

async function portOf(program: Run): Promise<number> {
	return until('its port', () => Number(/Echo on 127\.0\.0\.1:(\d+)/.exec(program.stdout())?.[1] ?? 0));
}

describe('p2p-tui echo without a terminal', () => {
	it('says how to reach it, prints each message, and ends in good order', async () => {
		const program = start(['echo', '127.0.0.1', '0'], {cwd: await temporaryFolder()});
		const port = await portOf(program);
		expect(program.lines()).toEqual([`Echo on 127.0.0.1:${port}. In another terminal: nc 127.0.0.1 ${port}`]);
		expect(await say(port, 'hello\n')).toBe('hello\n');
		await until('the close', () => program.stdout().includes('closed'));
		const lines = program.lines().slice(1);
		expect(lines.map(line => line.replaceAll(/\d\d:\d\d:\d\d\.\d{3}|127\.0\.0\.1:\d+/g, '*'))).toEqual([
			'* ← * connected 0 B  waits for bytes to send back',
			String.raw`* ← * data 6 B  "hello\n"`,
			String.raw`* → * data 6 B  "hello\n"`,
			'* ← * closed 0 B  6 B came, 6 B went back',
		]);
		program.kill('SIGTERM');
		expect(await program.exited()).toBe(0);
		expect(program.stderr()).toBe('');
	});

	it('prints NDJSON, its bytes in base64, and can be recorded and played again', async () => {
		const cwd = await temporaryFolder();
		const program = start(['echo', '0', '--json', '--record', 'echo.jsonl'], {cwd});
		const first = await until('its port', () => program.lines()[0]);
		const {event, port} = JSON.parse(first) as {event: string; port: number};
		expect(event).toBe('listening');
		await say(port, 'hello');
		await until('the close', () => program.stdout().includes('closed'));
		const told = program
			.lines()
			.slice(1)
			.map(line => JSON.parse(line) as {event: string; message: {kind: string; raw: string}});
		expect(told.map(({message}) => message.kind)).toEqual(['connected', 'data', 'data', 'closed']);
		expect(told[1]).toMatchObject({event: 'wire', message: {raw: 'aGVsbG8=', plane: 'echo'}});
		program.kill('SIGINT');
		expect(await program.exited()).toBe(0);
		const {stdout} = await run(['replay', 'echo.jsonl', '--json'], {cwd});
		const played = stdout
			.trim()
			.split('\n')
			.map(line => {
				const {time, ...rest} = JSON.parse(line) as Record<string, unknown>;
				return rest;
			});
		expect(played).toEqual(told);
	});

	it('takes the next free port where its own is taken, and says so', async () => {
		const other = createServer();
		await new Promise<void>(resolve => {
			other.listen({host: '127.0.0.1', port: 0}, resolve);
		});
		onTestFinished(() => {
			other.close();
		});
		const {port} = other.address() as AddressInfo;
		const program = start(['echo', String(port)], {cwd: await temporaryFolder()});
		const taken = await portOf(program);
		expect(taken).toBeGreaterThan(port);
		expect(program.stderr()).toBe(`p2p-tui: Port ${port} is taken; using ${taken}\n`);
	});

	it.each([
		[['127.0.0.1', 'x'], 'Expected a port from 0 to 65535 for the echo, got "x"'],
		[['192.0.2.1', '12000'], 'Can not listen on 192.0.2.1: it is no address of this machine'],
		[['a', '1', 'b'], 'Expected HOST and PORT, got also "b"'],
	])('%j is wrong usage', async (words, problem) => {
		const {code, stderr} = await run(['echo', ...words], {cwd: await temporaryFolder()});
		expect(code).toBe(2);
		expect(stderr).toContain(problem);
	});
});
