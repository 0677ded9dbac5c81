import {appendFile, mkdir, readFile, readdir, symlink, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {ContentIndex} from '../../source/peer/content-index.js';
import type {Stamp} from '../../source/peer/stamp.js';
import {temporaryFolder} from '../wait.js';

const stamp: Stamp = {size: 5, mtimeMs: 1_600_000_000_123.456, ino: 42};
const rootA = 'a'.repeat(64);
const rootB = 'b'.repeat(64);

async function makeIndex(filePath?: string, isReadOnly = false) {
	const indexPath = filePath ?? path.join(await temporaryFolder(), 'index.jsonl');
	const problems: unknown[] = [];
	const index = new ContentIndex({
		path: indexPath,
		isReadOnly,
		onProblem(error) {
			problems.push(error);
		},
	});
	await index.load();
	return {index, indexPath, problems};
}

const linesOf = async (filePath: string) => {
	const text = await readFile(filePath, 'utf8');
	return text.split('\n').filter(Boolean);
};

describe('the index of contents', () => {
	it('remembers from run to run, the latest of a name', async () => {
		const {index, indexPath} = await makeIndex();
		index.set('a', stamp, rootB);
		index.set('a', stamp, rootA);
		await index.flush();
		index.set('sub/ü "1"', stamp, rootB);
		index.set('__proto__', stamp, rootB);
		await index.flush();
		const {index: next, problems} = await makeIndex(indexPath);
		expect(next.get('a', stamp)).toMatchObject({root: rootA, isLasting: true});
		expect(next.get('sub/ü "1"', stamp)?.root).toBe(rootB);
		expect(next.get('__proto__', stamp)?.root).toBe(rootB);
		expect(next.get('constructor', stamp)).toBe(undefined);
		expect(problems).toEqual([]);
	});

	it.each([{size: 6}, {mtimeMs: stamp.mtimeMs + 0.001}, {ino: 43}])(
		'knows nothing of a file that has %j by now',
		async values => {
			const {index} = await makeIndex();
			index.set('a', stamp, rootA);
			expect(index.get('a', {...stamp, ...values})).toBe(undefined);
		},
	);

	it('writes down nothing that may not last', async () => {
		const {index, indexPath} = await makeIndex();
		index.set('a', stamp, rootA, false);
		index.set('b', stamp, rootB);
		await index.flush();
		expect(index.get('a', stamp)).toMatchObject({root: rootA, isLasting: false});
		const {index: next} = await makeIndex(indexPath);
		expect(next.get('a', stamp)).toBe(undefined);
		expect(next.get('b', stamp)?.root).toBe(rootB);
	});

	it('passes over lines that are torn or forged, and loses no other', async () => {
		const {index, indexPath} = await makeIndex();
		index.set('a', stamp, rootA);
		await index.flush();
		await appendFile(
			indexPath,
			[
				'',
				'{',
				'null',
				'5',
				'[]',
				'[["a"]]',
				`["x",5,${stamp.mtimeMs},42,"short"]`,
				`["x","5",${stamp.mtimeMs},42,"${rootA}"]`,
				`["x",5,null,42,"${rootA}"]`,
				`[{"toString":1},5,${stamp.mtimeMs},42,"${rootA}"]`,
				'['.repeat(100_000),
				`["torn",5,${stamp.mtimeMs},42,"${rootA.slice(0, 20)}`,
			].join('\n'),
		);
		const {index: next, problems} = await makeIndex(indexPath);
		expect(next.get('a', stamp)?.root).toBe(rootA);
		expect(next.get('x', stamp)).toBe(undefined);
		expect(next.get('torn', stamp)).toBe(undefined);
		next.set('b', stamp, rootB);
		await next.flush();
		const {index: last} = await makeIndex(indexPath);
		expect(last.get('a', stamp)?.root).toBe(rootA);
		expect(last.get('b', stamp)?.root).toBe(rootB);
		expect(problems).toEqual([]);
	});

	it('is written anew when most of it is stale, and leaves nothing beside it', async () => {
		const {index, indexPath} = await makeIndex();
		await writeFile(`${indexPath}.new`, 'half of one, from a crash');
		for (let count = 0; count < 1100; count++) {
			index.set('a', {...stamp, mtimeMs: count}, rootB);
			index.set(`gone ${count}`, stamp, rootB);
		}

		index.set('a', stamp, rootA);
		await index.flush();
		expect(await linesOf(indexPath)).toHaveLength(2201);
		index.retain(new Map([['a', 1]]));
		await index.flush();
		expect(await linesOf(indexPath)).toEqual([JSON.stringify(['a', 5, stamp.mtimeMs, 42, rootA])]);
		expect(await readdir(path.dirname(indexPath))).toEqual(['index.jsonl']);
		index.set('b', stamp, rootB);
		await index.flush();
		const {index: next} = await makeIndex(indexPath);
		expect(next.get('a', stamp)?.root).toBe(rootA);
		expect(next.get('b', stamp)?.root).toBe(rootB);
	});

	it('takes lines of two programs at once', async () => {
		const {index: first, indexPath} = await makeIndex();
		const {index: second} = await makeIndex(indexPath);
		for (let count = 0; count < 50; count++) {
			first.set(`first ${count}`, stamp, rootA);
			second.set(`second ${count}`, stamp, rootB);
			await Promise.all([first.flush(), second.flush()]);
		}

		const {index} = await makeIndex(indexPath);
		for (let count = 0; count < 50; count++) {
			expect(index.get(`first ${count}`, stamp)?.root).toBe(rootA);
			expect(index.get(`second ${count}`, stamp)?.root).toBe(rootB);
		}
	});

	it('is not written by a visitor', async () => {
		const {index, indexPath} = await makeIndex(undefined, true);
		index.set('a', stamp, rootA);
		await index.flush();
		expect(index.get('a', stamp)?.root).toBe(rootA);
		expect(await readdir(path.dirname(indexPath))).toEqual([]);
	});

	it('follows no link', async () => {
		const outside = path.join(await temporaryFolder(), 'target');
		await writeFile(outside, `["a",5,${stamp.mtimeMs},42,"${rootA}"]\n`);
		const indexPath = path.join(await temporaryFolder(), 'index.jsonl');
		await symlink(outside, indexPath);
		const {index, problems} = await makeIndex(indexPath);
		expect(index.get('a', stamp)).toBe(undefined);
		index.set('b', stamp, rootB);
		await index.flush();
		expect(problems).toMatchObject([{code: 'ELOOP'}, {code: 'ELOOP'}]);
		expect(await linesOf(outside)).toHaveLength(1);
	});

	it('works in memory where there is no disk for it, and says so', async () => {
		const indexPath = path.join(await temporaryFolder(), 'index.jsonl');
		await mkdir(indexPath);
		const {index, problems} = await makeIndex(indexPath);
		index.set('a', stamp, rootA);
		await index.flush();
		expect(index.get('a', stamp)?.root).toBe(rootA);
		expect(problems).toMatchObject([{code: 'EISDIR'}]);
	});

	it('does not read what is too long to be ours', async () => {
		const indexPath = path.join(await temporaryFolder(), 'index.jsonl');
		await writeFile(indexPath, `["a",5,${stamp.mtimeMs},42,"${rootA}"]\n`);
		await truncate(indexPath, 300 * 1024 * 1024);
		const {index} = await makeIndex(indexPath);
		expect(index.get('a', stamp)).toBe(undefined);
	});
});
