import {statfs} from 'node:fs/promises';
import {setTimeout as delay} from 'node:timers/promises';
import prettyBytes from 'pretty-bytes';
import {codeOf, TransferError} from '../protocol/errors.js';
import {downloadContent, isKnown} from './content-download.js';
import {
	downloadWhole,
	type DownloadContext,
	type DownloadOptions,
	type DownloadResult,
	type DownloadView,
} from './download.js';
import {isSmall} from './small-files.js';

/** How often a full disk is looked at. */
const lookMs = 1000;

/** Space that a file needs whose size is not known. */
const someBytes = 16 * 1024 * 1024;

/**
Fetch a file into its place in the share in the best way there is: piece by piece from all who have its content; whole where it
is small, or nobody knows its content. On a full disk it waits until there is space.

@throws {TransferError} When no source could give it; says why of the last that failed.
@throws What the signal was aborted with, or the disk answered.
*/
export async function fetchFile(context: DownloadContext, options: DownloadOptions): Promise<DownloadResult> {
	for (;;) {
		let view: DownloadView | undefined;
		try {
			return await fetchNow(context, {
				...options,
				onStart(started) {
					view = started;
					options.onStart(started);
				},
			});
		} catch (error) {
			options.signal.throwIfAborted();
			if (!['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')) {
				throw error;
			}
		}

		const bytes = view?.bytes ?? 0;
		await spaceFor(context, options, (options.file.size ?? bytes + someBytes) - bytes);
	}
}

async function fetchNow(context: DownloadContext, options: DownloadOptions): Promise<DownloadResult> {
	const {file, signal} = options;
	const sources = context.sourcesOf(file);
	// What is fetched by one request comes from one who has all of it.
	const hasPeer = sources.some(({isClassic, isPartial}) => !isClassic && !(isPartial && isSmall(file)));
	if (!isKnown(file) || !hasPeer) {
		return downloadWhole(context, options);
	}

	try {
		return await (isSmall(file)
			? context.smallFiles.download(context, {...options, file})
			: downloadContent(context, {...options, file}));
	} catch (error) {
		signal.throwIfAborted();
		// Peers of ours that do not give it, or lie, must not keep it from coming from a class program, whose bytes are proven, too.
		if (error instanceof TransferError && sources.some(({isClassic}) => isClassic)) {
			return downloadWhole(context, options);
		}

		throw error;
	}
}

/** Wait until the disk has room for what is missing. */
async function spaceFor({folder}: DownloadContext, {signal, onWaiting}: DownloadOptions, bytes: number): Promise<void> {
	onWaiting(`the disk is full; it goes on when ${prettyBytes(bytes)} are free`);
	for (;;) {
		await delay(lookMs, undefined, {signal});
		const {bavail, bsize} = await statfs(folder.partials);
		if (bavail * bsize >= bytes) {
			onWaiting(undefined);
			return;
		}
	}
}
