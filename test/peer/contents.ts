import {Buffer} from 'node:buffer';
import type {Address} from '../../source/protocol/address.js';
import {temporaryFolder, until} from '../wait.js';
import {contentOf, put} from './files.js';
import {startPeer, type TestPeer} from './peers.js';

export const bigName = 'big.bin';

export const megabyte = 1024 * 1024;

/** A peer of ours that shares some bytes, and has told what they are. */
export async function startSeeder(
	tracker: Address,
	content: Uint8Array,
	options: Parameters<typeof startPeer>[1] & {fileName?: string} = {},
): Promise<TestPeer> {
	const {fileName = bigName, ...rest} = options;
	const dir = await temporaryFolder();
	await put(dir, fileName, content);
	const peer = await startPeer(tracker, {dir, name: 'honest', ...rest});
	await until('the content id', () =>
		peer.events.some(event => event.type === 'local' && event.changed.some(({root}) => root !== undefined)),
	);
	return peer;
}

/** Wait until a content is known, and so many sources of it. */
export async function knowsContent(peer: TestPeer, root: string, sources = 1): Promise<void> {
	await until('the content in the directory', () =>
		peer.core.remoteFiles.some(file => file.root === root && file.sources.length >= sources),
	);
}

export const isHere = async (peer: TestPeer, content: Uint8Array, fileName = bigName) =>
	Buffer.from(content).equals((await contentOf(peer.dir, fileName)) ?? new Uint8Array());

export const bytesHere = (peer: TestPeer) => peer.core.sample().running[0]?.bytes ?? 0;

/** Notices that speak ill of somebody. */
export const blames = (peer: TestPeer, who: string) =>
	peer.notices.filter(text => text.includes(who) && !text.startsWith('Fetched'));
