import {Buffer} from 'node:buffer';
import {randomBytes} from 'node:crypto';
import {expect, it} from 'vitest';
import {startPeer, startTracker} from './swarm.js';
import {openTerminal} from './terminal.js';

const mega = 1_000_000;

it('shows the sources and pieces of a download from two peers, at any size', async () => {
	const {named, address} = await startTracker();
	const content = Buffer.from(randomBytes(8 * mega));
	for (const name of ['bob', 'carol']) {
		await startPeer(address, {'week 7.mp4': content}, {name, maxUpBytesPerSecond: mega});
	}

	const terminal = await openTerminal([named, '--port', '0', '--host', '127.0.0.1', '--max-down', '1.5M'], {
		columns: 120,
	});
	await terminal.sees(/week 7\.mp4 +8 MB .* 2 {2}\+ missing/);
	terminal.press('\r4');
	await terminal.sees(/week 7\.mp4 .* [1-9]\d? % .*(bob|carol) {1,2}[\d.]+ · (bob|carol) {1,2}[\d.]+/);
	terminal.press('i');
	await terminal.sees(/Content +[\da-f]{64}/);
	await terminal.sees(/Pieces +\d+ of 489 · 16 KiB each/);
	await terminal.sees(/Sources +(bob|carol) .* MB +[\d.]+ [kM]B\/s/);
	const [root] = /[\da-f]{64}/.exec(terminal.text())!;
	terminal.press('y');
	await terminal.sees(`Copied the content id ${root.slice(0, 8)}… of week 7.mp4`);
	expect(terminal.raw()).toContain(`\u001B]52;c;${Buffer.from(root).toString('base64')}\u0007`);
	terminal.resize(40, 12);
	await terminal.sees(/\d+ of 489 × 16 KiB +[\da-f]+…/);
	await terminal.sees('█here ▄part >asked ·offered ?nobody');
	expect(terminal.lines()[1]).toMatch(/^┏ ↓ week 7\.mp4 ━+┓$/);
	expect(terminal.lines()[8]).toMatch(/^┗━+┛$/);
	await terminal.sees('✓ done');
	terminal.press('q');
	await terminal.sees('[Xfers 1]');
	terminal.press('q');
	expect(await terminal.exited()).toBe(0);
	expect(terminal.raw()).not.toContain('\u001B[3J');
});
