import type {FileHandle} from 'node:fs/promises';
import {codeOf} from '../protocol/errors.js';
import type {FileVersion} from '../protocol/file-version.js';
import {safeText} from '../protocol/safe-text.js';
import type {OfferedParts} from './offered-parts.js';
import type {SmallRead} from './read-small.js';
import {sendFile, type SendOptions} from './send-file.js';
import type {Share} from './share.js';
import type {UploadTurns} from './upload-turns.js';
import type {Upload} from './uploads.js';
import type {PortWatch} from './wire-tap.js';

/** Follows one upload from its first byte to its end. */
export type UploadLog = {
	sent: (bytes: number) => void;
	/** @param error - Why it was cut short, if it was. */
	end: (error?: unknown) => void;
};

/** What the three ways of serving a file need. */
export type ServeContext = PortWatch & {
	share: Share;
	/** What this peer calls itself. */
	name: string;
	signal: AbortSignal;
	turns: UploadTurns;
	/** Reads a small shared file whole; undefined when that can not be done. */
	readSmall: (name: string) => Promise<SmallRead | undefined>;
	/** Contents that are on their way in, and the pieces of them that are here. */
	parts: OfferedParts;
	beginUpload: (upload: Upload) => UploadLog;
};

/** A shared file, open, as it is at this moment. */
export type ServedFile = {
	name: string;
	handle: FileHandle;
	version: FileVersion;
	/** Its content id, where it is known and the file is what it was when it was worked out. */
	root?: string | undefined;
	isUnchanged: () => Promise<boolean>;
};

/** Who asks, and for what of a file. */
export type Asked = Pick<SendOptions, 'range'> & {
	/** How the other side is shown. */
	peer: string;
	/** Whose turn it is: one for all connections of a peer. */
	requester: string;
	/** It is a part of many. */
	isPiecewise?: boolean;
};

/**
Open a file that is in the share.

@returns undefined when there is no such file, or none any more.
@throws {NodeJS.ErrnoException} When the file is there and can not be opened.
*/
export async function openServed(share: Share, name: string): Promise<ServedFile | undefined> {
	if (!share.files.has(name)) {
		return undefined;
	}

	try {
		const handle = await share.inside.open(name);
		const stats = await handle.stat();
		const isUnchanged = async () => {
			const {size, mtimeMs} = await handle.stat();
			return size === stats.size && mtimeMs === stats.mtimeMs;
		};

		return {name, handle, version: share.versionOf(name, stats), root: share.rootOf(name, stats), isUnchanged};
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ENOENT') {
			void share.refresh(name);
			return undefined;
		}

		throw error;
	}
}

/** Send a part of an open file and keep the log of it. Does not end the target, nor close the file. */
export async function upload(
	context: ServeContext,
	file: ServedFile,
	target: Parameters<typeof sendFile>[1],
	{range, peer, requester, isPiecewise = false}: Asked,
): Promise<void> {
	const {name, handle, version, isUnchanged} = file;
	const log = context.beginUpload({
		name,
		label: safeText(name),
		size: version.size,
		from: range.start,
		peer,
		requester,
		isPiecewise,
	});
	try {
		if (range.end >= range.start) {
			await sendFile(handle, target, {
				range,
				isUnchanged,
				signal: context.signal,
				blockBytes: context.turns.blockBytes,
				turn: async bytes => context.turns.take(requester, bytes),
				onSent: log.sent,
			});
		}

		log.end();
	} catch (error) {
		log.end(error);
		throw error;
	}
}
