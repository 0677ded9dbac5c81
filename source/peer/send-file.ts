import {Buffer} from 'node:buffer';
import type {FileHandle} from 'node:fs/promises';
import type {Writable} from 'node:stream';
import {PeerError} from '../protocol/errors.js';
import type {ByteRange} from '../protocol/http-range.js';

export type SendOptions = {
	range: ByteRange;
	signal: AbortSignal;
	/** Called with each block's length when the system has taken it. */
	onSent: (bytes: number) => void;
	/** Whether the file is still what was promised; asked before the last block, so that a mixture never looks whole. */
	isUnchanged: () => Promise<boolean>;
	/** Bytes to read and send at a time. */
	blockBytes: number;
	/** Waits until a block may be sent; what it returns is called when the system has taken it. */
	turn: (bytes: number) => Promise<() => void>;
};

/**
Copy a part of an open file to a socket or an HTTP response: two buffers take turns, one is filled while the other is
being sent. Does not end the target.

@throws {PeerError} When the file has changed or become shorter meanwhile, or the target has closed.
*/
export async function sendFile(file: FileHandle, target: Writable, options: SendOptions): Promise<void> {
	const {range, signal, onSent, isUnchanged, blockBytes, turn} = options;
	const length = range.end - range.start + 1;
	const buffers = [length, length - blockBytes].map(bytes => allocate(Math.min(blockBytes, bytes)));
	let isFirst = true;
	let sending: Promise<void> = Promise.resolve();
	for (let position = range.start; position <= range.end;) {
		const buffer = buffers[isFirst ? 0 : 1]!;
		isFirst = !isFirst;
		const wanted = Math.min(buffer.length, range.end - position + 1);
		const {bytesRead} = await file.read(buffer, 0, wanted, position);
		await sending;
		signal.throwIfAborted();
		if (bytesRead === 0) {
			throw new PeerError('The file became shorter while it was sent');
		}

		if (position + bytesRead > range.end && !(await isUnchanged())) {
			throw new PeerError('The file changed while it was sent');
		}

		const release = await turn(bytesRead);
		position += bytesRead;
		sending = write(target, buffer.subarray(0, bytesRead))
			.finally(release)
			.then(() => {
				onSent(bytesRead);
			});
		// The next round, or the end, reports the failure; until then it must not count as unhandled.
		sending.catch(() => {});
	}

	await sending;
}

const allocate = (bytes: number) => Buffer.allocUnsafeSlow(Math.max(bytes, 0));

async function write(target: Writable, block: Buffer): Promise<void> {
	return new Promise((resolve, reject) => {
		const onClose = () => {
			reject(new PeerError('The other side closed the connection'));
		};

		if (target.destroyed) {
			onClose();
			return;
		}

		target.once('close', onClose);
		target.write(block, error => {
			target.off('close', onClose);
			if (error) {
				reject(error);
			} else {
				resolve();
			}
		});
	});
}
