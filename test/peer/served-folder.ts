import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {OfferedParts} from '../../source/peer/offered-parts.js';
import {PeerPort} from '../../source/peer/peer-port.js';
import {readSmall} from '../../source/peer/read-small.js';
import {Share} from '../../source/peer/share.js';
import {UploadTurns} from '../../source/peer/upload-turns.js';
import type {Wire} from '../../source/protocol/wire.js';
import {temporaryFolder} from '../wait.js';
import {put} from './files.js';

export type Upload = {
	name: string;
	peer: string;
	bytes: number;
	isOver: boolean;
	error?: unknown;
};

export type ServedFolder = {
	folder: string;
	port: number;
	share: Share;
	uploads: Upload[];
	details: string[];
	peerPort: PeerPort;
};

/** Turns that take as long as a test wants each block to take. */
class PacedTurns extends UploadTurns {
	constructor(
		signal: AbortSignal,
		private readonly pace: ((bytes: number) => Promise<void>) | undefined,
	) {
		super(signal);
	}

	override async take(key: string, bytes: number): Promise<() => void> {
		const release = await super.take(key, bytes);
		await this.pace?.(bytes);
		return release;
	}
}

/** A folder with some files, served on a free port. The folder around it is the test's own, too. */
export async function serveFolder(
	files: Record<string, string | Uint8Array>,
	{
		name = 'served',
		pace,
		port = 0,
		wire,
	}: {
		name?: string;
		pace?: (bytes: number) => Promise<void>;
		port?: number;
		wire?: Wire;
	} = {},
): Promise<ServedFolder> {
	const folder = path.join(await temporaryFolder(), 'share');
	await mkdir(folder);
	for (const [file, content] of Object.entries(files)) {
		await put(folder, file, content);
	}

	const stop = new AbortController();
	const share = new Share({
		root: folder,
		signal: stop.signal,
		onChange() {},
		onProblem() {},
	});
	await share.scan();
	const uploads: Upload[] = [];
	const details: string[] = [];
	const peerPort = new PeerPort({
		share,
		name,
		signal: stop.signal,
		turns: new PacedTurns(stop.signal, pace),
		wire,
		parts: new OfferedParts(() => {}),
		readSmall: async file => readSmall(share.inside, file),
		beginUpload({name: file, peer}) {
			const upload: Upload = {name: file, peer, bytes: 0, isOver: false};
			uploads.push(upload);
			return {
				sent(bytes) {
					upload.bytes += bytes;
				},
				end(error) {
					upload.isOver = true;
					upload.error = error;
				},
			};
		},
		onDetail(text) {
			details.push(text);
		},
	});
	onTestFinished(async () => {
		stop.abort();
		await peerPort.close();
		await share.close();
	});
	const listening = await peerPort.listen('127.0.0.1', port);
	return {folder, port: listening.port, share, uploads, details, peerPort};
}
