import {readdir} from 'node:fs/promises';
import prettyBytes from 'pretty-bytes';
import {formatAddress} from '../protocol/address.js';
import {codeOf, reasonOf, UsageError} from '../protocol/errors.js';
import {count} from '../ui/format.js';
import {fit} from '../ui/text.js';
import {lookAround} from '../peer/look-around.js';
import type {RemoteFile, RemotePeer} from '../peer/events.js';
import type {Arguments} from './arguments.js';
import {checkHost, localTracker} from './find-tracker.js';

/** Print who is there and what they hold. */
export async function ls({tracker, dir, port, name, isJson}: Arguments): Promise<number> {
	const address = await checkHost(tracker ?? localTracker);
	await checkReadable(dir);
	const {peers, files} = await lookAround({tracker: address, dir, port, name});
	// Versions of one name stay as they are told: the newest first.
	files.sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
	console.log(isJson ? listJson(peers, files) : listText(peers, files));
	return 0;
}

/** A folder that is not there yet has nothing; one that can not be read is a mistake. */
async function checkReadable(dir: string): Promise<void> {
	try {
		await readdir(dir);
	} catch (error) {
		if (codeOf(error) !== 'ENOENT') {
			throw new UsageError(`The folder ${dir} can not be read: ${reasonOf(error)}`, {cause: error});
		}
	}
}

function listJson(peers: RemotePeer[], files: RemoteFile[]): string {
	return JSON.stringify({
		peers: peers.map(({name, ip, port, files: held}) => ({
			name,
			ip,
			port,
			files: held,
		})),
		files: files.map(({name, size, mtime, root, sources, state}) => ({
			name,
			// A classic peer does not tell the size, nor the content id.
			size: size ?? null,
			mtime,
			root: root ?? null,
			sources: sources.map(({ip, port}) => ({ip, port})),
			state,
		})),
	});
}

function listText(peers: RemotePeer[], files: RemoteFile[]): string {
	const peerLines = peers.map(({name, ip, port, files: held}) => {
		const address = formatAddress({host: ip, port});
		return `${fit(name || 'classic', 16)} ${address.padEnd(21)} ${count(held, 'file')}`;
	});
	const fileLines = files.map(({label, size, mtime, sources, state}) => {
		const changed = new Date(mtime * 1000).toISOString().slice(0, 16).replace('T', ' ');
		const bytes = size === undefined ? '?' : prettyBytes(size);
		return `${state.padEnd(7)} ${bytes.padStart(8)}  ${changed}  ${String(sources.length).padStart(3)}  ${label}`;
	});
	const heads = {
		peers: peers.length === 0 ? 'Nobody is here' : count(peers.length, 'peer'),
		files: `${count(files.length, 'file')} (state, size, changed UTC, held by, name)`,
	};
	return [heads.peers, ...peerLines, ...(files.length > 0 ? ['', heads.files, ...fileLines] : [])].join('\n');
}
