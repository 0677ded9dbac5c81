import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {temporaryFolder} from '../wait.js';
import {startTracker} from './swarm.js';
import {openTerminal} from './terminal.js';

/** The disk answers what is in a folder when it is time, as a slow one does for a large folder. */
const slowDisk = (folder: string, sign: string) => `import {existsSync} from 'node:fs';
import fs from 'node:fs/promises';
import {syncBuiltinESMExports} from 'node:module';
import {setTimeout as delay} from 'node:timers/promises';
const {readdir} = fs;
fs.readdir = async (place, ...rest) => {
	while (String(place).startsWith('${folder}') && !existsSync('${sign}')) {
		await delay(20);
	}

	return readdir(place, ...rest);
};

syncBuiltinESMExports();`;

/** The screen on a folder whose files are known only when the test says so. */
async function openOnSlowDisk(files: Record<string, string>) {
	const {named} = await startTracker();
	const folder = await temporaryFolder();
	const share = path.join(folder, 'share');
	const sign = path.join(folder, 'now');
	const guest = path.join(folder, 'guest.mjs');
	await mkdir(share);
	for (const [name, content] of Object.entries(files)) {
		await writeFile(path.join(share, name), content);
	}

	await writeFile(guest, slowDisk(share, sign));
	const args = [named, '--port', '0', '--host', '127.0.0.1', '--name', 'ada', '--dir', share];
	const terminal = await openTerminal(args, {env: {NODE_OPTIONS: `--import=${guest}`}});
	await terminal.sees('2 Local files 0');
	return {terminal, now: async () => writeFile(sign, '')};
}

describe('the screen', () => {
	it('is there before the folder was looked through, and takes keys', async () => {
		const {terminal, now} = await openOnSlowDisk({'here.txt': 'x'});
		expect(terminal.text()).toMatch(/ada · :\d+/);
		terminal.press('?');
		await terminal.sees('Keys');
		terminal.press('\u001B');
		await terminal.sees('2 Local files 0');
		await now();
		await terminal.sees('here.txt');
		await terminal.sees('● tracker');
		terminal.press('q');
		expect(await terminal.exited()).toBe(0);
	});

	it('can be quit before the folder was looked through', async () => {
		const {terminal, now} = await openOnSlowDisk({});
		terminal.press('q');
		await now();
		expect(await terminal.exited()).toBe(0);
		expect(terminal.isAlternate()).toBe(false);
		expect(terminal.text().trim()).toBe('');
	});
});
