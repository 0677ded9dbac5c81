import type {IncomingMessage, ServerResponse} from 'node:http';
import {contentOfPath, type ContentPart} from '../protocol/http-path.js';
import {parseRange, type ByteRange} from '../protocol/http-range.js';
import {limits} from '../protocol/limits.js';
import {pieceBytesOf, pieceCountOf} from '../protocol/merkle.js';
import {encodePieces, piecesType} from '../protocol/piece-set.js';
import {safeText} from '../protocol/safe-text.js';
import {describePieces} from '../protocol/wire-http.js';
import {answerText, callerOf, requesterOf} from './http-answer.js';
import {reading, type Follower, type OfferedPart} from './offered-parts.js';
import {openServed, upload, type ServeContext, type ServedFile} from './served-file.js';
import {callerTap} from './wire-tap.js';

/** New pieces are gathered this long before followers are told. */
const tellMs = 50;

/** A line without news, so that a quiet stream is not taken for a dead one. */
const beatMs = 10_000;

type Exchange = {context: ServeContext; request: IncomingMessage; response: ServerResponse; root: string};

let followers = 0;

/**
Answer what is asked about a content by its root: `GET /content/<root>` its bytes, with a range; `…/layer` the hashes of its pieces; `…/pieces`
which pieces are here, and while it is fetched, which have come.

@throws When an answer was cut short after its head went out.
*/
export async function answerContent(exchange: Exchange, part: ContentPart, ahead?: SmallAnswer): Promise<void> {
	const {context, root, response} = exchange;
	response.setHeader('etag', `"${root}"`);
	const small = await ahead;
	if (small) {
		await answerSmall(exchange, small);
		return;
	}

	const offered = context.parts.get(root);
	if (offered) {
		await answerPart(exchange, part, offered);
		return;
	}

	const file = await openContent(context, root);
	if (!file) {
		answerText(response, 404, 'No such content is shared here');
		return;
	}

	try {
		await answerWhole(exchange, part, file);
	} finally {
		await file.handle.close();
	}
}

/** A small content that is read before its turn to be sent has come; undefined when it has to be looked for in the usual way. */
export type SmallAnswer = Promise<{name: string; bytes: Uint8Array} | undefined>;

/**
A small content that is asked for whole can be read while others are still being sent: of a thousand of them none waits for the
disk by itself.

@returns undefined for any other question.
*/
export function readAhead(
	{share, readSmall}: ServeContext,
	{method, url, headers}: IncomingMessage,
): SmallAnswer | undefined {
	const content = contentOfPath(url ?? '');
	const name = content?.part === 'bytes' ? share.byRoot(content.root) : undefined;
	const file = name === undefined ? undefined : share.files.get(name);
	if (method !== 'GET' || headers.range !== undefined || !file || file.size > limits.maxSmallFileBytes) {
		return undefined;
	}

	return readSmall(file.name).then(
		read => {
			const isIt = read !== undefined && share.rootOf(file.name, read.stamp) === content!.root;
			return isIt ? {name: file.name, bytes: read.bytes} : undefined;
		},
		() => undefined,
	);
}

async function answerSmall(
	{context, request, response}: Exchange,
	{name, bytes}: {name: string; bytes: Uint8Array},
): Promise<void> {
	const release = await context.turns.take(requesterOf(request), bytes.length);
	const log = context.beginUpload({
		name,
		label: safeText(name),
		size: bytes.length,
		from: 0,
		peer: callerOf(request),
		requester: requesterOf(request),
		isPiecewise: true,
	});
	setBytesHeaders(response);
	response.setHeader('content-length', bytes.length);
	response.end(bytes);
	release();
	log.sent(bytes.length);
	log.end();
}

/** A shared file of this content, as long as it is what it was when its root was worked out. */
async function openContent({share}: ServeContext, root: string): Promise<ServedFile | undefined> {
	const name = share.byRoot(root);
	const file = name === undefined ? undefined : await openServed(share, name);
	if (file && file.root !== root) {
		await file.handle.close();
		void share.refresh(file.name);
		return undefined;
	}

	return file;
}

async function answerWhole(exchange: Exchange, part: ContentPart, file: ServedFile): Promise<void> {
	const {context, response, root} = exchange;
	const {size} = file.version;
	switch (part) {
		case 'bytes': {
			await answerBytes(exchange, file, () => true);
			break;
		}

		case 'layer': {
			const layer = await context.share.layerOf(root);
			if (layer) {
				answerLayer(response, layer);
			} else {
				answerText(response, 404, 'No such content is shared here');
			}

			break;
		}

		case 'pieces': {
			response.setHeader('content-type', piecesType);
			const line = firstLine(size, `0-${pieceCountOf(size) - 1}`);
			response.end(`${line}\n`);
			seeLine(exchange, line);
		}
	}
}

