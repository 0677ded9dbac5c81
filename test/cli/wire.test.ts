import {connect} from 'node:net';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {withoutOwn} from '../../source/cli/wire-lines.js';
import {wireFromJson} from '../../source/protocol/wire-line.js';
import type {WireMessage} from '../../source/protocol/wire.js';
import {put} from '../peer/files.js';
import {startTracker} from '../peer/peers.js';
import {say} from '../peer/raw-connection.js';
import {temporaryFolder, until} from '../wait.js';
import {start} from './run.js';

const line = /^\d\d:\d\d:\d\d\.\d{3} [←→] \S+ \S+ [\d.]+ k?B {2}/;

describe('--wire', () => {
	it('prints every message of serve as a line', async () => {
		const {address} = await startTracker();
		const cwd = await temporaryFolder();
		await put(cwd, 'p2p-share/a.txt', 'hello');
		const named = `127.0.0.1:${address.port}`;
		const peer = start(['serve', '--wire', '--port', '0', '--tracker', named, '--name', 'ada'], {cwd});
		await until('the snapshot', () => /← tracker snapshot .* revision 1, 1 peer, 1 file/.test(peer.stdout()));
		const [, port] = / on .*:(\d+)\n/.exec(peer.stdout())!;
		await say(Number(port), 'a.txt\n');
		await until('the answer', () => peer.stdout().includes('Content-Length 5'));
		const printed = peer.lines().filter(text => line.test(text));
		expect(printed[0]).toMatch(/ → tracker init \d+ B {2}port \d+, 1 file, version 2$/);
		// The tracker may have been told of the file's root meanwhile.
		const asked = printed.filter(text => !text.includes(' tracker '));
		expect(asked[0]).toMatch(/ ← 127\.0\.0\.1:\d+ request 6 B {2}"a\.txt" \(classic, framed\)$/);
		expect(asked[1]).toMatch(/ → 127\.0\.0\.1:\d+ file 23 B {2}Content-Length 5$/);
	});

	it('prints them as JSON that can be read back', async () => {
		const {address} = await startTracker();
		const cwd = await temporaryFolder();
		const args = ['serve', '--json', '--wire', '--port', '0', '--tracker', `127.0.0.1:${address.port}`];
		const peer = start(args, {cwd});
		await until('the snapshot', () => peer.stdout().includes('"kind":"snapshot"'));
		const events = peer.lines().map(text => JSON.parse(text) as {event: string; message?: unknown});
		const messages = events.filter(({event}) => event === 'wire').map(({message}) => wireFromJson(message)!);
		expect(messages.map(({kind}) => kind).slice(0, 2)).toEqual(['init', 'snapshot']);
		expect(new TextDecoder().decode(messages[0]!.raw)).toMatch(/^{"port":\d+,"files":\[],"version":2,"name":.*}\n$/);
	});

	it('prints nothing of it without being asked to', async () => {
		const {address} = await startTracker();
		const args = ['serve', '--port', '0', '--tracker', `127.0.0.1:${address.port}`];
		const peer = start(args, {cwd: await temporaryFolder()});
		await until('the connection', () => peer.stdout().includes('connected to tracker'));
		expect(peer.lines().filter(text => line.test(text))).toEqual([]);
	});

	it.each([
		['p2p-tracker', ['127.0.0.1', '0', '--wire'], path.join(import.meta.dirname, '../../dist/tracker/cli.js')],
		['p2p-tui tracker', ['tracker', '127.0.0.1', '0', '--wire'], undefined],
	])('prints what peers say to %s', async (_, args, cli) => {
		const tracker = start(args, {cwd: await temporaryFolder(), ...(cli && {path: cli})});
		await until('the first line', () => tracker.lines().length > 0);
		const [, port] = /127\.0\.0\.1:(\d+)/.exec(tracker.lines()[0]!)!;
		const socket = connect({host: '127.0.0.1', port: Number(port)});
		socket.write('{"port": 8003, "files": [{"name": "a.txt", "mtime": 5}]}\n');
		await until('the answer', () => tracker.stdout().includes('directory'));
		socket.end('hello');
		await until('the end', () => tracker.stdout().includes('malformed'));
		const printed = tracker.lines().filter(text => line.test(text));
		expect(printed[0]).toMatch(/← 127\.0\.0\.1:\d+ init 57 B {2}port 8003, 1 file$/);
		expect(printed[1]).toMatch(/→ 127\.0\.0\.1:\d+ directory \d+ B {2}1 file$/);
		expect(printed[2]).toMatch(/← 127\.0\.0\.1:\d+ malformed 5 B {2}Expected a JSON object, got "hello"$/);
	});
});

describe('withoutOwn', () => {
	it('leaves out what a tracker in this program sees of our own connection', () => {
		const told: string[] = [];
		const tell = withoutOwn(
			() => '127.0.0.1:5',
			({remote}) => {
				told.push(remote);
			},
		);
		for (const remote of ['127.0.0.1:5', '127.0.0.1:6', '10.0.0.7:5']) {
			tell({remote} as WireMessage);
		}

		expect(told).toEqual(['127.0.0.1:6', '10.0.0.7:5']);
	});
});
