/** How many letters have to be put in, left out or changed to make one word of another (Levenshtein). */
function distance(a: string, b: string): number {
	const letters = [...b];
	let row = Array.from({length: letters.length + 1}, (_, index) => index);
	for (const [done, letter] of [...a].entries()) {
		const next = [done + 1];
		for (const [index, other] of letters.entries()) {
			const changed = row[index]! + Number(letter !== other);
			next.push(Math.min(changed, row[index + 1]! + 1, next[index]! + 1));
		}

		row = next;
	}

	return row.at(-1)!;
}

/** With more letters wrong, it was hardly meant. */
const maxDistance = 3;

/** The word that was probably meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
	const most = Math.min(maxDistance, Math.ceil(word.length / 2));
	let best: {candidate: string; far: number} | undefined;
	for (const candidate of candidates) {
		const far = distance(word.toLowerCase(), candidate);
		if (far <= most && far < (best?.far ?? Number.POSITIVE_INFINITY)) {
			best = {candidate, far};
		}
	}

	return best?.candidate;
}

/** `; did you mean request?`, where something near is known. */
export function didYouMean(word: string, candidates: readonly string[]): string {
	const meant = nearest(word, candidates);
	return meant === undefined ? '' : `; did you mean ${meant}?`;
}
