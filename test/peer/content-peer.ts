import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {onTestFinished} from 'vitest';
import type {Address} from '../../source/protocol/address.js';
import {contentOfPath, type ContentPart} from '../../source/protocol/http-path.js';
import {pieceBytesOf, pieceCountOf} from '../../source/protocol/merkle.js';
import type {FileEntry} from '../../source/protocol/messages.js';
import {PieceLayer} from '../../source/protocol/piece-layer.js';
import {oldTime} from './files.js';
import {join} from './scripted-peer.js';

/** One question about a content. */
export type AskedContent = {
	part: ContentPart;
	/** The first byte that is asked for, and the one after the last. */
	start: number;
	end: number;
	/** How many questions of this part came before. */
	index: number;
	response: ServerResponse;
	/** Answer as a good peer does, with these bytes in the place of the right ones. */
	honest: (bytes?: Uint8Array) => void;
};

export type ContentPeerOptions = {
	name: string;
	content: Uint8Array;
	/** What it is called there. */
	fileName?: string;
	/** What it says of the file, where that is not so. */
	lie?: Partial<FileEntry>;
	/** Offers pieces alone, these. */
	have?: string;
	/** How fast it sends; as fast as it can without. */
	bytesPerSecond?: number;
	answer?: (asked: AskedContent) => void;
};

export type ContentPeer = {
	port: number;
	root: string;
	asked: AskedContent[];
	/** Every piece that was sent whole, in order. */
	sent: number[];
	/** Bytes of the file that were sent. */
	readonly bytes: number;
	/** Close everything, and be gone for the tracker. */
	leave: () => void;
	/** Be there again as before. */
	comeBack: () => Promise<void>;
};

/** The content id of some bytes, and the hashes of their pieces. */
export function contentIdOf(content: Uint8Array): {root: string; layer: Uint8Array} {
	const layer = new PieceLayer(content.length);
	layer.update(content);
	return layer.finish();
}

/** A peer that is known to the tracker to have a content, or pieces of it, and answers as a test wants it to, however wrong. */
export async function startContentPeer(tracker: Address, options: ContentPeerOptions): Promise<ContentPeer> {
	const {name, content, fileName = 'big.bin', lie, have, bytesPerSecond, answer} = options;
	const {root, layer} = contentIdOf(content);
	const size = content.length;
	const pieceBytes = pieceBytesOf(size);
	const asked: AskedContent[] = [];
	const sent: number[] = [];
	let bytes = 0;
	let sending: Promise<void> = Promise.resolve();

	/** A piece at a time, so that what was sent is known by the piece. */
	const send = async ({socket}: IncomingMessage, response: ServerResponse, start: number, body: Uint8Array) => {
		for (let at = 0; at < body.length && !socket.destroyed;) {
			const some = body.subarray(at, at + pieceBytes - ((start + at) % pieceBytes));
			if (bytesPerSecond !== undefined) {
				await delay((some.length / bytesPerSecond) * 1000);
			}

			at += some.length;
			bytes += some.length;
			sent.push(Math.floor((start + at - 1) / pieceBytes));
			response.write(some);
		}

		response.end();
	};

	const onRequest = (request: IncomingMessage, response: ServerResponse) => {
		response.on('error', () => {});
		const part = contentOfPath(request.url ?? '')?.part ?? 'bytes';
		const groups = /^bytes=(?<first>\d+)-(?<last>\d+)$/.exec(request.headers.range ?? '')?.groups;
		const start = Number(groups?.first ?? 0);
		const end = Number(groups?.last ?? size - 1) + 1;
		const question: AskedContent = {
			part,
			start,
			end,
			index: asked.filter(other => other.part === part).length,
			response,
			honest(body) {
				switch (part) {
					case 'layer': {
						response.writeHead(200, {'content-length': (body ?? layer).length});
						response.end(body ?? layer);
						break;
					}

					case 'pieces': {
						response.writeHead(200);
						response.write(`${JSON.stringify({size, have: have ?? `0-${pieceCountOf(size) - 1}`})}\n`);
						break;
					}

					case 'bytes': {
						response.writeHead(groups ? 206 : 200, {
							'content-length': end - start,
							...(groups && {'content-range': `bytes ${start}-${end - 1}/${size}`}),
						});
						sending = sending.then(async () => send(request, response, start, body ?? content.subarray(start, end)));
						break;
					}
				}
			},
		};
		asked.push(question);
		if (answer) {
			answer(question);
		} else {
			question.honest();
		}
	};

	const server = createServer(onRequest);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	const file = {name: fileName, mtime: oldTime, size, root, ...lie};
	const init = {port, version: 2, name, ...(have === undefined ? {files: [file]} : {files: [], parts: [root]})};
	let link: Socket;
	let beat: NodeJS.Timeout;
	const announce = async () => {
		link = await join(tracker, init);
		beat = setInterval(() => link.write('{"type":"keep-alive"}\n'), 4000);
	};

	const leave = () => {
		clearInterval(beat);
		link.end(`${JSON.stringify({type: 'bye'})}\n`);
		server.closeAllConnections();
		server.close();
	};

	onTestFinished(leave);
	await announce();
	return {
		port,
		root,
		asked,
		sent,
		get bytes() {
			return bytes;
		},
		leave,
		async comeBack() {
			sending = Promise.resolve();
			server.listen(port, '127.0.0.1');
			await once(server, 'listening');
			await announce();
		},
	};
}

/** The same bytes with one of them wrong, in the middle. */
export function spoiled(bytes: Uint8Array): Uint8Array {
	const wrong = Uint8Array.from(bytes);
	wrong[Math.floor(wrong.length / 2)]! ^= 1;
	return wrong;
}
