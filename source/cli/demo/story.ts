import type {Neighbour} from './neighbour.js';

/** What one of the others does, so long after the beginning. */
export type Act = {atSeconds: number; who: string} & ({fetches: string} | {writes: string});

/** The same each time: who follows a script of their own, as the tape of the demo does, always meets the others at the same. */
export const story: Act[] = [
	{atSeconds: 3, who: 'erin', fetches: 'holiday.jpg'},
	{atSeconds: 9, who: 'bob', fetches: 'notes/2026-11-20.pdf'},
	{atSeconds: 14, who: 'carol', writes: 'The notes of the 20th have a page more now'},
	{atSeconds: 21, who: 'dave', fetches: 'homework 2.zip'},
	{atSeconds: 30, who: 'carol', fetches: 'traces/dns.pcap'},
	{atSeconds: 38, who: 'bob', writes: 'Week 9 will be about TLS'},
	{atSeconds: 46, who: 'erin', fetches: 'lectures/week 7 sockets.mp4'},
	{atSeconds: 60, who: 'dave', fetches: 'datasets/measurements.csv'},
	{atSeconds: 72, who: 'carol', fetches: 'música/canção.ogg'},
	{atSeconds: 84, who: 'bob', fetches: 'traces/http.pcap'},
	{atSeconds: 96, who: 'erin', writes: 'Measured the campus network again'},
	{atSeconds: 108, who: 'dave', fetches: 'lectures/week 8 congestion.mp4'},
	{atSeconds: 130, who: 'carol', fetches: 'lectures/week 8 congestion.mp4'},
];

/** Who has the word again and again when the story is over. */
export const refrain: Act[] = [
	{atSeconds: 10, who: 'bob', writes: 'Office hours are on Tuesday'},
	{atSeconds: 25, who: 'erin', writes: 'Another night of measurements'},
	{atSeconds: 40, who: 'carol', writes: 'More notes to come'},
	{atSeconds: 55, who: 'dave', writes: 'New traces tomorrow'},
];

/**
Let the others act.

@returns Ends it.
*/
export function play(neighbours: readonly Neighbour[]): () => void {
	let timer: NodeJS.Timeout | undefined;
	const perform = (acts: Act[], index: number, nowSeconds: number) => {
		const act = acts[index];
		if (!act) {
			perform(refrain, 0, 0);
			return;
		}

		timer = setTimeout(
			() => {
				// A demonstration goes on without the act that failed, say on a full disk.
				actOut(act, neighbours).catch(() => {});
				perform(acts, index + 1, act.atSeconds);
			},
			(act.atSeconds - nowSeconds) * 1000,
		);
	};

	perform(story, 0, 0);
	return () => {
		clearTimeout(timer);
	};
}

async function actOut(act: Act, neighbours: readonly Neighbour[]): Promise<void> {
	const neighbour = neighbours.find(({name}) => name === act.who);
	if ('fetches' in act) {
		neighbour?.fetch(act.fetches);
	} else {
		await neighbour?.write(act.writes);
	}
}
