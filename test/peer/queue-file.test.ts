import {existsSync} from 'node:fs';
import {mkdir, readFile, rmdir, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {QueueFile, type QueuedFile} from '../../source/peer/queue-file.js';
import {temporaryFolder, until} from '../wait.js';
import {oldTime} from './files.js';

const root = 'a'.repeat(64);

const queued = (name: string, values: Partial<QueuedFile> = {}): QueuedFile => ({
	key: name,
	file: {name, mtime: oldTime, size: 10},
	isPaused: false,
	...values,
});

async function setUp() {
	const folder = await temporaryFolder();
	const filePath = path.join(folder, 'queue.json');
	const problems: unknown[] = [];
	const create = () =>
		new QueueFile(filePath, error => {
			problems.push(error);
		});
	return {
		filePath,
		problems,
		create,
		file: create(),
		/** What a restart finds. */
		kept: async () => create().load(),
		async names() {
			const queue = await create().load();
			return queue.map(({key}) => key).join(' ');
		},
	};
}

describe('the queue on the disk', () => {
	test('is what was kept last, in its order, with all that tells a version apart', async () => {
		const {file, kept, problems} = await setUp();
		const queue = [
			queued('z.bin', {isPaused: true}),
			queued('sub/ü 日本.bin', {file: {name: 'sub/ü 日本.bin', mtime: oldTime, size: 10, root}}),
			queued('classic.txt', {file: {name: 'classic.txt', mtime: 0}}),
			queued('__proto__', {key: `__proto__\n${root}`}),
		];
		file.save(() => queue);
		await file.close();
		expect(await kept()).toEqual(queue);
		expect(problems).toEqual([]);
	});

	test('is empty where there is none yet', async () => {
		const {kept} = await setUp();
		expect(await kept()).toEqual([]);
	});

	test.each([
		['empty', ''],
		['torn', '[{"key":"a","file":{"name":"a","mti'],
		['null', 'null'],
		['a number', '7'],
		['a text', '"a"'],
		['an object', '{"0":{"key":"a","file":{"name":"a","mtime":5}}}'],
		['binary', '\u0000\uFFFD\u0001'],
	])('is taken for nothing when it is %s', async (_, text) => {
		const {filePath, kept} = await setUp();
		await writeFile(filePath, text);
		expect(await kept()).toEqual([]);
	});

	test.each([
		['null', null],
		['a number', 5],
		['a list', []],
		['nothing', {}],
		['a file alone', {file: {name: 'a', mtime: 5}}],
		['no file', {key: 'a'}],
		['a key that is no text', {key: 5, file: {name: 'a', mtime: 5}}],
		['a file without a time', {key: 'a', file: {name: 'a'}}],
		['a time that is none', {key: 'a', file: {name: 'a', mtime: 'now'}}],
		['a name that leads out', {key: '../x', file: {name: '../x', mtime: 5}}],
		['a name from the root', {key: '/etc/x', file: {name: '/etc/x', mtime: 5}}],
		['a name in our own folder', {key: '.p2p-tui/x', file: {name: '.p2p-tui/x', mtime: 5}}],
		['an empty name', {key: '', file: {name: '', mtime: 5}}],
		['a name with a newline', {key: 'a\nb', file: {name: 'a\nb', mtime: 5}}],
		['a key of another name', {key: 'other', file: {name: 'a', mtime: 5}}],
		['a key of a version of another name', {key: `../a\n${root}`, file: {name: 'a', mtime: 5}}],
	])('loses an entry with %s, and no other', async (_, entry) => {
		const {filePath, kept} = await setUp();
		await writeFile(filePath, JSON.stringify([queued('before'), entry, queued('after')]));
		expect(await kept()).toEqual([queued('before'), queued('after')]);
	});

	test('has nothing of what somebody made up beside the members it knows', async () => {
		const {filePath, kept} = await setUp();
		const file = {name: 'a', mtime: 5, size: -1, root: 'x', path: '/etc/passwd', ['__proto__']: {isPaused: true}};
		await writeFile(filePath, JSON.stringify([{key: 'a', file, isPaused: 'yes', id: 7, place: -1}]));
		expect(await kept()).toEqual([{key: 'a', file: {name: 'a', mtime: 5}, isPaused: false}]);
	});

	test('is the old one after a crash before the new one was in its place', async () => {
		const {file, filePath, create, kept, names} = await setUp();
		file.save(() => [queued('old')]);
		await file.close();
		// What a kill leaves while the next is being written.
		await writeFile(`${filePath}.new`, JSON.stringify([queued('new')]).slice(0, 20));
		expect(await names()).toBe('old');
		const after = create();
		after.save(() => [queued('newer')]);
		await after.close();
		expect(await kept()).toEqual([queued('newer')]);
		expect(existsSync(`${filePath}.new`)).toBe(false);
	});

	test('is never torn for who reads it at any moment', async () => {
		const {file, filePath, kept} = await setUp();
		const long = Array.from({length: 5000}, (_, index) => queued(`file ${index}`));
		file.save(() => [queued('first')]);
		await until('the first', () => existsSync(filePath));
		file.save(() => long);
		const lengths = new Set<number>();
		const closing = file.close();
		for (let looks = 0; looks < 20; looks++) {
			const {length} = JSON.parse(await readFile(filePath, 'utf8')) as unknown[];
			lengths.add(length);
		}

		await closing;
		expect([...lengths].every(length => length === 1 || length === 5000)).toBe(true);
		expect(await kept()).toHaveLength(5000);
	});

	test('is written once for many changes, with the last of them', async () => {
		const {file, filePath, names} = await setUp();
		let asked = 0;
		const keep = (name: string) => {
			file.save(() => {
				asked++;
				return [queued(name)];
			});
		};

		keep('first');
		await until('the first', () => existsSync(filePath));
		const {mtimeMs} = await stat(filePath);
		for (let index = 0; index < 1000; index++) {
			keep(`${index}`);
			await turn();
		}

		// They come in less than the rest between two writes; one may have come just at its end.
		expect(asked).toBeLessThanOrEqual(2);
		await until('the last', async () => (await names()) === '999');
		expect(asked).toBeLessThanOrEqual(3);
		const last = await stat(filePath);
		expect(last.mtimeMs - mtimeMs).toBeGreaterThan(400);
		await file.close();
	});

	test('has the last change when it is closed right after', async () => {
		const {file, filePath, names} = await setUp();
		file.save(() => [queued('first')]);
		await until('the first', () => existsSync(filePath));
		file.save(() => [queued('second')]);
		await file.close();
		expect(await names()).toBe('second');
		await file.close();
	});

	test('has a change that comes after it was closed', async () => {
		const {file, names} = await setUp();
		file.save(() => [queued('first')]);
		await file.close();
		file.save(() => [queued('second')]);
		await file.close();
		expect(await names()).toBe('second');
	});

	test('that can not be written is told, and tried again with the next change', async () => {
		const {file, filePath, problems, names} = await setUp();
		await mkdir(`${filePath}.new`);
		file.save(() => [queued('first')]);
		await until('the problem', () => problems.length === 1);
		expect(problems[0]).toMatchObject({code: 'EISDIR'});
		await rmdir(`${filePath}.new`);
		await until('the next to be kept', async () => {
			file.save(() => [queued('second')]);
			return (await names()) === 'second';
		});
		await file.close();
		expect(problems).toHaveLength(1);
	});
});
