import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {describe, expect, it, onTestFinished} from 'vitest';
import {startPeer, startTracker} from './swarm.js';
import {openTerminal} from './terminal.js';

const peerArguments = ['--port', '0', '--host', '127.0.0.1', '--name', 'ada'];

describe('the wire in a terminal', () => {
	it('shows every message of the tracker and of a download from the moment on it is opened', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'week 7.mp4': Buffer.alloc(300_000, 'sockets ')});
		const terminal = await openTerminal([named, ...peerArguments], {columns: 160, rows: 40});
		await terminal.sees('3 Remote files 1');
		terminal.press('w');
		await terminal.sees('5 Wire 0 · following');
		await terminal.sees(/→ tracker +keep-alive +\d+ B/);
		terminal.press('3\r');
		await terminal.sees(/→ bob +GET +\d+ B +\/content\/|→ bob +GET +\d+ B +\/files\//);
		await terminal.sees(/← bob +20\d +\d[\d.]* kB/);
		await terminal.sees('Fetched week 7.mp4 from bob');
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
	});

	it('shows the greetings where it is open from the start, as list, as ladder, and byte by byte', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'a'});
		const terminal = await openTerminal([named, ...peerArguments, '--wire'], {columns: 100, rows: 30});
		await terminal.sees(/→ tracker +init +\d+ B/);
		await terminal.sees(/← tracker +snapshot +\d+ B +revision/);
		terminal.press('l');
		await terminal.sees(/│── init \d+ B .*─▶│/);
		await terminal.sees(/│◀─ snapshot \d+ B .*─│/);
		terminal.press('g\r');
		await terminal.sees(/Way +ada → tracker/);
		await terminal.sees(/00000000 {2}7b 22/);
		terminal.press('h');
		await terminal.sees(/┃ {"port":\d+,"files"/);
		terminal.press('q');
		await terminal.sees('5 Wire');
		terminal.press('w');
		await terminal.sees('3 Remote files 1');
	});

	it('keeps what nobody can read, says what was expected, and lets none of it speak to the terminal', async () => {
		const garbage = createServer(socket => {
			socket.on('error', () => {});
			socket.write('\u001B]52;c;aGk=\u0007 is no message\n');
		});
		garbage.listen({host: '127.0.0.1', port: 0});
		await once(garbage, 'listening');
		onTestFinished(() => {
			garbage.close();
		});
		const {port} = garbage.address() as AddressInfo;
		const terminal = await openTerminal([`127.0.0.1:${port}`, ...peerArguments, '--wire'], {columns: 120, rows: 30});
		await terminal.sees(/← tracker +✗ malformed +\d+ B +Expected/);
		terminal.press('/malformed\r');
		await terminal.sees(/Wire \d+ of \d+/);
		terminal.press('\r');
		await terminal.sees(/✗ malformed +Expected/);
		terminal.press('h');
		await terminal.sees('␛]52;c;aGk=␇ is no message');
		expect(terminal.raw()).not.toContain('\u001B]52');
	});
});
