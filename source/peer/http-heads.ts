import {Buffer} from 'node:buffer';
import type {ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse} from 'node:http';
import {describeRequest, describeResponse} from '../protocol/wire-http.js';
import {describeMalformed} from '../protocol/wire-text.js';
import type {Tap} from './wire-tap.js';

/**
The head of a message as node:http has written it. It keeps the very text in a private member; should that be gone one day,
the head is put together from what node tells of it.
*/
function sentHead(message: OutgoingMessage, firstLine: string): string {
	const {_header: text} = message as {_header?: unknown};
	if (typeof text === 'string') {
		return text;
	}

	const lines = Object.entries(message.getHeaders()).map(([name, value]) => `${name}: ${String(value)}`);
	return `${[firstLine, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The head of a request that we send. */
export const sentRequestHead = (request: ClientRequest): string =>
	sentHead(request, `${request.method} ${request.path} HTTP/1.1`);

/** The head of an answer that we send. */
export const sentResponseHead = (response: ServerResponse): string =>
	sentHead(response, `HTTP/1.1 ${response.statusCode} ${response.statusMessage}`);

function readHead({rawHeaders}: IncomingMessage, firstLine: string): string {
	const lines = [firstLine];
	for (let index = 0; index < rawHeaders.length; index += 2) {
		lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
	}

	return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The head of a request as node:http has parsed it, header by header. Blanks around a value are lost. */
export const readRequestHead = (request: IncomingMessage): string =>
	readHead(request, `${request.method} ${request.url} HTTP/${request.httpVersion}`);

/** The head of an answer as node:http has parsed it. */
export const readResponseHead = (response: IncomingMessage): string =>
	readHead(response, `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`);

/** What node:http's parser could not read, as far as it still has it. */
export const rawPacketOf = (error: unknown): Uint8Array => {
	const {rawPacket} = error as {rawPacket?: unknown};
	return Buffer.isBuffer(rawPacket) ? rawPacket : new Uint8Array(0);
};

/** Tell of a request that goes out by node:http, once it has gone, and of its answer. */
export function tapRequest(request: ClientRequest, tap: Tap): void {
	request.on('finish', () => {
		tap('out', () => describeRequest(sentRequestHead(request)));
	});
	request.on('response', response => {
		tap('in', () => describeResponse(readResponseHead(response)));
	});
	request.on('error', (error: Error & {code?: string}) => {
		if (error.code?.startsWith('HPE_')) {
			tap('in', () => {
				const raw = rawPacketOf(error);
				return describeMalformed({bytes: raw.length, parts: [raw]}, error.message);
			});
		}
	});
}
