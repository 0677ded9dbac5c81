import {writeSync} from 'node:fs';

/**
Write all of some bytes; the system may take them in parts.

@throws What the disk answered, `ENOSPC` on a full one.
*/
export function writeAll(fd: number, bytes: Uint8Array, position: number): void {
	for (let written = 0; written < bytes.length;) {
		written += writeSync(fd, bytes, written, bytes.length - written, position + written);
	}
}
