import type {Agent} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import prettyBytes from 'pretty-bytes';
import {PeerError, TransferError} from '../protocol/errors.js';
import type {FileEntry} from '../protocol/messages.js';
import type {Wire} from '../protocol/wire.js';
import {Backoff} from './backoff.js';
import type {ClassicSources} from './classic-source.js';
import type {Source} from './events.js';
import {sourceLabel, type FileAnswer} from './file-answer.js';
import {askHttp} from './http-source.js';
import type {Inside} from './inside.js';
import type {OfferedParts} from './offered-parts.js';
import {PartialFile} from './partial-file.js';
import type {PieceStore} from './piece-store.js';
import type {RateLimit} from './rate-limit.js';
import {rootOfFile} from './root-of-file.js';
import type {SmallFiles} from './small-files.js';
import type {Stamp} from './stamp.js';
import type {StateFolder} from './state-folder.js';
import type {PieceView, SourceView} from './swarm-download.js';

/** What all downloads of a peer have in common. */
export type DownloadContext = {
	inside: Inside;
	folder: StateFolder;
	agent: Agent;
	classic: ClassicSources;
	ownName: string;
	/** Verifies and writes pieces. */
	store: PieceStore;
	/** What others can have of it meanwhile. */
	parts: OfferedParts;
	smallFiles: SmallFiles;
	downLimit: RateLimit | undefined;
	wire?: Wire | undefined;
	/** Who holds this version now, or parts of it: whole holders first. Asked anew whenever it matters. */
	sourcesOf: (file: FileEntry) => Source[];
	/** Bytes of a file, as far as anybody tells by now. */
	sizeOf: (file: FileEntry) => number | undefined;
	/** Whether a source knows the content by this name. */
	holdsName: (source: Source, name: string) => boolean;
	/** Which of those who fetch a content now this peer is. */
	shareOf: (root: string) => {index: number; of: number};
	/** Call back when the directory has changed. @returns Ends that. */
	onDirectory: (callback: () => void) => () => void;
	onBytes: (bytes: number, source: Source) => void;
	/** A connection to a source took so long to be there. */
	onConnected?: (source: Source, rttMs: number) => void;
	/** A file has come to its place. */
	onArrived: (file: FileEntry, stamp: Stamp) => void;
};

/** A running download, for the screen. */
export type DownloadView = {
	/** Bytes that are here: verified, where the content is known. */
	readonly bytes: number;
	/** How each source does. */
	readonly sources?: SourceView[];
	/** Which pieces are here, asked for, and offered. */
	readonly pieces?: PieceView;
};

export type DownloadOptions = {
	file: FileEntry;
	signal: AbortSignal;
	/** It has begun, after what an earlier run has left was looked at. */
	onStart: (view: DownloadView) => void;
	/** It comes from these now. */
	onSources: (sources: readonly Source[]) => void;
	/** It has to wait, for space on the disk say; undefined when it goes on. */
	onWaiting: (reason: string | undefined) => void;
	/** A source is not asked again for this file, and why: what it offers is not what it announced. */
	onRefused: (reason: string) => void;
};

export type DownloadResult = {
	/** The replaced file is in the versions folder. */
	hasKeptVersion: boolean;
	bytes: number;
	/** The answer had no byte, and nobody could say whether that is the file. */
	isEmptyGuess: boolean;
	/** Who gave any of it, those who gave most first. */
	from: Source[];
};

/** How often all sources are asked in a row without one of them sending a byte. */
const maxIdleRounds = 3;

/**
Fetch a file whose content is not known, or of which only class programs have it, into its place in the share: whole, from one
source after the other, going on where the last has stopped.

@throws {TransferError} When no source could give it; says why of the last that failed.
@throws What the signal was aborted with.
*/
export async function downloadWhole(context: DownloadContext, options: DownloadOptions): Promise<DownloadResult> {
	const {file, signal} = options;
	const partial = await PartialFile.open(context.folder.partials, file);
	let isDone = false;
	try {
		const {isEmptyGuess, from} = await fetchAll(context, options, partial);
		signal.throwIfAborted();
		await partial.finish(file.mtime);
		const {name, mtime} = file;
		const {hasKeptVersion, stamp} = await context.store.commit({from: partial.path, name, mtime});
		isDone = true;
		context.onArrived(file, stamp);
		return {hasKeptVersion, bytes: partial.bytes, isEmptyGuess, from: [from]};
	} finally {
		await partial.close({isDone});
	}
}

