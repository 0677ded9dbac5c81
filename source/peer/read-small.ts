import {Buffer} from 'node:buffer';
import {closeSync, fstatSync, readSync} from 'node:fs';
import {limits} from '../protocol/limits.js';
import type {Inside} from './inside.js';
import {isSameStamp, stampOf, type Stamp} from './stamp.js';

/** A small file as it was while it was read. */
export type SmallRead = {bytes: Uint8Array; stamp: Stamp};

/**
Read a small shared file whole. For a thread: it waits for the disk.

@returns undefined when it can not be read, is not small any more, or changes meanwhile.
*/
export function readSmall(inside: Inside, name: string): SmallRead | undefined {
	let fd: number;
	try {
		fd = inside.openSync(name);
	} catch {
		return undefined;
	}

	try {
		const stamp = stampOf(fstatSync(fd));
		if (stamp.size > limits.maxSmallFileBytes) {
			return undefined;
		}

		const bytes = Buffer.allocUnsafeSlow(stamp.size);
		let length = 0;
		for (let got = -1; got !== 0 && length < stamp.size; length += got) {
			got = readSync(fd, bytes, length, stamp.size - length, length);
		}

		return length === stamp.size && isSameStamp(stampOf(fstatSync(fd)), stamp) ? {bytes, stamp} : undefined;
	} catch {
		return undefined;
	} finally {
		closeSync(fd);
	}
}
