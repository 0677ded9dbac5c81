import {execFileSync} from 'node:child_process';
import {appendFile, mkdir, rename, rm, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, onTestFinished, test} from 'vitest';
import {Share, type ShareChange} from '../../source/peer/share.js';
import {scan} from '../../source/peer/scan.js';
import {temporaryFolder, until} from '../wait.js';
import {oldTime, put} from './files.js';

const never = new AbortController().signal;

/** Names that a look at a folder finds. */
async function found(root: string): Promise<string[]> {
	const names: string[] = [];
	for await (const files of scan(root, never, () => {})) {
		names.push(...files.map(({file}) => file.name));
	}

	return names.toSorted();
}

/** A share that is being watched, past its first look. */
async function watchShare(root: string) {
	const stop = new AbortController();
	const changes: ShareChange[] = [];
	const problems: string[] = [];
	const share = new Share({
		root,
		signal: stop.signal,
		onChange(change) {
			changes.push(change);
		},
		onProblem(text) {
			problems.push(text);
		},
	});
	onTestFinished(async () => {
		stop.abort();
		await share.close();
	});
	await share.scan();
	share.watch();
	// The watcher begins after it has looked around itself: from then on a probe is seen.
	await until('the watcher to begin', async () => {
		await writeFile(path.join(root, 'probe'), String(Date.now()));
		return share.files.has('probe');
	});
	return {share, changes, problems};
}

describe('a look at the folder', () => {
	test('finds files with their size and time, nested ones too', async () => {
		const root = await temporaryFolder();
		await put(root, 'a.txt', 'hello');
		await put(root, 'sub/deep/b.txt', '');
		const files = [];
		for await (const some of scan(root, never, () => {})) {
			files.push(...some.map(({file}) => file));
		}

		expect(files.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
			{name: 'a.txt', label: 'a.txt', size: 5, mtime: oldTime},
			{name: 'sub/deep/b.txt', label: 'sub/deep/b.txt', size: 0, mtime: oldTime},
		]);
	});

	test('leaves out what is hidden, unfinished, special, a link, or our own', async () => {
		const root = await temporaryFolder();
		const outside = await temporaryFolder();
		await put(outside, 'secret.txt', 'secret');
		for (const name of [
			'good.txt',
			'.hidden',
			'.p2p-tui/partial/x',
			'.p2p-tui/versions/old.txt',
			'sub/.hidden/x',
			'movie.part',
			'movie.crdownload',
			'page.download',
			'x.tmp',
			'backup~',
			'control\u0007.txt',
			String.raw`back\slash`,
		]) {
			await put(root, name, 'x');
		}

		await symlink(path.join(outside, 'secret.txt'), path.join(root, 'link'));
		await symlink(outside, path.join(root, 'folder-link'));
		await symlink('.', path.join(root, 'loop'));
		execFileSync('mkfifo', [path.join(root, 'pipe')]);
		expect(await found(root)).toEqual(['good.txt']);
	});

	test('rounds times down and knows none before 1970', async () => {
		const root = await temporaryFolder();
		await put(root, 'fraction', '', oldTime + 0.5);
		await put(root, 'early', '', -1000);
		const files = new Map<string, number>();
		for await (const some of scan(root, never, () => {})) {
			for (const {file} of some) {
				files.set(file.name, file.mtime);
			}
		}

		expect(files.get('fraction')).toBe(oldTime);
		expect(files.get('early')).toBe(0);
	});

	test('names what can not be read, and finds the rest', async () => {
		const unreadable: string[] = [];
		for await (const files of scan('/nonexistent', never, folder => {
			unreadable.push(folder);
		})) {
			expect(files).toEqual([]);
		}

		expect(unreadable).toEqual(['']);
	});

	test('ends early with its signal', async () => {
		const root = await temporaryFolder();
		await put(root, 'sub/a', '');
		const stop = new AbortController();
		stop.abort();
		for await (const files of scan(root, stop.signal, () => {})) {
			expect.unreachable(`${files.length} files`);
		}
	});
});