async function fetchAll(
	context: DownloadContext,
	options: DownloadOptions,
	partial: PartialFile,
): Promise<{isEmptyGuess: boolean; from: Source}> {
	const {file, signal} = options;
	options.onStart(partial);
	const backoff = new Backoff();
	const refused = new Set<string>();
	let problem: PeerError = new TransferError('nobody who holds it is here any more');
	for (let idleRounds = 0; idleRounds < maxIdleRounds; idleRounds++) {
		const sources = context
			.sourcesOf(file)
			.filter(source => !source.isPartial && !refused.has(source.key) && context.holdsName(source, file.name));
		if (sources.length === 0) {
			break;
		}

		for (const source of sources) {
			const before = partial.bytes;
			try {
				const isEmptyGuess = await fetchFrom(context, {...options, source}, partial);
				await refuseWrong(file, partial, source);
				return {isEmptyGuess, from: source};
			} catch (error) {
				signal.throwIfAborted();
				if (!(error instanceof PeerError)) {
					throw error;
				}

				problem = error;
				if (partial.bytes > before) {
					idleRounds = 0;
					backoff.reset();
				}

				if (error instanceof TransferError && error.isFinal) {
					refused.add(source.key);
					options.onRefused(error.message);
				}
			}
		}

		if (idleRounds + 1 < maxIdleRounds) {
			await delay(backoff.nextMs(), undefined, {signal});
		}
	}

	throw problem;
}

/** A content that is known has to be that: it came whole from this source. */
async function refuseWrong(file: FileEntry, partial: PartialFile, source: Source): Promise<void> {
	if (file.root !== undefined && (await rootOfFile(partial.path)) !== file.root) {
		await partial.restart();
		throw new TransferError(`${sourceLabel(source)} sent wrong bytes`, {isFinal: true});
	}
}

/** @returns Whether an answer without a byte was taken for an empty file. */
async function fetchFrom(
	context: DownloadContext,
	{file, source, signal, onSources}: DownloadOptions & {source: Source},
	partial: PartialFile,
): Promise<boolean> {
	onSources([source]);
	if (file.size !== undefined && partial.bytes === file.size && file.size > 0) {
		return false;
	}

	const who = sourceLabel(source);
	const question = {
		source,
		file,
		offset: partial.bytes,
		ownName: context.ownName,
		wire: context.wire,
		signal,
	};
	const answer: FileAnswer = source.isClassic
		? await context.classic.ask(question)
		: await askHttp(context.agent, question);
	let size: number | undefined;
	try {
		size = sizeOf(file, answer, who);
		if (answer.start !== partial.bytes) {
			await partial.restart();
		}

		for await (const chunk of answer.body) {
			if (size !== undefined && partial.bytes + chunk.length > size) {
				// What a liar has sent is not to be mixed with what others send.
				await partial.restart();
				throw new TransferError(`${who} sent more than the ${prettyBytes(size)} it announced`, {isFinal: true});
			}

			context.onBytes(chunk.length, source);
			await context.downLimit?.pass(chunk.length, signal);
			await partial.write(chunk);
		}
	} catch (error) {
		answer.cancel();
		throw error;
	}

	await partial.flush();
	// A class program does not tell the size; somebody else may have, meanwhile.
	const announced = size ?? context.sizeOf(file);
	if (announced !== undefined && partial.bytes < announced) {
		throw new TransferError(`${who} closed the connection after ${prettyBytes(partial.bytes)}`);
	}

	if (size === undefined && partial.bytes === 0) {
		await refuseEmptyGuess(context, file, who);
		return true;
	}

	return false;
}

function sizeOf(file: FileEntry, answer: FileAnswer, who: string): number | undefined {
	if (answer.size === undefined || file.size === undefined || answer.size === file.size) {
		return file.size ?? answer.size;
	}

	const expected = `${prettyBytes(file.size)} were announced`;
	throw new TransferError(`${who} offers ${prettyBytes(answer.size)} where ${expected}`, {isFinal: true});
}

/**
A classic peer sends nothing for an empty file and nothing for one it no longer has. Where there is no copy here, an empty
file does no harm; a copy is not replaced by what may be nothing.
*/
async function refuseEmptyGuess({inside}: DownloadContext, {name}: FileEntry, who: string): Promise<void> {
	const handle = await inside.open(name).catch(() => undefined);
	await handle?.close();
	if (handle) {
		throw new TransferError(`${who} answered without a byte; the copy here is kept`, {isFinal: true});
	}
}
