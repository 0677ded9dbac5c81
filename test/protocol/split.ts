/** The bytes in two chunks, cut at each point, and byte by byte. */
export function* splits(bytes: Uint8Array): Generator<Uint8Array[], void> {
	for (let cut = 0; cut <= bytes.length; cut++) {
		yield [bytes.subarray(0, cut), bytes.subarray(cut)];
	}

	yield Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

/** The bytes in chunks of the given lengths, and the rest. */
export function chunksOf(bytes: Uint8Array, lengths: number[]): Uint8Array[] {
	const chunks: Uint8Array[] = [];
	let start = 0;
	for (const length of lengths) {
		chunks.push(bytes.subarray(start, start + length));
		start += length;
	}

	chunks.push(bytes.subarray(start));
	return chunks;
}
