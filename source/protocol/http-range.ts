/** Bytes `start` to `end`, both included, as HTTP counts them. */
export type ByteRange = {start: number; end: number};

const singleRange = /^bytes=(?<first>\d*)-(?<last>\d*)$/i;

/**
Read a `Range` header of one range (RFC 9110 section 14.2).

@param size - Bytes of the whole file.
@returns The range, cut to the file; `unsatisfiable` for 416; undefined where the header is to be ignored and the whole
file sent: there is none, it is malformed, or it asks for several ranges, which a server may decline.
*/
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
	const groups = singleRange.exec(header ?? '')?.groups;
	if (!groups) {
		return undefined;
	}

	const {first, last} = groups;
	if (first === '') {
		if (last === '') {
			return undefined;
		}

		// The last N bytes; more than there are means all of them.
		const length = Math.min(Number(last), size);
		return length === 0 ? 'unsatisfiable' : {start: size - length, end: size - 1};
	}

	const start = Number(first);
	const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
	if (last !== '' && Number(last) < start) {
		return undefined;
	}

	return start >= size ? 'unsatisfiable' : {start, end};
}
