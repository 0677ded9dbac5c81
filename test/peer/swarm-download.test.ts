import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {TransferError} from '../../source/protocol/errors.js';
import {limits} from '../../source/protocol/limits.js';
import {seededRandom} from './seeded-random.js';
import {sourceOf, startFakeSwarm, type FakeLink, type FakeSwarm} from './fake-swarm.js';

const pieceBytes = 16 * 1024;

/** Bytes of a file of so many pieces, whose last one is short. */
const sizeOf = (pieces: number) => pieces * pieceBytes - 1000;

const range = (start: number, end: number) => Array.from({length: end - start}, (_, index) => start + index);

const ascending = (pieces: number[]) => pieces.toSorted((a, b) => a - b);

/** Let time pass and all that is due happen. */
const pass = async (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Let all links that are open flow until the download ends. */
async function finish({links, outcome}: FakeSwarm, seconds = 60): Promise<void> {
	for (let tick = 0; tick < seconds * 20 && outcome.state === 'running'; tick++) {
		for (const link of links) {
			link.send(20 * pieceBytes);
		}

		await pass(50);
	}

	expect(outcome).toEqual({state: 'done'});
}

describe('a download from a swarm', () => {
	test('ends when all pieces are here, each told once', async () => {
		const fake = startFakeSwarm({size: sizeOf(100), sources: [sourceOf('a'), sourceOf('b')], good: [3, 4, 5]});
		expect(fake.swarm.bytes).toBe(3 * pieceBytes);
		await finish(fake);
		expect(ascending(fake.pieces)).toEqual(range(0, 100).filter(piece => ![3, 4, 5].includes(piece)));
		expect(fake.swarm.bytes).toBe(sizeOf(100));
		expect(fake.links.every(({isClosed}) => isClosed)).toBe(true);
		expect(vi.getTimerCount()).toBe(0);
	});

	test('that has all already asks nobody', async () => {
		const fake = startFakeSwarm({size: sizeOf(3), sources: [sourceOf('a')], good: [0, 1, 2]});
		await pass(0);
		expect(fake.outcome).toEqual({state: 'done'});
		expect(fake.links).toEqual([]);
	});

	test('of an empty file has a piece all the same', async () => {
		const fake = startFakeSwarm({size: 0, sources: [sourceOf('a')]});
		expect(fake.link('a').runs).toEqual([{first: 0, count: 1}]);
		fake.link('a').events.onPiece(0, true);
		await pass(0);
		expect(fake.outcome).toEqual({state: 'done'});
	});

	test('asks for no piece twice while there is anything else', async () => {
		const fake = startFakeSwarm({size: sizeOf(600), sources: range(0, 5).map(index => sourceOf(`s${index}`))});
		const rates = [10, 3, 1, 7, 0.5];
		for (const [index, link] of fake.links.entries()) {
			link.flow(rates[index]! * 10 * pieceBytes);
		}

		while (fake.pieces.length < 300) {
			await pass(50);
		}

		const asked = fake.links.flatMap(({pieces}) => pieces);
		const twice = asked.filter((piece, index) => asked.indexOf(piece) !== index);
		expect(twice).toEqual([]);
	});

	describe('keeps a source busy', () => {
		test('with a mebibyte at first', () => {
			const fake = startFakeSwarm({size: sizeOf(1500), sources: [sourceOf('a'), sourceOf('b')]});
			expect(fake.link('a').pendingBytes).toBe(1024 * 1024);
			expect(fake.link('b').pendingBytes).toBe(1024 * 1024);
			expect(fake.link('a').runs.length).toBeGreaterThan(1);
		});

		test('with less at first where many begin at once', () => {
			const share = () => ({index: 3, of: 16});
			const fake = startFakeSwarm({size: sizeOf(1500), sources: [sourceOf('a')], share});
			expect(fake.link('a').pendingBytes).toBe((1024 * 1024) / 16);
		});

		test.each([
			['slow', 10],
			['middling', 100],
			['fast', 400],
		])('that is %s, for about half a second', async (_, piecesPerSecond) => {
			const fake = startFakeSwarm({size: sizeOf(1900), sources: [sourceOf('a')]});
			const link = fake.link('a');
			link.flow(piecesPerSecond * pieceBytes);
			const seen: number[] = [];
			await pass(1500);
			for (let tick = 0; tick < 40 && fake.pieces.length < 1300; tick++) {
				await pass(50);
				seen.push(link.pendingBytes / pieceBytes / piecesPerSecond);
			}

			if (piecesPerSecond > 64) {
				expect(Math.min(...seen)).toBeGreaterThan(0.3);
			}

			expect(Math.max(...seen)).toBeLessThan(piecesPerSecond < 64 ? 9.6 : 2.1);
			expect(seen.at(-1)).toBeGreaterThan(0.3);
		});

		test('with a piece at least, however slow it is', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a')]});
			const link = fake.link('a');
			await pass(4000);
			link.flow(pieceBytes / 4);
			await pass(400_000);
			expect(link.pending.length).toBeGreaterThanOrEqual(1);
			expect(link.pending.length).toBeLessThanOrEqual(3);
			expect(link.runs.slice(-5).map(({count}) => count)).toEqual([1, 1, 1, 1, 1]);
		});

		test('with no more than 64 MiB, in requests of 16 MiB at most', async () => {
			const size = 1900 * 16 * 1024 * 1024;
			const fake = startFakeSwarm({size, sources: [sourceOf('a')]});
			const link = fake.link('a');
			link.flow(2000 * 1024 * 1024);
			await pass(5000);
			expect(link.pendingBytes).toBeGreaterThan(48 * 1024 * 1024);
			expect(link.pendingBytes).toBeLessThanOrEqual(80 * 1024 * 1024);
			expect(Math.max(...link.runs.map(({count}) => count))).toBe(1);
		});
	});

	describe('from a source that has stopped sending', () => {
		test('takes its work elsewhere, and asks it again later', async () => {
			const fake = startFakeSwarm({size: sizeOf(1900), sources: [sourceOf('slow'), sourceOf('good')]});
			const slow = fake.link('slow');
			const lost = [...slow.pending];
			fake.link('good').flow(40 * pieceBytes);
			await pass(limits.sourceStallMs - 100);
			expect(slow.isClosed).toBe(false);
			await pass(500);
			expect(slow.isClosed).toBe(true);
			expect(lost).toHaveLength(64);
			await pass(5000);
			expect(fake.connects('slow')).toBe(2);
			expect(fake.connects('good')).toBe(1);
			expect(fake.refused).toEqual([]);
			fake.link('slow').flow(40 * pieceBytes);
			await finish(fake);
			expect(ascending(fake.pieces)).toEqual(range(0, 1900));
		});

		test('waits where nobody else has it', async () => {
			const fake = startFakeSwarm({
				size: sizeOf(300),
				sources: [sourceOf('slow'), sourceOf('partial', {isPartial: true})],
			});
			await pass(4 * limits.sourceStallMs);
			expect(fake.link('slow').isClosed).toBe(false);
			expect(fake.connects('slow')).toBe(1);
			fake.link('partial').events.onPieces(range(0, 300));
			await pass(300);
			expect(fake.link('slow').isClosed).toBe(true);
		});

		test('is not taken for silent when it was idle', async () => {
			const fake = startFakeSwarm({
				size: sizeOf(300),
				sources: [sourceOf('a'), sourceOf('b', {isPartial: true})],
			});
			const partial = fake.link('b');
			const link = fake.link('a');
			const timer = setInterval(() => {
				link.send(1);
			}, 1000);
			onTestFinished(() => {
				clearInterval(timer);
			});
			await pass(60_000);
			partial.events.onPieces(range(200, 210));
			expect(partial.pending).toHaveLength(10);
			await pass(limits.sourceStallMs - 500);
			expect(partial.isClosed).toBe(false);
		});
	});

	describe('whose sources are all gone', () => {
		test('fails when there were none', async () => {
			const fake = startFakeSwarm({size: sizeOf(3), sources: []});
			await pass(0);
			expect(fake.outcome.error).toMatchObject({
				name: 'TransferError',
				message: 'nobody who holds it is here any more',
			});
			expect(vi.getTimerCount()).toBe(0);
		});

		test('fails with the last reason when they are offered no more', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a')]});
			fake.link('a').give();
			fake.offered = [];
			fake.swarm.refresh();
			await pass(2000);
			expect(fake.outcome.state).toBe('running');
			fake.link('a').fail();
			await pass(0);
			expect(fake.outcome.error).toMatchObject({name: 'TransferError', message: 'a closed the connection'});
		});

		test('tries three times in a row, and longer as long as pieces come', async () => {
			let isFirst = true;
			const fake = startFakeSwarm({
				size: sizeOf(300),
				sources: [sourceOf('a')],
				onConnect(link) {
					setTimeout(() => {
						if (fake.connects('a') < 5 && !isFirst) {
							link.give();
						}

						isFirst = false;
						link.fail();
					}, 100);
				},
			});
			await pass(120_000);
			expect(fake.outcome.state).toBe('failed');
			// The fourth gave a piece and failed, and then two did that gave none.
			expect(fake.connects('a')).toBe(4 + 2);
			expect(fake.pieces).toHaveLength(3);
		});

		test('goes on when one is back', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a'), sourceOf('b')]});
			fake.link('a').give();
			fake.link('a').fail();
			fake.link('b').fail();
			expect(fake.swarm.sources).toEqual([]);
			await pass(5000);
			expect(fake.connects('a')).toBe(2);
			expect(fake.swarm.sources.map(({source}) => source.key).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['a', 'b']);
			await finish(fake);
		});

		test('does not wait longer where a final answer was the last', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a')]});
			fake.link('a').fail(new TransferError('a does not want to', {isFinal: true}));
			await pass(0);
			expect(fake.outcome.error).toMatchObject({message: 'a does not want to'});
			expect(fake.refused).toEqual(['a does not want to']);
		});
	});

	describe('with a liar among the sources', () => {
		test('drops and names it, and takes the piece elsewhere', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('liar'), sourceOf('good')]});
			const liar = fake.link('liar');
			const right = liar.give();
			const wrong = liar.give(false);
			expect(fake.pieces).toEqual([right]);
			expect(liar.isClosed).toBe(true);
			expect(fake.refused).toEqual([`liar sent a wrong piece (${wrong}); nothing more of it is asked there`]);
			await pass(30_000);
			expect(fake.connects('liar')).toBe(1);
			await finish(fake);
			expect(ascending(fake.pieces)).toEqual(range(0, 300));
			expect(fake.link('good').pieces).toContain(wrong);
			expect(fake.swarm.givers.map(({key}) => key)).toEqual(['good', 'liar']);
		});

		test('fails when there is nobody else, and says why', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('liar')]});
			fake.link('liar').give(false);
			await pass(0);
			expect(fake.outcome.error).toMatchObject({message: 'liar sent wrong bytes', isFinal: true});
		});

		test('waits for an honest one that comes back', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('liar'), sourceOf('good')]});
			fake.link('good').fail();
			fake.link('liar').give(false);
			await pass(4000);
			expect(fake.outcome.state).toBe('running');
			await finish(fake);
		});

		test('counts what it gave that is right, also when it is told late', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('liar'), sourceOf('good')]});
			const liar = fake.link('liar');
			const [first, second] = liar.pending;
			// Both are with the thread that verifies when the first turns out to be wrong.
			liar.events.onBytes(2 * pieceBytes);
			liar.events.onPiece(first!, false);
			liar.events.onPiece(second!, true);
			expect(fake.pieces).toEqual([second]);
			await finish(fake);
			expect(ascending(fake.pieces)).toEqual(range(0, 300));
		});

		test('names it, too, when that turns out after it was let go', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('liar'), sourceOf('good')]});
			const before = fake.link('liar');
			const [first] = before.pending;
			before.events.onBytes(pieceBytes);
			before.fail();
			await pass(5000);
			const after = fake.link('liar');
			expect(after).not.toBe(before);
			before.events.onPiece(first!, false);
			expect(fake.refused).toHaveLength(1);
			expect(after.isClosed).toBe(true);
			await pass(30_000);
			expect(fake.connects('liar')).toBe(2);
			await finish(fake);
		});
	});

	describe('at its very end', () => {
		/** Two sources have halves of what is left, and the second has given all of its. */
		async function almostDone(): Promise<{fake: FakeSwarm; slow: FakeLink; fast: FakeLink}> {
			const fake = startFakeSwarm({size: sizeOf(100), sources: [sourceOf('slow'), sourceOf('fast')]});
			const [slow, fast] = [fake.link('slow'), fake.link('fast')];
			slow.flow(pieceBytes);
			fast.flow(40 * pieceBytes);
			await pass(880);
			return {fake, slow, fast};
		}

		test('asks an idle source for what a slow one owes, a piece at a time', async () => {
			const {fake, slow, fast} = await almostDone();
			expect(fake.pieces).toHaveLength(34);
			expect(fast.pending.length).toBeGreaterThan(0);
			expect(fast.pieces.filter(piece => slow.pieces.includes(piece))).toEqual([]);
			await pass(200);
			const twice = fast.pieces.filter(piece => slow.pieces.includes(piece));
			expect(twice.length).toBeGreaterThan(0);
			await finish(fake);
			expect(ascending(fake.pieces)).toEqual(range(0, 100));
		});

		test('goes round one who has stopped, sooner than that would be taken for silence', async () => {
			const fake = startFakeSwarm({
				size: sizeOf(66),
				sources: [sourceOf('slow'), sourceOf('fast')],
				onConnect(link) {
					link.flow((link.source.key === 'slow' ? 60 : 40) * pieceBytes);
				},
			});
			const slow = fake.link('slow');
			expect(slow.pending).toHaveLength(64);
			await pass(800);
			slow.stop();
			expect(slow.pending.length).toBeGreaterThan(10);
			await pass(3000);
			expect(fake.outcome.state).toBe('done');
			expect(fake.connects('slow')).toBe(1);
		});

		test('closes and reopens the connection of one whose only piece came from another', async () => {
			const fake = startFakeSwarm({
				size: sizeOf(3),
				sources: [sourceOf('a', {isPartial: true}), sourceOf('b', {isPartial: true}), sourceOf('c', {isPartial: true})],
			});
			const [a, b, c] = [fake.link('a'), fake.link('b'), fake.link('c')];
			a.events.onPieces([0]);
			b.events.onPieces([1]);
			c.events.onPieces([0, 1]);
			b.events.onPieces([1, 2]);
			await pass(1000);
			expect([a.pending, b.pending, c.pending]).toEqual([[0], [1, 2], [0]]);
			c.give();
			expect(a.isClosed).toBe(true);
			expect(b.isClosed).toBe(false);
			expect(fake.connects('a')).toBe(2);
			expect(fake.link('a').runs).toEqual([]);
			expect(c.pending).toEqual([1]);
			b.give();
			b.give();
			await pass(0);
			expect(fake.outcome).toEqual({state: 'done'});
		});

		test('asks no second source that would not be much faster', async () => {
			const fake = startFakeSwarm({size: sizeOf(130), sources: [sourceOf('a'), sourceOf('b')]});
			const [a, b] = [fake.link('a'), fake.link('b')];
			a.flow(20 * pieceBytes);
			b.flow(20 * pieceBytes);
			await finish({...fake, links: []});
			const asked = [...a.pieces, ...b.pieces];
			expect(asked.length - new Set(asked).size).toBeLessThanOrEqual(2);
		});
	});

	describe('while it runs', () => {
		test('takes a new source in at once', async () => {
			const fake = startFakeSwarm({size: sizeOf(500), sources: [sourceOf('a')]});
			fake.link('a').flow(10 * pieceBytes);
			await pass(1000);
			fake.offered.push(sourceOf('b'));
			fake.swarm.refresh();
			expect(fake.link('b').pending).toHaveLength(64);
			await finish(fake);
			expect(
				fake.told
					.at(-1)!
					.split(' ')
					.toSorted((x, y) => (x < y ? -1 : 1)),
			).toEqual(['a', 'b']);
		});

		test('takes a new source in without being told', async () => {
			const fake = startFakeSwarm({size: sizeOf(500), sources: [sourceOf('a')]});
			fake.offered.push(sourceOf('b'));
			await pass(300);
			expect(fake.connects('b')).toBe(1);
		});

		test('asks a part holder for what it has, as it tells', async () => {
			const fake = startFakeSwarm({size: sizeOf(100), sources: [sourceOf('p', {isPartial: true})]});
			const link = fake.link('p');
			expect(link.pending).toEqual([]);
			link.events.onPieces([7, 9]);
			expect(ascending(link.pending)).toEqual([7, 9]);
			link.events.onPieces([9, 10]);
			expect(ascending(link.pending)).toEqual([7, 9, 10]);
			expect(fake.outcome.state).toBe('running');
		});

		test('asks one for all once it has all', async () => {
			const fake = startFakeSwarm({size: sizeOf(60), sources: [sourceOf('p', {isPartial: true})]});
			const link = fake.link('p');
			link.events.onPieces([7]);
			fake.offered = [sourceOf('p')];
			fake.swarm.refresh();
			expect(fake.connects('p')).toBe(1);
			expect(ascending(link.pending)).toEqual(range(0, 60));
			await finish(fake);
		});

		test('asks a class program only when there is no other, and one at a time', async () => {
			const classics = [sourceOf('c1', {isClassic: true}), sourceOf('c2', {isClassic: true})];
			const fake = startFakeSwarm({size: sizeOf(100), sources: [...classics, sourceOf('a')]});
			expect(fake.links.map(({source}) => source.key)).toEqual(['a']);
			await pass(1000);
			expect(fake.links).toHaveLength(1);
			fake.link('a').fail();
			expect(fake.links.map(({source}) => source.key)).toEqual(['a', 'c1']);
			await pass(5000);
			// The peer is back, beside it.
			expect(fake.connects('a')).toBe(2);
			expect(fake.connects('c2')).toBe(0);
			await finish(fake);
		});

		test('asks a class program for what no peer has', async () => {
			const fake = startFakeSwarm({
				size: sizeOf(100),
				sources: [sourceOf('p', {isPartial: true}), sourceOf('c', {isClassic: true})],
			});
			fake.link('p').events.onPieces(range(0, 50));
			for (let piece = 0; piece < 50; piece++) {
				fake.link('p').give();
			}

			await pass(10_000);
			expect(fake.connects('c')).toBe(1);
			await finish(fake);
		});

		test('begins with whole holders, and with others than its neighbours do', () => {
			const whole = range(0, limits.maxSources + 8).map(index => sourceOf(`whole${index}`));
			const partial = range(0, limits.maxSources + 8).map(index => sourceOf(`partial${index}`, {isPartial: true}));
			const fake = startFakeSwarm({size: sizeOf(100), sources: [...partial, ...whole], random: seededRandom(1)});
			const keys = fake.links.map(({source}) => source.key);
			expect(keys.every(key => key.startsWith('whole'))).toBe(true);
			expect(keys).not.toEqual(whole.slice(0, limits.maxSources).map(({key}) => key));
		});

		test('is connected to so many at once, and no more', async () => {
			const sources = range(0, limits.maxSources + 18).map(index => sourceOf(`s${index}`));
			const fake = startFakeSwarm({size: sizeOf(1900), sources});
			expect(fake.links).toHaveLength(limits.maxSources);
			fake.links[3]!.fail();
			expect(fake.links.filter(({isClosed}) => !isClosed)).toHaveLength(limits.maxSources);
			expect(fake.links).toHaveLength(limits.maxSources + 1);
			await finish(fake);
			expect(fake.links.every(({isClosed}) => isClosed)).toBe(true);
		});

		test('lets those go that have nothing for it, where others wait to be asked', async () => {
			const sources = range(0, 3).map(index => sourceOf(`p${index}`, {isPartial: true}));
			const fake = startFakeSwarm({size: sizeOf(20), sources, maxSources: 3});
			for (const link of fake.links) {
				link.events.onPieces(range(0, 10));
			}

			while (fake.pieces.length < 10) {
				for (const link of fake.links) {
					link.send(pieceBytes);
				}
			}

			fake.offered = [sourceOf('late'), ...sources];
			await pass(30_000);
			expect(fake.connects('late')).toBe(1);
			await finish(fake);
		});

		test('tells from whom it comes, and how fast', async () => {
			const fake = startFakeSwarm({size: sizeOf(1900), sources: [sourceOf('a'), sourceOf('b'), sourceOf('idle')]});
			fake.link('a').flow(100 * pieceBytes);
			fake.link('b').flow(20 * pieceBytes);
			await pass(4000);
			const views = fake.swarm.sources;
			expect(views.map(({source}) => source.key)).toEqual(['a', 'b', 'idle']);
			expect(views[0]!.bytesPerSecond / pieceBytes).toBeCloseTo(100, -1);
			expect(views[1]!.bytesPerSecond / pieceBytes).toBeCloseTo(20, -1);
			expect(views[2]!.bytesPerSecond).toBe(0);
			expect(views.map(({bytes}) => bytes / pieceBytes)).toEqual([400, 80, 0]);
			expect(fake.told).toEqual(['a', 'a b']);
			expect(fake.swarm.givers.map(({key}) => key)).toEqual(['a', 'b']);
		});
	});

	describe('that is stopped', () => {
		test('closes all and leaves no timer', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a'), sourceOf('b')]});
			fake.link('a').give();
			fake.link('b').fail();
			const reason = new Error('no more');
			fake.stop.abort(reason);
			await pass(0);
			expect(fake.outcome).toEqual({state: 'failed', error: reason});
			expect(fake.links.every(({isClosed}) => isClosed)).toBe(true);
			expect(vi.getTimerCount()).toBe(0);
			await pass(60_000);
			expect(fake.links).toHaveLength(2);
		});

		test('before it begins, does nothing', async () => {
			const fake = startFakeSwarm({size: sizeOf(3), sources: [sourceOf('a')]});
			fake.stop.abort(new Error('no more'));
			await pass(0);
			await expect(fake.swarm.run()).rejects.toThrow('no more');
			expect(fake.links).toHaveLength(1);
		});

		test('connects to nobody when something is told late', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a'), sourceOf('b')]});
			const {events, pending} = fake.link('a');
			fake.stop.abort(new Error('no more'));
			await pass(0);
			events.onPiece(pending[0]!, true);
			events.onPiece(pending[1]!, false);
			fake.swarm.refresh();
			await pass(10_000);
			expect(fake.links).toHaveLength(2);
			expect(vi.getTimerCount()).toBe(0);
		});

		test('by the disk, says what it answered', async () => {
			const fake = startFakeSwarm({size: sizeOf(300), sources: [sourceOf('a')]});
			fake.swarm.fail(new Error('no space left'));
			await pass(0);
			expect(fake.outcome.error).toMatchObject({message: 'no space left'});
			expect(fake.link('a').isClosed).toBe(true);
			expect(vi.getTimerCount()).toBe(0);
		});
	});
});
