const kilo = 1000;
const mega = 1000 * kilo;

const hour = 3600;
const day = 24 * hour;

/** Content and time follow from these alone: the demo is the same each time. */
export type DemoFile = {name: string; bytes: number; ageSeconds: number};

const file = (name: string, bytes: number, ageSeconds: number): DemoFile => ({name, bytes, ageSeconds});

/** Held by several, so that it comes from all of them at once. */
const lecture = file('lectures/week 7 sockets.mp4', 48 * mega, 4 * day);
const traces = file('traces/http.pcap', 9 * mega, 6 * day);

/** Who takes part, and what they bring. A name has the same content wherever it is. */
export const cast: Array<{name: string; files: DemoFile[]}> = [
	{
		name: 'bob',
		files: [
			lecture,
			file('lectures/week 8 congestion.mp4', 36 * mega, 9 * hour),
			file('syllabus.pdf', 310 * kilo, 18 * day),
		],
	},
	{
		name: 'carol',
		files: [
			file('notes/2026-11-20.pdf', 2100 * kilo, 5 * hour),
			file('notes/2026-11-13.pdf', 1800 * kilo, 7 * day),
			file('figures/handshake.svg', 24 * kilo, 11 * day),
			lecture,
		],
	},
	{
		name: 'dave',
		files: [
			traces,
			lecture,
			file('traces/dns.pcap', 640 * kilo, 6 * day + 3 * hour),
			file('readme.txt', 1200, 15 * day),
		],
	},
	{
		name: 'erin',
		files: [
			file('datasets/measurements.csv', 14 * mega, 2 * day),
			file('música/canção.ogg', 5 * mega, 9 * day),
			file('homework 2.zip', 3 * mega, 20 * hour),
			traces,
		],
	},
];

/** What the user of the demo shares. */
export const yours: DemoFile[] = [file('welcome.txt', 800, hour), file('holiday.jpg', 4 * mega, 12 * day)];

/** What each of them sends, and each link carries, at the most: slow enough to be watched. */
export const usualBytesPerSecond = 3 * mega;
export const slowBytesPerSecond = 300 * kilo;
