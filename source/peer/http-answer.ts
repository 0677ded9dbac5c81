import {Buffer} from 'node:buffer';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {normalizeIp} from '../protocol/address.js';
import {decodePeerName, peerNameHeader} from '../protocol/http-path.js';

/** Answer with a line of text. */
export function answerText(response: ServerResponse, status: number, text: string): void {
	const line = `${text}\n`;
	response.writeHead(status, {
		'content-type': 'text/plain; charset=utf-8',
		'content-length': Buffer.byteLength(line),
	});
	response.end(line);
}

/** How the user knows who asks: the name it gives, or its address. */
export const callerOf = (request: IncomingMessage): string =>
	decodePeerName(request.headers[peerNameHeader]) || normalizeIp(request.socket.remoteAddress ?? '');

/** Who asks, for taking turns: all connections of one peer are one. */
export const requesterOf = (request: IncomingMessage): string =>
	`${normalizeIp(request.socket.remoteAddress ?? '')} ${decodePeerName(request.headers[peerNameHeader])}`;
