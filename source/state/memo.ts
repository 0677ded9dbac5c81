/**
Remember the last result of a pure function, as long as its arguments are the very same: what a list looks like is worked out
when the list changes, not when a key is pressed.
*/
export function memo<Arguments extends unknown[], Result>(
	compute: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
	let lastArguments: Arguments | undefined;
	let lastResult: Result;
	return (...args) => {
		if (lastArguments?.length !== args.length || args.some((value, index) => value !== lastArguments![index])) {
			lastResult = compute(...args);
			lastArguments = args;
		}

		return lastResult;
	};
}
