import {createHash} from 'node:crypto';
import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {cast, yours} from '../../../source/cli/demo/cast.js';
import {Contents} from '../../../source/cli/demo/contents.js';
import {temporaryFolder} from '../../wait.js';

const sha256 = async (file: string) =>
	createHash('sha256')
		.update(await readFile(file))
		.digest('hex');

describe('what the demo shares', () => {
	it('is the same in every run, and of a name wherever it is', async () => {
		const folder = await temporaryFolder();
		const files = [
			{name: 'a b/ç.txt', bytes: 1_500_000, ageSeconds: 3600},
			{name: 'tiny.txt', bytes: 1, ageSeconds: 60},
		];
		const first = new Contents(1_800_000_000_000);
		await Promise.all([first.put(path.join(folder, 'one'), files), first.put(path.join(folder, 'two'), files)]);
		await new Contents(1_800_000_000_000).put(path.join(folder, 'three'), files);
		for (const {name, bytes, ageSeconds} of files) {
			const copies = ['one', 'two', 'three'].map(copy => path.join(folder, copy, name));
			const hashes = await Promise.all(copies.map(async copy => sha256(copy)));
			expect(new Set(hashes).size).toBe(1);
			for (const copy of copies) {
				const {size, mtimeMs} = await stat(copy);
				expect({size, mtimeMs}).toEqual({size: bytes, mtimeMs: (1_800_000_000 - ageSeconds) * 1000});
			}
		}
	});

	it('looks random: no two blocks of a file, and no two files, are alike', async () => {
		const folder = await temporaryFolder();
		await new Contents().put(folder, [
			{name: 'a', bytes: 3 * 1024 * 1024, ageSeconds: 1},
			{name: 'b', bytes: 1024 * 1024, ageSeconds: 1},
		]);
		const [a, b] = [await readFile(path.join(folder, 'a')), await readFile(path.join(folder, 'b'))];
		const blocks = [a, b].flatMap(content =>
			Array.from({length: content.length / 16_384}, (_, index) =>
				content.subarray(index * 16_384, (index + 1) * 16_384).toString('latin1'),
			),
		);
		expect(new Set(blocks).size).toBe(256);
	});

	it('has one size and one age for each name', () => {
		const files = new Map<string, unknown>();
		for (const file of [...cast.flatMap(({files}) => files), ...yours]) {
			expect(files.get(file.name) ?? file).toEqual(file);
			files.set(file.name, file);
		}
	});
});
