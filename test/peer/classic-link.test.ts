import {Buffer} from 'node:buffer';
import {writeFile, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {ClassicLink} from '../../source/peer/classic-link.js';
import type {ClassicSources} from '../../source/peer/classic-source.js';
import {PieceStore} from '../../source/peer/piece-store.js';
import type {LinkEvents} from '../../source/peer/source-link.js';
import {SwarmDownload} from '../../source/peer/swarm-download.js';
import {blockBytes, blockHashesOf, pieceCountOf, pieceHashOf, pieceSpan} from '../../source/protocol/merkle.js';
import {temporaryFolder} from '../wait.js';
import {sourceOf} from './fake-swarm.js';
import {noise, oldTime} from './files.js';

/** Fetch a content whose root is known from a class program alone, which sends these bytes. */
async function fetchFrom(content: Uint8Array, sent: Uint8Array, isKnown: (piece: number) => boolean = () => false) {
	const folder = await temporaryFolder();
	const paths = {path: path.join(folder, 'x.pieces'), journalPath: path.join(folder, 'x.journal')};
	const size = content.length;
	const pieces = Array.from({length: pieceCountOf(size)}, (_, piece) => piece);
	const spans = pieces.map(piece => pieceSpan(size, piece));
	const layer = Buffer.concat(
		spans.map(({start, length}) => pieceHashOf(blockHashesOf(content.subarray(start, start + length)), size)),
	);
	const known = pieces.filter(piece => isKnown(piece));
	await writeFile(paths.path, content);
	await writeFile(paths.journalPath, Buffer.from(Uint32Array.from(known).buffer));
	const store = new PieceStore({root: import.meta.dirname, versions: import.meta.dirname});
	const file = await store.open({...paths, size, layer});
	onTestFinished(async () => {
		await file.close();
		await store.stop();
	});
	const requests = new Map<number, LinkEvents>();
	const refused: string[] = [];
	const classic = {
		async ask() {
			return {
				start: 0,
				size: undefined,
				body: (async function* () {
					for (let at = 0; at < sent.length; at += 60_000) {
						yield sent.subarray(at, at + 60_000);
					}
				})(),
				cancel() {},
			};
		},
	} as unknown as ClassicSources;
	const source = sourceOf('classic', {isClassic: true});
	const stop = new AbortController();
	const swarm = new SwarmDownload({
		size,
		good: file.good,
		sources: () => [source],
		share: () => ({index: 0, of: 1}),
		connect: (source, events) =>
			new ClassicLink({
				source,
				file: {name: 'x', size, mtime: oldTime},
				classic,
				store,
				pieces: file,
				ownName: 'me',
				limit: undefined,
				events,
				requests,
			}),
		onPiece() {},
		onComing() {},
		onRefused(reason) {
			refused.push(reason);
		},
		onSources() {},
		signal: stop.signal,
	});
	file.listen({
		onPiece(request, piece, isGood) {
			requests.get(request)?.onPiece(piece, isGood);
		},
		onFailed(error) {
			swarm.fail(error);
		},
	});
	return {run: swarm.run(), refused, path: paths.path};
}

test.each([
	['short', 3 * blockBytes + 5],
	['long', 5_000_001],
])('a %s content comes from a class program alone', async (_, size) => {
	const content = noise(size);
	const {run, refused, path: filePath} = await fetchFrom(content, content);
	await run;
	expect(refused).toEqual([]);
	expect(Buffer.compare(await readFile(filePath), content)).toBe(0);
});

test('what is here already is passed over', async () => {
	const content = noise(40 * blockBytes);
	const {run} = await fetchFrom(content, content, piece => piece % 3 === 0);
	await run;
});

test('a class program whose file is another one is told from one that has less of it', async () => {
	const content = noise(40 * blockBytes);
	const other = Uint8Array.from(content);
	other[25 * blockBytes]! ^= 1;
	const {run, refused} = await fetchFrom(content, other);
	await expect(run).rejects.toThrow('classic sent wrong bytes');
	expect(refused).toEqual(['classic sent a wrong piece (25); nothing more of it is asked there']);
	const shorter = await fetchFrom(content, content.subarray(0, 30 * blockBytes));
	await expect(shorter.run).rejects.toThrow('closed the connection after 491520 bytes');
});