describe('a watched folder', () => {
	test('notices what is added, changed and removed', async () => {
		const root = await temporaryFolder();
		await put(root, 'gone.txt', 'gone');
		const {share, changes} = await watchShare(root);
		await put(root, 'new.txt', 'new');
		await until('the new file', () => share.files.has('new.txt'), 3000);
		await put(root, 'new.txt', 'changed', oldTime + 5);
		await until('the change', () => share.files.get('new.txt')?.size === 7, 3000);
		await rm(path.join(root, 'gone.txt'));
		await until('the removal', () => !share.files.has('gone.txt'), 3000);
		expect(changes.at(-1)).toEqual({changed: [], removed: ['gone.txt']});
		expect(share.files.get('new.txt')).toMatchObject({mtime: oldTime + 5});
	});

	test('notices folders that are made, moved in, renamed and removed', async () => {
		const root = await temporaryFolder();
		const outside = await temporaryFolder();
		await put(outside, 'album/one.jpg', '1');
		await put(outside, 'album/disc/two.jpg', '2');
		const {share} = await watchShare(root);
		await rename(path.join(outside, 'album'), path.join(root, 'album'));
		await until(
			'the moved folder',
			() => share.files.has('album/one.jpg') && share.files.has('album/disc/two.jpg'),
			3000,
		);
		await rename(path.join(root, 'album'), path.join(root, 'photos'));
		await until(
			'the renamed folder',
			() => share.files.has('photos/disc/two.jpg') && !share.files.has('album/one.jpg'),
			3000,
		);
		await rm(path.join(root, 'photos'), {recursive: true});
		await until('the removal', () => share.files.size === 1, 3000);
	});

	test('says nothing of hidden, unfinished and own files', async () => {
		const root = await temporaryFolder();
		const {share, changes} = await watchShare(root);
		const before = changes.length;
		await put(root, '.hidden', 'x');
		await put(root, '.p2p-tui/partial/x', 'x');
		await put(root, 'movie.part', 'x');
		await symlink('/etc/passwd', path.join(root, 'link'));
		await put(root, 'visible', 'x');
		await until('the visible file', () => share.files.has('visible'));
		const told = changes.slice(before).flatMap(({changed}) => changed.map(({name}) => name));
		expect(told.filter(name => name !== 'probe')).toEqual(['visible']);
	});

	test('shares a download of another program once it has its name', async () => {
		const root = await temporaryFolder();
		const {share} = await watchShare(root);
		await put(root, 'movie.mkv.part', 'x');
		await rename(path.join(root, 'movie.mkv.part'), path.join(root, 'movie.mkv'));
		await until('the finished file', () => share.files.has('movie.mkv'), 3000);
	});

	test('waits for a file that is still being written', {retry: 2}, async () => {
		const root = await temporaryFolder();
		const {share, changes} = await watchShare(root);
		const filePath = path.join(root, 'growing.bin');
		for (let count = 0; count < 20; count++) {
			await appendFile(filePath, 'x'.repeat(1000));
			await delay(50);
		}

		await until('the whole file', () => share.files.has('growing.bin'), 3000);
		const sizes = changes
			.flatMap(({changed}) => changed)
			.filter(({name}) => name === 'growing.bin')
			.map(({size}) => size);
		expect(sizes).toEqual([20_000]);
	});

	test('forgets files whose folder was swapped for a link that leads out', async () => {
		const root = await temporaryFolder();
		const outside = await temporaryFolder();
		await put(outside, 'a.txt', 'a secret of another size');
		await put(root, 'sub/a.txt', 'mine');
		await put(root, 'sub/b.txt', 'mine');
		const {share} = await watchShare(root);
		await rename(path.join(root, 'sub'), path.join(root, '.sub'));
		await symlink(outside, path.join(root, 'sub'));
		await until('one to be gone', () => !share.files.has('sub/b.txt'), 3000);
		await share.scan();
		expect([...share.files.keys()].toSorted()).toEqual(['probe']);
	});

	test('takes folders for files of the same names and back', async () => {
		const root = await temporaryFolder();
		// Several, because a watcher may be lucky with one.
		const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
		for (const name of names) {
			await put(root, name, 'a file');
		}

		const {share} = await watchShare(root);
		for (const name of names) {
			await rm(path.join(root, name));
			await put(root, `${name}/inside`, 'x');
		}

		await until(
			'the folders',
			() => names.every(name => share.files.has(`${name}/inside`) && !share.files.has(name)),
			3000,
		);
		for (const name of names) {
			await rm(path.join(root, name), {recursive: true});
			await put(root, name, 'a file again');
		}

		await until(
			'the files',
			() => names.every(name => share.files.has(name) && !share.files.has(`${name}/inside`)),
			3000,
		);
	});

	test('finds by its regular look what the watcher missed', async () => {
		const root = await temporaryFolder();
		const stop = new AbortController();
		const share = new Share({
			root,
			rescanMs: 20,
			signal: stop.signal,
			onChange() {},
			onProblem() {},
		});
		onTestFinished(async () => {
			stop.abort();
			await share.close();
		});
		await share.scan();
		share.watch();
		await put(root, 'a.txt', 'x');
		await until('the file', () => share.files.has('a.txt'));
		await rm(path.join(root, 'a.txt'));
		await until('its end', () => !share.files.has('a.txt'));
	});

	test('tells nothing after its end', async () => {
		const root = await temporaryFolder();
		const stop = new AbortController();
		let told = 0;
		const share = new Share({
			root,
			signal: stop.signal,
			onChange() {
				told++;
			},
			onProblem() {},
		});
		share.watch();
		await share.scan();
		stop.abort();
		await share.close();
		const before = told;
		await mkdir(path.join(root, 'sub'));
		await put(root, 'sub/late', 'x');
		await share.scan();
		await share.refresh('sub/late');
		expect(told).toBe(before);
	});
});
