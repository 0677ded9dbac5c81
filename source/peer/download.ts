import type {Agent} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import prettyBytes from 'pretty-bytes';
import {PeerError, TransferError} from '../protocol/errors.js';
import type {FileEntry} from '../protocol/messages.js';
import {Backoff} from './backoff.js';
import type {ClassicSources} from './classic-source.js';
import {commitFile} from './commit-file.js';
import type {Source} from './events.js';
import {sourceLabel, type FileAnswer} from './file-answer.js';
import {askHttp} from './http-source.js';
import type {Inside} from './inside.js';
import {PartialFile} from './partial-file.js';
import type {StateFolder} from './state-folder.js';

/** What all downloads of a peer have in common. */
export type DownloadContext = {
	inside: Inside;
	folder: StateFolder;
	agent: Agent;
	classic: ClassicSources;
	ownName: string;
	/** Who holds this version now; asked anew before each round. */
	sourcesOf: (file: FileEntry) => Source[];
	/** Whether a source speaks only the class protocol. */
	isClassic: (source: Source) => boolean;
	onBytes: (bytes: number) => void;
};

export type DownloadOptions = {
	file: FileEntry;
	signal: AbortSignal;
	/** A source is asked now, and the bytes that are here already. */
	onSource: (source: Source, partial: PartialFile) => void;
	/** A source is not asked again for this file, and why: what it offers is not what it announced. */
	onRefused: (reason: string) => void;
};

export type DownloadResult = {
	/** The replaced file is in the versions folder. */
	hasKeptVersion: boolean;
	bytes: number;
	/** The answer had no byte, and nobody could say whether that is the file. */
	isEmptyGuess: boolean;
};

/** How often all sources are asked in a row without one of them sending a byte. */
const maxIdleRounds = 3;

/**
Fetch one file into its place in the share, from one source after the other, going on where the last has stopped.

@throws {TransferError} When no source could give it; says why of the last that failed.
@throws What the signal was aborted with.
*/
export async function download(context: DownloadContext, options: DownloadOptions): Promise<DownloadResult> {
	const {file, signal} = options;
	const partial = await PartialFile.open(context.folder.partials, file);
	let isDone = false;
	try {
		const isEmptyGuess = await fetchAll(context, options, partial);
		signal.throwIfAborted();
		await partial.finish(file.mtime);
		const {inside, folder} = context;
		const {name, mtime} = file;
		const hasKeptVersion = await commitFile({
			inside,
			versions: folder.versions,
			from: partial.path,
			name,
			mtime,
		});
		isDone = true;
		return {hasKeptVersion, bytes: partial.bytes, isEmptyGuess};
	} finally {
		await partial.close({isDone});
	}
}

async function fetchAll(context: DownloadContext, options: DownloadOptions, partial: PartialFile): Promise<boolean> {
	const {file, signal} = options;
	const backoff = new Backoff();
	const refused = new Set<string>();
	let problem: PeerError = new TransferError('nobody who holds it is here any more');
	for (let idleRounds = 0; idleRounds < maxIdleRounds; idleRounds++) {
		const sources = context.sourcesOf(file).filter(source => !refused.has(keyOf(source)));
		if (sources.length === 0) {
			break;
		}

		for (const source of sources) {
			const before = partial.bytes;
			try {
				return await fetchFrom(context, {...options, source}, partial);
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
					refused.add(keyOf(source));
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

const keyOf = ({ip, port}: Source) => `${ip} ${port}`;

/** @returns Whether an answer without a byte was taken for an empty file. */
async function fetchFrom(
	context: DownloadContext,
	{file, source, signal, onSource}: DownloadOptions & {source: Source},
	partial: PartialFile,
): Promise<boolean> {
	onSource(source, partial);
	if (file.size !== undefined && partial.bytes === file.size && file.size > 0) {
		return false;
	}

	const who = sourceLabel(source);
	const question = {
		source,
		file,
		offset: partial.bytes,
		ownName: context.ownName,
		signal,
	};
	const answer: FileAnswer = context.isClassic(source)
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

			context.onBytes(chunk.length);
			await partial.write(chunk);
		}
	} catch (error) {
		answer.cancel();
		throw error;
	}

	await partial.flush();
	if (size !== undefined && partial.bytes < size) {
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
