/** Random numbers from 0 up to, but not, 1, the same in each run (the minimal standard generator of Park and Miller). */
export function seededRandom(seed: number): () => number {
	const modulus = 2_147_483_647;
	let state = (Math.abs(Math.trunc(seed)) % (modulus - 1)) + 1;
	const next = () => {
		state = (state * 48_271) % modulus;
		return (state - 1) / (modulus - 1);
	};

	// The first ones of neighbouring seeds are alike.
	for (let round = 0; round < 8; round++) {
		next();
	}

	return next;
}

/** The same, but that the first is 0: what is taken in order begins at the beginning. */
export function fromTheStart(random: () => number): () => number {
	let isFirst = true;
	return () => {
		const number = isFirst ? 0 : random();
		isFirst = false;
		return number;
	};
}