async function answerPart(exchange: Exchange, part: ContentPart, offered: OfferedPart): Promise<void> {
	const {response} = exchange;
	const {name, size, layer, have, handle} = offered;
	switch (part) {
		case 'bytes': {
			const pieceBytes = pieceBytesOf(size);
			await reading(offered, async () => {
				const file = {name, handle, version: {size, mtime: 0}, isUnchanged: async () => true};
				await answerBytes(exchange, file, ({start, end}) => {
					const first = Math.floor(start / pieceBytes);
					return have.hasRun({first, count: Math.floor(end / pieceBytes) - first + 1});
				});
			});
			break;
		}

		case 'layer': {
			answerLayer(response, layer);
			break;
		}

		case 'pieces': {
			follow(offered, exchange);
		}
	}
}

function answerLayer(response: ServerResponse, layer: Uint8Array): void {
	response.setHeader('content-type', 'application/octet-stream');
	response.setHeader('content-length', layer.length);
	response.end(layer);
}

async function answerBytes(
	{context, request, response}: Exchange,
	file: ServedFile,
	isHere: (range: ByteRange) => boolean,
): Promise<void> {
	const {size} = file.version;
	const range = parseRange(request.headers.range, size);
	const sent = range ?? {start: 0, end: size - 1};
	setBytesHeaders(response);
	if (sent === 'unsatisfiable' || (size > 0 && !isHere(sent))) {
		response.setHeader('content-range', `bytes */${size}`);
		answerText(response, 416, 'These bytes are not here, or not yet');
		return;
	}

	if (range) {
		response.setHeader('content-range', `bytes ${sent.start}-${sent.end}/${size}`);
	}

	response.setHeader('content-length', sent.end - sent.start + 1);
	response.writeHead(range ? 206 : 200);
	if (request.method !== 'HEAD') {
		await upload(context, file, response, {
			range: sent,
			peer: callerOf(request),
			requester: requesterOf(request),
			isPiecewise: true,
		});
	}

	response.end();
}

function setBytesHeaders(response: ServerResponse): void {
	response.setHeader('accept-ranges', 'bytes');
	response.setHeader('content-type', 'application/octet-stream');
	// A stranger's page must not run as ours in a browser.
	response.setHeader('content-security-policy', 'sandbox');
	response.setHeader('x-content-type-options', 'nosniff');
}

const firstLine = (size: number, have: string) => JSON.stringify({size, pieceBytes: pieceBytesOf(size), have});

/** Tell of a line about pieces, behind the head that it follows. */
function seeLine({context, request}: Exchange, line: string): void {
	if (request.method !== 'HEAD') {
		callerTap(context, request.socket, request)('out', () => describePieces(line));
	}
}

/** Tell which pieces there are, and go on telling which come, until there are no more to come or nobody listens. */
function follow(part: OfferedPart, exchange: Exchange): void {
	const {request, response} = exchange;
	response.setHeader('content-type', piecesType);
	if (request.method === 'HEAD') {
		response.end();
		return;
	}

	if (followers >= limits.maxPieceFollowers) {
		answerText(response, 503, 'Too many follow what comes in here');
		return;
	}

	const write = (line: string) => {
		response.write(`${line}\n`);
		seeLine(exchange, line);
	};

	followers++;
	const news = {have: new Set<number>(), coming: new Set<number>()};
	let timer: NodeJS.Timeout | undefined;
	const tell = () => {
		clearTimeout(timer);
		timer = undefined;
		const line: Record<string, string> = {};
		for (const [key, pieces] of Object.entries(news)) {
			if (pieces.size > 0) {
				line[key] = encodePieces([...pieces].toSorted((a, b) => a - b));
				pieces.clear();
			}
		}

		if (Object.keys(line).length > 0) {
			write(JSON.stringify(line));
		}
	};

	const follower: Follower = {
		onPiece(piece) {
			news.have.add(piece);
			timer ??= setTimeout(tell, tellMs);
		},
		onComing({first, count}) {
			for (let piece = first; piece < first + count; piece++) {
				news.coming.add(piece);
			}

			timer ??= setTimeout(tell, tellMs);
		},
		onEnd() {
			tell();
			response.end();
		},
	};

	const beat = setInterval(() => {
		write('');
	}, beatMs);
	part.followers.add(follower);
	response.on('close', () => {
		followers--;
		clearTimeout(timer);
		clearInterval(beat);
		part.followers.delete(follower);
	});
	write(firstLine(part.size, encodePieces(part.have)));
}
