/** More than the screen shows at once, by far. */
const most = 5000;

/**
A pure function that remembers what it said: a frame has the same names, sizes and widths as the one before. What is remembered is
forgotten all at once when it has become too much.
*/
export function remembered<Input, Output>(compute: (input: Input) => Output): (input: Input) => Output {
	const known = new Map<Input, Output>();
	return input => {
		const before = known.get(input);
		if (before !== undefined) {
			return before;
		}

		if (known.size >= most) {
			known.clear();
		}

		const output = compute(input);
		known.set(input, output);
		return output;
	};
}
