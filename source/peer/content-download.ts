import {randomInt} from 'node:crypto';
import {PeerError, TransferError} from '../protocol/errors.js';
import {contentPathOf} from '../protocol/http-path.js';
import {limits} from '../protocol/limits.js';
import {hashBytes, pieceCountOf, rootOfLayer} from '../protocol/merkle.js';
import type {FileEntry} from '../protocol/messages.js';
import {BytesSink} from './bytes-sink.js';
import {ClassicLink} from './classic-link.js';
import type {DownloadContext, DownloadOptions, DownloadResult} from './download.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';
import {HttpLink} from './http-link.js';
import {PeerConnection} from './peer-connection.js';
import {openPiecePartial} from './piece-partial.js';
import type {PieceFile} from './piece-store.js';
import type {LinkEvents} from './source-link.js';
import {SwarmDownload} from './swarm-download.js';

/** A file whose content is known. */
export type KnownFile = FileEntry & {size: number; root: string};

export const isKnown = (file: FileEntry): file is KnownFile => file.root !== undefined && file.size !== undefined;

/**
Fetch a content by its pieces into its place in the share, from all who have it or parts of it, and offer to others what is here.

@throws {TransferError} When no source could give it; says why of the last that failed.
@throws What the signal was aborted with, or the disk answered.
*/
export async function downloadContent(
	context: DownloadContext,
	options: DownloadOptions & {file: KnownFile},
): Promise<DownloadResult> {
	const {file, signal} = options;
	const {folder, store, parts} = context;
	const refused = new Set<string>();
	const layer = await findLayer(context, options, refused);
	signal.throwIfAborted();
	const partial = await openPiecePartial(folder.partials, file);
	let pieces: PieceFile | undefined;
	let isOffered = false;
	let isDone = false;
	try {
		const {path, journalPath} = partial;
		const {name, root, size, mtime} = file;
		pieces = await store.open({path, journalPath, size, layer});
		signal.throwIfAborted();
		isOffered = await parts.offer({root, name, size, layer, path, have: pieces.good, count: pieceCountOf(size)});
		const from = await fetchPieces(context, options, {pieces, refused, isOffered});
		await pieces.finish(mtime);
		const {hasKeptVersion, stamp} = await store.commit({from: path, name, mtime});
		isDone = true;
		context.onArrived(file, stamp);
		return {hasKeptVersion, bytes: size, isEmptyGuess: false, from};
	} finally {
		if (isOffered) {
			await parts.withdraw(file.root);
		}

		await pieces?.close();
		await partial.close({isDone});
	}
}

async function fetchPieces(
	context: DownloadContext,
	options: DownloadOptions & {file: KnownFile},
	{pieces, refused, isOffered}: {pieces: PieceFile; refused: Set<string>; isOffered: boolean},
): Promise<Source[]> {
	const {file, signal} = options;
	const {store, agent, classic, ownName, downLimit: limit, parts, wire} = context;
	const {root, size} = file;
	const requests = new Map<number, LinkEvents>();
	const swarm = new SwarmDownload({
		size,
		good: pieces.good,
		signal,
		sources: () => context.sourcesOf(file).filter(({key}) => !refused.has(key)),
		share: () => context.shareOf(root),
		connect(source, events) {
			const counted = {
				...events,
				onBytes(bytes: number) {
					context.onBytes(bytes, source);
					events.onBytes(bytes);
				},
			};
			return source.isClassic
				? new ClassicLink({source, file, classic, store, pieces, ownName, limit, wire, requests, events: counted})
				: new HttpLink({
						source,
						root,
						size,
						store,
						file: pieces,
						agent,
						ownName,
						limit,
						wire,
						onConnected(rttMs) {
							context.onConnected?.(source, rttMs);
						},
						requests,
						events: counted,
					});
		},
		onPiece(piece) {
			if (isOffered) {
				parts.add(root, piece);
			}
		},
		onComing(run) {
			if (isOffered) {
				parts.coming(root, run);
			}
		},
		onRefused: options.onRefused,
		onSources: options.onSources,
	});
	pieces.listen({
		onPiece(request, piece, isGood) {
			requests.get(request)?.onPiece(piece, isGood);
		},
		onFailed(error) {
			swarm.fail(error);
		},
	});
	options.onStart(swarm);
	const release = context.onDirectory(() => {
		swarm.refresh();
	});
	try {
		await swarm.run();
	} finally {
		release();
	}

	return swarm.givers;
}

/**
The hashes of all pieces, from anybody who has them: what proves to be of this root is as good from a stranger.

@throws {TransferError} When nobody gives it.
*/
async function findLayer(
	context: DownloadContext,
	{file, signal, onRefused}: DownloadOptions & {file: KnownFile},
	refused: Set<string>,
): Promise<Uint8Array> {
	const {root, size} = file;
	const sources = context.sourcesOf(file).filter(({isClassic}) => !isClassic);
	let problem: PeerError = new TransferError('nobody who holds it is here any more');
	// Not all newcomers ask the same one.
	while (sources.length > 0) {
		const [source] = sources.splice(randomInt(sources.length), 1);
		try {
			const stallMs = sources.length > 0 ? limits.sourceStallMs : limits.transferIdleTimeoutMs;
			const length = pieceCountOf(size) * hashBytes;
			const layer = await askLayer(context, source!, {root, length, stallMs, signal});
			if (rootOfLayer(layer, size) === root) {
				return layer;
			}

			refused.add(source!.key);
			problem = new TransferError(`${sourceLabel(source!)} sent a forged piece layer`, {isFinal: true});
			onRefused(`${problem.message}; nothing of it is asked there`);
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof PeerError)) {
				throw error;
			}

			problem = error;
		}
	}

	throw problem;
}

async function askLayer(
	{ownName, wire}: DownloadContext,
	source: Source,
	{root, length, stallMs, signal}: {root: string; length: number; stallMs: number; signal: AbortSignal},
): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		const sink = new BytesSink(length);
		const connection = new PeerConnection({
			source,
			ownName,
			wire,
			limit: undefined,
			onBytes() {},
			onClosed(error) {
				signal.removeEventListener('abort', onAbort);
				reject(error);
			},
		});
		connection.expectWithin(stallMs);
		const onAbort = () => {
			connection.close();
			reject(signal.reason as Error);
		};

		signal.addEventListener('abort', onAbort, {once: true});
		connection.get({
			path: contentPathOf(root, 'layer'),
			length,
			sink,
			onDone() {
				signal.removeEventListener('abort', onAbort);
				connection.close();
				resolve(sink.bytes);
			},
		});
	});
}
