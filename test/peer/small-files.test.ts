import {rm} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {temporaryFolder, until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {spoiled, startContentPeer, type AskedContent} from './content-peer.js';
import {blames, isHere, knowsContent, startSeeder} from './contents.js';
import {contentOf, noise, put} from './files.js';
import {startPeer, startTracker} from './peers.js';

const fileName = 'small.bin';
const content = noise(50_000);

test('a thousand small files arrive, whole and right, also while one of them vanishes', async () => {
	const {address} = await startTracker();
	const dir = await temporaryFolder();
	const files = new Map<string, Uint8Array>();
	for (let index = 0; index < 1000; index++) {
		const name = `folder ${index % 10}/file ${index}.txt`;
		files.set(name, noise(index === 0 ? 0 : 200 + index * 7, index));
		await put(dir, name, files.get(name)!);
	}

	const seeder = await startPeer(address, {dir, name: 'ada'});
	await until('the content ids', () => {
		const told = seeder.events.flatMap(event => (event.type === 'local' ? event.changed : []));
		return new Set(told.filter(({root}) => root !== undefined).map(({name}) => name)).size === 1000;
	});
	const peer = await startPeer(address, {isSyncing: true});
	await until('the first', () => peer.told('folder 1/file 1.txt').length > 0);
	const vanished = 'folder 9/file 999.txt';
	await rm(path.join(dir, vanished));
	await until('the last', () => peer.core.activeDownloads === 0 && peer.notices.length >= 999, 20_000);
	for (const [name, bytes] of files) {
		const isThere = await isHere(peer, bytes, name);
		if (name !== vanished) {
			expect(isThere, name).toBe(true);
		} else if (!isThere) {
			expect(await contentOf(peer.dir, name)).toBeUndefined();
		}
	}

	expect(blames(peer, 'wrong')).toEqual([]);
	expect(await peer.state('partial')).not.toContainEqual(expect.stringMatching(/\.small$/));
});

const failures: Record<string, (asked: AskedContent) => void> = {
	'wrong bytes'(asked) {
		asked.honest(spoiled(content));
	},
	garbage(asked) {
		asked.response.socket?.end('garbage\r\n\r\n');
	},
	'a length that is wrong'(asked) {
		asked.response.writeHead(200, {'content-length': 5}).end('hello');
	},
	'no length'(asked) {
		asked.response.writeHead(200).end('hello');
	},
	no(asked) {
		asked.response.writeHead(404, {'content-length': 0}).end();
	},
	'a close in the middle'(asked) {
		asked.response.writeHead(200, {'content-length': content.length});
		asked.response.write(content.subarray(0, 1000), () => asked.response.socket?.destroy());
	},
	nothing() {},
};

describe('a source of a small file that answers with', () => {
	test.each(Object.keys(failures))('%s does not keep others from giving it', async kind => {
		changeLimits({sourceStallMs: 300});
		const {address} = await startTracker();
		// The first to announce it is asked first.
		const {root} = await startContentPeer(address, {name: 'mallory', content, fileName, answer: failures[kind]!});
		await startSeeder(address, content, {name: 'ada', fileName});
		const peer = await startPeer(address);
		await knowsContent(peer, root, 2);
		expect(await peer.fetch(fileName, 2)).toMatchObject({state: 'done', peer: 'ada'});
		expect(await isHere(peer, content, fileName)).toBe(true);
		expect(blames(peer, 'ada')).toEqual([]);
		expect(blames(peer, 'mallory sent wrong bytes')).toHaveLength(kind === 'wrong bytes' ? 1 : 0);
	});

	test('wrong bytes leaves nothing in place when nobody else has it', async () => {
		const {address} = await startTracker();
		const {root} = await startContentPeer(address, {
			name: 'mallory',
			content,
			fileName,
			answer: failures['wrong bytes']!,
		});
		const peer = await startPeer(address);
		await knowsContent(peer, root);
		expect(await peer.fetch(fileName)).toMatchObject({state: 'failed', error: 'mallory sent wrong bytes'});
		expect(await contentOf(peer.dir, fileName)).toBeUndefined();
	});
});
