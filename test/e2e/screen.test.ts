import {Buffer} from 'node:buffer';
import {readFile, readdir, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, it} from 'vitest';
import {until} from '../wait.js';
import {startPeer, startTracker} from './swarm.js';
import {openTerminal} from './terminal.js';

const mega = 1_000_000;

const peerArguments = ['--port', '0', '--host', '127.0.0.1', '--name', 'ada'];

describe('the program in a terminal', () => {
	it('requests a file with Enter and shows it done', async () => {
		const {named, address} = await startTracker();
		const content = Buffer.alloc(3 * mega, 'sockets ');
		await startPeer(address, {'lectures/week 7.mp4': content, 'notes é.txt': 'hello'});
		const terminal = await openTerminal([named, ...peerArguments]);
		await terminal.sees('3 Remote files 2');
		await terminal.sees(/● bob +127\.0\.0\.1|● bob +2 files/);
		await terminal.sees(/week 7\.mp4.*\+ missing/);
		terminal.press('\r');
		await terminal.sees('Fetched lectures/week 7.mp4 from bob');
		await terminal.sees(/↓ lectures\/week 7\.mp4 .*100 %.*✓ done/);
		await terminal.sees(/week 7\.mp4.*= here/);
		await terminal.sees('2 Local files 1');
		const fetched = await readFile(path.join(terminal.cwd, 'p2p-share', 'lectures', 'week 7.mp4'));
		expect(fetched.equals(content)).toBe(true);
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
		expect(terminal.isAlternate()).toBe(false);
		expect(await readdir(path.join(terminal.cwd, 'p2p-share', '.p2p-tui', 'partial'))).toEqual([]);
	});

	it('makes and names its folder on the first run, and shows what is put into it', async () => {
		const {named} = await startTracker();
		const terminal = await openTerminal([named, ...peerArguments], {columns: 120});
		await terminal.sees('/p2p-share');
		await writeFile(path.join(terminal.cwd, 'p2p-share', 'new.txt'), 'x');
		await terminal.sees(/new\.txt +1 B/);
	});

	it('starts a tracker where none is named and none answers, and joins one that is there', async context => {
		const isTaken = await new Promise(resolve => {
			const probe = createServer();
			probe.on('error', () => {
				resolve(true);
			});
			probe.listen({host: '0.0.0.0', port: 6969}, () =>
				probe.close(() => {
					resolve(false);
				}),
			);
		});
		if (isTaken) {
			console.log('Port 6969 is in use on this machine: the test of the default tracker is skipped');
			context.skip();
		}

		const first = await openTerminal(['--port', '0', '--name', 'ada'], {columns: 140});
		await first.sees(/Started a tracker here|● tracker/);
		await first.sees('● tracker 127.0.0.1:6969');
		const second = await openTerminal(['--port', '0', '--name', 'eve'], {columns: 140});
		await second.sees(/● ada +/);
		await first.sees(/● eve +/);
		second.press('q');
		await second.exited();
		await until('eve to be gone', () => !first.text().includes('● eve'));
	});

	it('follows the size of the terminal at once', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'a'});
		const terminal = await openTerminal([named, ...peerArguments]);
		await terminal.sees('3 Remote files 1');
		for (const [columns, rows, seen] of [
			[60, 20, '[Remote 1]'],
			[40, 12, '[Remote 1]'],
			[32, 9, /needs 40x12, this is\s+32x9/],
			[1, 1, ''],
			[80, 24, '3 Remote files 1'],
			[200, 60, '4 Transfers'],
		] as const) {
			terminal.resize(columns, rows);
			await terminal.sees(seen);
		}

		expect(terminal.text().match(/3 Remote files/g)).toHaveLength(1);
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
	});

	it.each([
		[40, 12],
		[80, 24],
		[30, 8],
	])('never wipes the scrollback, from %i x %i on', async (columns, rows) => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'a'});
		const terminal = await openTerminal([named, ...peerArguments], {columns, rows});
		for (const [newColumns, newRows, seen] of [
			[columns, rows, columns === 80 ? '3 Remote' : /Remote|needs/],
			[60, 12, '[Remote 1]'],
			[30, 8, 'needs'],
			[100, 30, '3 Remote files 1'],
			[80, 22, '3 Remote files 1'],
		] as const) {
			terminal.resize(newColumns, newRows);
			await terminal.sees(seen);
		}

		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
		// "Erase saved lines" of xterm.
		expect(terminal.raw()).not.toContain('\u001B[3J');
	});

	it('asks before quitting while a transfer runs, and goes on with the part the next time', async () => {
		const {named, address} = await startTracker();
		const content = Buffer.alloc(6 * mega, 'abc');
		await startPeer(address, {'big.bin': content}, {maxUpBytesPerSecond: 4 * mega});
		const first = await openTerminal([named, ...peerArguments]);
		await first.sees('big.bin');
		first.press('\r');
		await first.sees(/↓ big\.bin .* [1-9]\d? %/);
		first.press('q');
		await first.sees('1 transfer running. Quit?');
		first.press('y');
		expect(await first.exited()).toBe(0);
		const second = await openTerminal([named, ...peerArguments], {cwd: first.cwd});
		await second.sees('Fetched big.bin from bob');
		const fetched = await readFile(path.join(first.cwd, 'p2p-share', 'big.bin'));
		expect(fetched.equals(content)).toBe(true);
		second.press('\u0003');
		expect(await second.exited()).toBe(0);
	});

	it.each(['SIGTERM', 'SIGHUP', 'SIGINT'])('leaves the terminal as it was on %s', async signal => {
		const {named} = await startTracker();
		const terminal = await openTerminal([named, ...peerArguments]);
		await terminal.sees('● tracker');
		expect(terminal.isAlternate()).toBe(true);
		terminal.pty.kill(signal);
		expect(await terminal.exited()).toBe(0);
		expect(terminal.isAlternate()).toBe(false);
		expect(terminal.raw().lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\u001B[?25l'));
		expect(terminal.text().trim()).toBe('');
	});

	it('says on the plain screen what keeps it from starting', async () => {
		const terminal = await openTerminal(['127.0.0.1:1', '--dir', '/proc/nowhere/share']);
		expect(await terminal.exited()).toBe(2);
		await terminal.sees(/The folder \/proc\/nowhere\/share can not be shared/);
		expect(terminal.raw()).not.toContain('\u001B[?1049h');
	});

	it('says that the tracker is lost, goes on, and is back when it is', async () => {
		const {named, address, tracker} = await startTracker();
		await startPeer(address, {'a.txt': 'a'});
		const terminal = await openTerminal([named, ...peerArguments]);
		await terminal.sees('3 Remote files 1');
		await tracker.close();
		await terminal.sees('tracker lost');
		await terminal.sees('a.txt');
		await startTracker(address.port);
		await terminal.sees('● tracker');
		await terminal.sees('3 Remote files 1');
	});

	it('shows names of strangers without letting them speak to the terminal', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'safe.txt': 'x', 'bidi \u202Etxt.exe': 'x'}, {name: '\u001B]52;c;aGk=\u0007evil'});
		const terminal = await openTerminal([named, ...peerArguments]);
		await terminal.sees('3 Remote files 2');
		await terminal.sees('<U+202E>');
		expect(terminal.raw()).not.toContain('\u001B]52');
		expect(terminal.raw()).not.toContain('\u202E');
	});

	it('draws for a person at a terminal even where CI is set', async () => {
		const {named} = await startTracker();
		const terminal = await openTerminal([named, ...peerArguments], {env: {CI: 'true'}});
		await terminal.sees('● tracker');
	});

	it('needs no colour, and writes none where NO_COLOR is set', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'a', 'b.txt': 'b'});
		const terminal = await openTerminal([named, ...peerArguments], {env: {NO_COLOR: '1'}});
		await terminal.sees(/▌ +a\.txt/);
		terminal.press('j');
		await terminal.sees(/▌ +b\.txt/);
		// eslint-disable-next-line no-control-regex -- it is about control sequences
		expect(/\u001B\[(?:(?:3[0-7]|9[0-7]|7|2|1)m|38;)/.exec(terminal.raw())).toBeNull();
	});

	it('keeps a tracker and peers of its own alive in the demo, and leaves nothing behind', async () => {
		const terminal = await openTerminal(['demo', '--port', '0'], {env: {TMPDIR: process.env.TMPDIR ?? '/tmp'}});
		await terminal.sees('1 Peers 4');
		await terminal.sees(/readme\.txt.*missing/);
		terminal.press('/readme\r\r');
		await terminal.sees('Fetched readme.txt from dave');
		const folder = /\/\S*p2p-tui-demo-[^/\s…]+/.exec(terminal.text())?.[0];
		terminal.press('q');
		terminal.press('y');
		expect(await terminal.exited()).toBe(0);
		if (folder) {
			await expect(readdir(folder)).rejects.toThrow();
		}
	});
});
