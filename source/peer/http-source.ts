import {Agent, request, type IncomingMessage} from 'node:http';
import {codeOf, ProtocolError, TransferError, reasonOf} from '../protocol/errors.js';
import {etagOf} from '../protocol/file-version.js';
import {encodePeerName, pathOf, peerNameHeader} from '../protocol/http-path.js';
import {limits} from '../protocol/limits.js';
import {sourceLabel, type FileAnswer, type FileQuestion} from './file-answer.js';
import {tapRequest} from './http-heads.js';
import {sourceTap} from './wire-tap.js';

/** Connections to peers, kept open from file to file. */
export const createPeerAgent = (): Agent => new Agent({keepAlive: true, scheduling: 'lifo', maxFreeSockets: 16});

/**
Ask one of our own peers for a file, from the offset on. The version is part of the question: a peer whose copy has changed
says so instead of sending other bytes.

@throws {TransferError} When the peer can not be reached or does not have this version.
*/
export async function askHttp(agent: Agent, question: FileQuestion): Promise<FileAnswer> {
	const {source, file, offset} = question;
	const who = sourceLabel(source);
	const response = await head(agent, question);
	const {statusCode, headers} = response;
	if (statusCode !== 200 && statusCode !== 206) {
		response.resume();
		throw new TransferError(`${who} ${refusals[statusCode ?? 0] ?? `answered with status ${statusCode}`}`, {
			isFinal: statusCode === 404 || statusCode === 412,
		});
	}

	const start = statusCode === 206 ? offset : 0;
	if (statusCode === 206 && !headers['content-range']?.startsWith(`bytes ${offset}-`)) {
		response.destroy();
		throw new ProtocolError(`Expected bytes from ${offset} on, got ${headers['content-range']}`);
	}

	const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
	const size = length === undefined ? file.size : start + length;
	return {start, size, body: bodyOf(response, who), cancel: () => response.destroy()};
}

const refusals: Record<number, string> = {
	404: 'no longer has it',
	412: 'has another version by now',
	503: 'is busy',
};

async function head(
	agent: Agent,
	{source, file, offset, ownName, signal, wire}: FileQuestion,
): Promise<IncomingMessage> {
	const {size, mtime} = file;
	return new Promise((resolve, reject) => {
		const ask = request({
			agent,
			signal,
			host: source.ip,
			port: source.port,
			path: pathOf(file.name),
			headers: {
				[peerNameHeader]: encodePeerName(ownName),
				...(offset > 0 && {range: `bytes=${offset}-`}),
				...(size !== undefined && {'if-match': etagOf({size, mtime})}),
			},
		});
		tapRequest(ask, sourceTap(wire, source));
		ask.on('socket', socket => {
			if (socket.connecting) {
				ask.setTimeout(limits.connectTimeoutMs);
				socket.once('connect', () => ask.setTimeout(limits.transferIdleTimeoutMs));
			} else {
				ask.setTimeout(limits.transferIdleTimeoutMs);
			}
		});
		ask.on('timeout', () => {
			ask.destroy(new Error('did not answer'));
		});
		ask.on('response', resolve);
		ask.on('error', error => {
			reject(
				new TransferError(`${sourceLabel(source)} ${reasonOf(error)}`, {
					cause: error,
				}),
			);
		});
		ask.end();
	});
}

async function* bodyOf(response: IncomingMessage, who: string): AsyncGenerator<Uint8Array, void> {
	try {
		yield* response as AsyncIterable<Uint8Array>;
	} catch (error) {
		const isCut = codeOf(error) === 'ECONNRESET';
		throw new TransferError(`${who} ${isCut ? 'closed the connection' : reasonOf(error)}`, {cause: error});
	}
}
