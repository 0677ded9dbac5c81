import {Buffer} from 'node:buffer';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {temporaryFolder} from '../wait.js';
import {startPeer, startTracker} from './swarm.js';
import {openTerminal} from './terminal.js';

describe('a session in a terminal', () => {
	it('is written down, and played again on the same screen, with nothing behind it', async () => {
		const {named, address, tracker} = await startTracker();
		const {peer} = await startPeer(address, {
			'lectures/week 7.mp4': Buffer.alloc(3_000_000, 'sockets '),
			'b.txt': 'hello',
		});
		const cwd = await temporaryFolder();
		const live = await openTerminal(
			[named, '--port', '0', '--host', '127.0.0.1', '--name', 'ada', '--record', 'session.jsonl'],
			{cwd, columns: 110},
		);
		await live.sees('3 Remote files 2');
		live.press('j\r');
		await live.sees('Fetched lectures/week 7.mp4 from bob');
		await live.sees(/week 7\.mp4.*= here/);
		await live.sees('2 Local files 1');
		live.press('q');
		expect(await live.exited()).toBe(0);
		await peer.stop();
		await tracker.close();

		const elsewhere = await temporaryFolder();
		await writeFile(path.join(elsewhere, 'session.jsonl'), await readFile(path.join(cwd, 'session.jsonl')));
		const replayed = await openTerminal(['replay', 'session.jsonl', '--speed', '16'], {cwd: elsewhere, columns: 110});
		await replayed.sees(/■ over \d+:\d\d\/\d+:\d\d 16x/);
		await replayed.sees('The recording is over. 0 plays it again, q quits');
		await replayed.sees(/ada · :\d+/);
		await replayed.sees('3 Remote files 2');
		await replayed.sees(/week 7\.mp4.*= here/);
		await replayed.sees(/↓ lectures\/week 7\.mp4 .*100 %.*✓ done/);
		await replayed.sees('2 Local files 1');
		// Every message was written, although nobody had its pane open.
		replayed.press('w');
		await replayed.sees(/→ bob +GET|← bob +20\d/);
		replayed.press('g');
		await replayed.sees(/→ tracker +init/);
		// What looks works, what asks says why not.
		replayed.press('!');
		await replayed.sees('Fetched lectures/week 7.mp4 from bob');
		replayed.press('3\r');
		await replayed.sees('This is a recording: nothing can be requested');
		replayed.press('S');
		replayed.press('0');
		await replayed.sees(/▸ replay 0:0\d\/|■ over/);
		replayed.press('  ');
		replayed.press('q');
		expect(await replayed.exited()).toBe(0);
		expect(replayed.isAlternate()).toBe(false);
		// No folder was shared for it.
		expect(await readdir(elsewhere)).toEqual(['session.jsonl']);
	});

	it('can be paused, stepped through and sped up', async () => {
		const cwd = await temporaryFolder();
		const lines = ['one', 'two', 'three'].map((text, index) =>
			JSON.stringify({t: index * 60_000, event: {type: 'notice', level: 'info', text: `notice ${text}`}}),
		);
		const header = '{"p2p-tui":"recording","version":1,"startedAt":"2026-11-20T10:00:00.000Z","program":"0.1.0"}';
		await writeFile(path.join(cwd, 'a.jsonl'), `${[header, ...lines, 'broken'].join('\n')}\n`);
		const terminal = await openTerminal(['replay', 'a.jsonl'], {cwd});
		await terminal.sees('notice one');
		await terminal.sees(/▸ replay 0:0\d\/2:00/);
		terminal.press(' ');
		await terminal.sees(/‖ paused 0:0\d\/2:00/);
		await terminal.sees('. next');
		terminal.press('.');
		await terminal.sees('notice two');
		await terminal.sees('‖ paused 1:00/2:00');
		terminal.press('>>>>>>>>>>');
		await terminal.sees('64x');
		terminal.press(' ');
		await terminal.sees(/a\.jsonl line 5 is no event of a recording: it is no JSON\. The recording ends here/);
		terminal.press('!');
		await terminal.sees('notice three');
		terminal.press('q');
		expect(await terminal.exited()).toBe(1);
	});
});

describe('the echo warm-up in a terminal', () => {
	it('shows the wire pane alone, how to begin, and what comes and goes back', async () => {
		const terminal = await openTerminal(['echo', '0'], {columns: 90});
		await terminal.sees(/Nobody is connected\. In another terminal: nc 127\.0\.0\.1 \d+/);
		expect(terminal.text()).not.toContain('Remote files');
		const [, port] = /nc 127\.0\.0\.1 (\d+)/.exec(terminal.text())!;
		const socket = connect({host: '127.0.0.1', port: Number(port)});
		socket.write('hello echo\n');
		await terminal.sees(/← .*connected/);
		await terminal.sees(/← .*data .*"hello echo\\n"/);
		await terminal.sees(/→ .*data .*"hello echo\\n"/);
		socket.end();
		await terminal.sees(/closed .*11 B came, 11 B went back/);
		// The keys of files mean nothing here.
		terminal.press('\t1w!+S');
		terminal.press('/data\r');
		await terminal.sees(/data .*"hello echo/);
		expect(terminal.text()).not.toContain('Remote files');
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
	});
});
