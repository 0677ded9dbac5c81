/** Nobody means less: `5` is a forgotten unit, and so slow that everybody would give up. */
export const minRate = 1000;

const powers: Record<string, number> = {'': 0, k: 1, m: 2, g: 3};

/**
Bytes a second: a number, which may have a fraction, and k, M or G for powers of 1000, then perhaps `B` and `/s`. `2M`, `1.5M`,
`500k`, `10 MB/s`, `1500000`. Bits (`kbit`, `Mb`) and powers of 1024 (`MiB`) are not taken for what they are not.

@returns Whole bytes a second, or undefined for anything else.
*/
export function parseRate(text: string): number | undefined {
	const [, number, unit] = /^(\d+(?:\.\d+)?|\.\d+) ?([kKmMgG]?)B?(?:\/s)?$/.exec(text.trim()) ?? [];
	if (number === undefined) {
		return undefined;
	}

	const rate = Math.round(Number(number) * 1000 ** powers[unit!.toLowerCase()]!);
	return Number.isSafeInteger(rate) ? rate : undefined;
}
