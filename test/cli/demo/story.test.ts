import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {cast, yours} from '../../../source/cli/demo/cast.js';
import type {Neighbour} from '../../../source/cli/demo/neighbour.js';
import {play, refrain, story} from '../../../source/cli/demo/story.js';
import {startSwarm} from './swarm.js';

beforeEach(() => {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
});

afterEach(() => {
	vi.useRealTimers();
});

/** Neighbours that only tell what they are asked to do. */
function fakeNeighbours(): {done: string[]; neighbours: Neighbour[]} {
	const done: string[] = [];
	const neighbours = cast.map(
		({name}) =>
			({
				name,
				fetch(file: string) {
					done.push(`${name} fetches ${file}`);
				},
				async write(line: string) {
					done.push(`${name} writes ${line}`);
					throw new Error('The disk is full');
				},
			}) as unknown as Neighbour,
	);
	return {done, neighbours};
}

const told = ({who, ...act}: (typeof story)[number]) =>
	'fetches' in act ? `${who} fetches ${act.fetches}` : `${who} writes ${act.writes}`;

describe('the story of the demo', () => {
	it('happens in its order, at its times, and ends in a refrain, also where an act fails', () => {
		const {done, neighbours} = fakeNeighbours();
		const end = play(neighbours);
		let nowSeconds = 0;
		for (const [index, act] of story.entries()) {
			vi.advanceTimersByTime((act.atSeconds - nowSeconds) * 1000 - 1);
			expect(done).toHaveLength(index);
			vi.advanceTimersByTime(1);
			nowSeconds = act.atSeconds;
			expect(done.at(-1)).toBe(told(act));
		}

		vi.advanceTimersByTime(2 * refrain.at(-1)!.atSeconds * 1000);
		expect(done.slice(story.length)).toEqual([...refrain, ...refrain].map(act => told(act)));
		end();
		vi.advanceTimersByTime(10 * 60_000);
		expect(done).toHaveLength(story.length + 2 * refrain.length);
	});

	it('has the cast fetch what others bring, each what they lack', () => {
		const owned = new Map(cast.map(({name, files}) => [name, new Set(files.map(file => file.name))]));
		const everything = new Set([...cast.flatMap(({files}) => files), ...yours].map(({name}) => name));
		let beforeSeconds = 0;
		for (const act of story) {
			expect(act.atSeconds).toBeGreaterThan(beforeSeconds);
			beforeSeconds = act.atSeconds;
			const names = owned.get(act.who);
			expect(names, act.who).toBeDefined();
			if ('fetches' in act) {
				expect(everything).toContain(act.fetches);
				expect(names).not.toContain(act.fetches);
				names!.add(act.fetches);
			}
		}
	});
});

describe('a neighbour', () => {
	it('fetches from the others and writes news that they see', async () => {
		vi.useRealTimers();
		const {neighbours, user} = await startSwarm({bob: {'a.txt': 'a'}, carol: {'c.txt': 'c'}});
		await user.knows('c.txt');
		neighbours[0]!.fetch('c.txt');
		await user.knows('c.txt', 2);
		await neighbours[1]!.write('one');
		await neighbours[1]!.write('two');
		expect(await readFile(path.join(neighbours[1]!.dir, 'news from carol.txt'), 'utf8')).toBe('one\ntwo\n');
		await user.knows('news from carol.txt');
	});
});
