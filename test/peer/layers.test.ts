import {Buffer} from 'node:buffer';
import {readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {Layers, minKeptBytes} from '../../source/peer/layers.js';
import {hashBytes, pieceCountOf, rootOfBytes, rootOfLayer} from '../../source/protocol/merkle.js';
import {temporaryFolder} from '../wait.js';
import {noise} from './files.js';

/** The layer of some file of this size. */
function someLayer(size: number, seed = 1) {
	const layer = Buffer.from(noise(pieceCountOf(size) * hashBytes, seed));
	return {size, layer, root: rootOfLayer(layer, size)};
}

describe('piece layers', () => {
	it('are the root where there is but one piece', async () => {
		const layers = new Layers({folder: await temporaryFolder(), isReadOnly: false});
		const content = noise(100);
		expect(await layers.get(rootOfBytes(content), 100)).toEqual(Buffer.from(rootOfBytes(content), 'hex'));
	});

	it('of large files outlive a restart, those of small ones do not', async () => {
		const folder = await temporaryFolder();
		const layers = new Layers({folder, isReadOnly: false});
		const large = someLayer(minKeptBytes);
		const small = someLayer(minKeptBytes - 1, 2);
		await layers.add(large.root, large.size, large.layer);
		await layers.add(small.root, small.size, small.layer);
		expect(await layers.get(small.root, small.size)).toEqual(small.layer);
		expect(await readdir(folder)).toEqual([large.root]);
		const next = new Layers({folder, isReadOnly: false});
		expect(await next.get(large.root, large.size)).toEqual(large.layer);
		expect(await next.get(small.root, small.size)).toBe(undefined);
	});

	it.each<[string, (layer: Buffer) => Uint8Array]>([
		['forged', layer => Buffer.concat([Buffer.from([layer[0]! ^ 1]), layer.subarray(1)])],
		['torn', layer => layer.subarray(0, -1)],
		['too long', layer => Buffer.concat([layer, layer])],
		['empty', () => Buffer.alloc(0)],
	])('are not believed when they are %s', async (_, change) => {
		const folder = await temporaryFolder();
		const {root, size, layer} = someLayer(minKeptBytes);
		await writeFile(path.join(folder, root), change(layer));
		expect(await new Layers({folder, isReadOnly: false}).get(root, size)).toBe(undefined);
	});

	it('fill no more memory than they may, the latest used stay', async () => {
		const sizes = 1024 * 1024;
		const layers = new Layers({folder: await temporaryFolder(), isReadOnly: false, maxMemoryBytes: 3 * 64 * hashBytes});
		const [a, b, c, d] = [1, 2, 3, 4].map(seed => someLayer(sizes, seed)) as [Some, Some, Some, Some];
		for (const {root, size, layer} of [a, b, c]) {
			await layers.add(root, size, layer);
		}

		expect(await layers.get(a.root, sizes)).toEqual(a.layer);
		await layers.add(d.root, sizes, d.layer);
		expect(await layers.get(b.root, sizes)).toBe(undefined);
		expect(await layers.get(a.root, sizes)).toEqual(a.layer);
		expect(await layers.get(d.root, sizes)).toEqual(d.layer);
	});

	it('go with the last file that has their root, and with what a crash has left', async () => {
		const folder = await temporaryFolder();
		const layers = new Layers({folder, isReadOnly: false});
		const [kept, gone] = [someLayer(minKeptBytes, 1), someLayer(minKeptBytes, 2)];
		await writeFile(path.join(folder, `${kept.root}.1234`), 'half of one');
		// A sweep waits for what is being written.
		await Promise.all([
			layers.add(kept.root, kept.size, kept.layer),
			layers.add(gone.root, gone.size, gone.layer),
			layers.sweep(root => root === kept.root),
		]);
		expect(await readdir(folder)).toEqual([kept.root]);
	});

	it('are not put on the disk by a visitor', async () => {
		const folder = await temporaryFolder();
		const layers = new Layers({folder, isReadOnly: true});
		const {root, size, layer} = someLayer(minKeptBytes);
		await layers.add(root, size, layer);
		expect(await layers.get(root, size)).toEqual(layer);
		expect(await readdir(folder)).toEqual([]);
	});
});

type Some = ReturnType<typeof someLayer>;
