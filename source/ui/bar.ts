const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A bar of exactly `width` columns, its full part and its empty part. */
export function progressBar(fraction: number, width: number): {full: string; empty: string} {
	const steps = Math.floor(Math.max(0, Math.min(1, fraction)) * width * 8);
	const full = '█'.repeat(Math.floor(steps / 8)) + eighths[steps % 8]!;
	return {full, empty: '░'.repeat(width - full.length)};
}

/** The last rates as a line of blocks, the highest of them full; of exactly `width` columns. */
export function sparkline(values: number[], width: number): string {
	const shown = values.slice(-width);
	const highest = Math.max(1, ...shown);
	const blocks = shown.map(value => heights[Math.min(7, Math.floor((value / highest) * 7.99))]!);
	return heights[0]!.repeat(width - shown.length) + blocks.join('');
}
