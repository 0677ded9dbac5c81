import type {Socket} from 'node:net';
import {encodeFileHeader} from '../protocol/classic-framing.js';
import {describeBareFile, describeClosed, describeFramedFile} from '../protocol/wire-classic.js';
import {openServed, upload, type ServeContext} from './served-file.js';
import {callerTap} from './wire-tap.js';

export type ClassicRequest = {
	name: string;
	/** Ended by a newline: the answer has a header. Otherwise it is the bare bytes. */
	isFramed: boolean;
	/** The other side's address. */
	peer: string;
};

/**
Answer a request of the class protocol and close. A file that is not there is answered by closing without a byte.

@throws When the answer was cut short.
*/
export async function answerClassic(context: ServeContext, socket: Socket, request: ClassicRequest): Promise<void> {
	const {name, isFramed, peer} = request;
	const file = await openServed(context.share, name);
	const tap = callerTap(context, socket);
	if (!file) {
		tap('out', describeClosed);
		socket.end();
		return;
	}

	try {
		const {size} = file.version;
		tap('out', () => (isFramed ? describeFramedFile(size) : describeBareFile({bytes: size, parts: []}, true)));
		if (isFramed) {
			socket.write(encodeFileHeader(size));
		}

		await upload(context, file, socket, {
			range: {start: 0, end: size - 1},
			peer,
			requester: peer,
		});
		socket.end();
	} finally {
		await file.handle.close();
	}
}
