import {Buffer} from 'node:buffer';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {OfferedParts, reading, type OfferedPart, type Follower} from '../../source/peer/offered-parts.js';
import {temporaryFolder} from '../wait.js';

const [rootA, rootB] = ['a'.repeat(64), 'b'.repeat(64)];

async function setUp() {
	const folder = await temporaryFolder();
	const told: string[] = [];
	const parts = new OfferedParts((root, isOffered) => {
		told.push(`${isOffered ? '+' : '-'}${root[0]}`);
	});
	onTestFinished(async () => {
		for (const root of [rootA, rootB]) {
			await parts.withdraw(root);
		}
	});
	const filePath = path.join(folder, 'file');
	await writeFile(filePath, 'bytes');
	const offer = async (root = rootA, have: number[] = [], file = filePath) =>
		parts.offer({root, name: 'a', size: 5, layer: Buffer.alloc(0), path: file, have, count: 10});
	return {
		parts,
		told,
		offer,
		folder,
		async offered(have: number[] = []) {
			await offer(rootA, have);
			return parts.get(rootA)!;
		},
	};
}

/** Whether the file of a part is still open. */
async function isOpen({handle}: OfferedPart): Promise<boolean> {
	return handle.stat().then(
		() => true,
		() => false,
	);
}

const textOf = async ({handle}: OfferedPart) => {
	const {buffer, bytesRead} = await handle.read(Buffer.alloc(10), 0, 10, 0);
	return buffer.toString('utf8', 0, bytesRead);
};

describe('what is offered of a content', () => {
	test('is told from its beginning to its end, once', async () => {
		const {parts, told, offer} = await setUp();
		await offer(rootA);
		await offer(rootB);
		expect([...parts.roots]).toEqual([rootA, rootB]);
		await parts.withdraw(rootA);
		await parts.withdraw(rootA);
		expect([...parts.roots]).toEqual([rootB]);
		expect(parts.get(rootA)).toBeUndefined();
		expect(told).toEqual(['+a', '+b', '-a']);
	});

	test('is what was there, and what comes', async () => {
		const {parts, offered} = await setUp();
		const part = await offered([0, 1, 5]);
		expect([...part.have]).toEqual([0, 1, 5]);
		expect(part.have.hasRun({first: 0, count: 2})).toBe(true);
		expect(part.have.hasRun({first: 1, count: 2})).toBe(false);
		parts.add(rootA, 2);
		parts.add(rootB, 3);
		expect([...part.have]).toEqual([0, 1, 2, 5]);
	});

	test('is told to all who follow, each piece once, and its end', async () => {
		const {parts, offered} = await setUp();
		const part = await offered([0]);
		const heard: Array<Array<number | undefined>> = [[], []];
		for (const pieces of heard) {
			part.followers.add({
				onPiece(piece) {
					pieces.push(piece);
				},
				onComing({first}) {
					pieces.push(-first);
				},
				onEnd() {
					pieces.push(undefined);
				},
			});
		}

		parts.add(rootA, 3);
		parts.add(rootA, 0);
		parts.add(rootA, 3);
		parts.add(rootA, 1);
		parts.coming(rootA, {first: 4, count: 2});
		await parts.withdraw(rootA);
		parts.add(rootA, 4);
		expect(heard).toEqual([
			[3, 1, -4, undefined],
			[3, 1, -4, undefined],
		]);
	});

	test('is no longer told to who has ceased to follow, even while it is told', async () => {
		const {parts, offered} = await setUp();
		const part = await offered();
		const heard: number[] = [];
		const follower: Follower = {
			onPiece(piece) {
				heard.push(piece);
				part.followers.delete(follower);
			},
			onComing() {},
			onEnd() {
				heard.push(-1);
			},
		};
		part.followers.add(follower);
		parts.add(rootA, 1);
		parts.add(rootA, 2);
		await parts.withdraw(rootA);
		expect(heard).toEqual([1]);
	});

	test('is closed at once when nobody reads from it', async () => {
		const {parts, offered} = await setUp();
		const part = await offered();
		expect(await isOpen(part)).toBe(true);
		await parts.withdraw(rootA);
		expect(await isOpen(part)).toBe(false);
	});

	test('stays open until the last who reads from it is done', async () => {
		const {parts, offered} = await setUp();
		const part = await offered();
		const ends: Array<() => void> = [];
		const read = async () =>
			reading(part, async () => {
				await new Promise<void>(resolve => {
					ends.push(resolve);
				});
				return textOf(part);
			});
		const readers = [read(), read()];
		await parts.withdraw(rootA);
		ends[0]!();
		expect(await readers[0]).toBe('bytes');
		expect(await isOpen(part)).toBe(true);
		ends[1]!();
		expect(await readers[1]).toBe('bytes');
		expect(await isOpen(part)).toBe(false);
	});

	test('is closed after a reader that failed, too', async () => {
		const {parts, offered} = await setUp();
		const part = await offered();
		const failing = reading(part, async () => {
			await parts.withdraw(rootA);
			throw new Error('closed');
		});
		await expect(failing).rejects.toThrow('closed');
		expect(await isOpen(part)).toBe(false);
	});

	test('stays open when readers come and go while it is offered', async () => {
		const {offered} = await setUp();
		const part = await offered();
		expect(await reading(part, async () => textOf(part))).toBe('bytes');
		expect(await isOpen(part)).toBe(true);
	});

	test('is nothing where its file is missing', async () => {
		const {parts, told, offer, folder} = await setUp();
		await expect(offer(rootA, [], path.join(folder, 'none'))).rejects.toMatchObject({code: 'ENOENT'});
		expect(parts.get(rootA)).toBeUndefined();
		expect(told).toEqual([]);
	});
});

describe('one content that comes in under two names', () => {
	test('is offered by one of them, and stays as it is when the other is over', async () => {
		const {parts, told, offer} = await setUp();
		expect(await offer(rootA, [1])).toBe(true);
		const part = parts.get(rootA)!;
		expect(await offer(rootA, [2])).toBe(false);
		expect(parts.get(rootA)).toBe(part);
		expect([...part.have]).toEqual([1]);
		expect(told).toEqual(['+a']);
	});

	test('is offered by one of two that begin at once', async () => {
		const {parts, told, offer} = await setUp();
		const results = await Promise.all([offer(rootA, [1]), offer(rootA, [2])]);
		expect(results.filter(Boolean)).toHaveLength(1);
		expect(told).toEqual(['+a']);
		const part = parts.get(rootA)!;
		expect(part.have.has(results[0] ? 1 : 2)).toBe(true);
		await parts.withdraw(rootA);
		expect(await isOpen(part)).toBe(false);
	});
});
