const marks = /\p{Mark}/gu;

/** A letter without case and accents. */
const plain = (letter: string) => letter.normalize('NFD').replaceAll(marks, '').toLowerCase();

const lastAscii = 0x7f;

/**
The next row whose label begins with a letter, whatever its case and accents: after the last comes the first.

@returns Its index; undefined where there is none.
*/
export function nextByLetter<Row>(
	rows: readonly Row[],
	from: number,
	letter: string,
	labelOf: (row: Row) => string,
): number | undefined {
	const wanted = plain(letter);
	if (wanted === '') {
		return undefined;
	}

	for (let step = 1; step <= rows.length; step++) {
		const index = (from + step) % rows.length;
		if (begins(labelOf(rows[index]!), wanted)) {
			return index;
		}
	}

	return undefined;
}

/** Most labels are told apart by their first character alone, also those among 100,000. */
function begins(label: string, wanted: string): boolean {
	const first = label.codePointAt(0);
	if (first === undefined) {
		return false;
	}

	// An ASCII letter may have an accent that stands behind it, which changes nothing here.
	return first <= lastAscii
		? String.fromCodePoint(first).toLowerCase() === wanted
		: plain(String.fromCodePoint(first)) === wanted;
}
