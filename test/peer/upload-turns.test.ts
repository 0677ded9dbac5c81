import {setImmediate as turn} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {RateLimit} from '../../source/peer/rate-limit.js';
import {UploadTurns} from '../../source/peer/upload-turns.js';

/** A block that somebody wants to be sent. */
type Asked = {who: string; number: number; release: () => void};

function setUp(limit?: RateLimit) {
	const stop = new AbortController();
	const turns = new UploadTurns(stop.signal, limit);
	const sending: Asked[] = [];
	const failed: string[] = [];
	const order: string[] = [];
	let asked = 0;
	const take = (who: string, count = 1) => {
		for (let index = 0; index < count; index++) {
			const number = ++asked;
			void (async () => {
				try {
					const release = await turns.take(who, 1);
					order.push(who);
					sending.push({who, number, release});
				} catch {
					failed.push(who);
				}
			})();
		}
	};

	return {
		stop,
		turns,
		sending,
		failed,
		order,
		take,
		of: (who: string) => sending.filter(one => one.who === who).length,
		/** The oldest block, of somebody or at all, has been sent. */
		async sent(who?: string) {
			const index = sending.findIndex(one => who === undefined || one.who === who);
			sending.splice(index, 1)[0]!.release();
			await turn();
		},
	};
}

describe('turns', () => {
	test('are had by 4 blocks of one requester, and by 16 of all', async () => {
		const {take, sending, of} = setUp();
		take('a', 10);
		await turn();
		expect(of('a')).toBe(4);
		for (const who of ['b', 'c', 'd', 'e', 'f']) {
			take(who, 10);
		}

		await turn();
		expect(sending).toHaveLength(16);
		expect(['a', 'b', 'c', 'd', 'e', 'f'].map(who => of(who))).toEqual([4, 4, 4, 4, 0, 0]);
	});

	test('never are more than that, and always as many as can be, whatever ends first', async () => {
		const {take, sending, sent, of} = setUp();
		const requesters = Array.from({length: 7}, (_, index) => `${index}`);
		for (const who of requesters) {
			take(who, 40);
		}

		await turn();
		let seed = 1;
		for (let left = 7 * 40; left > 0; left--) {
			expect(sending.length).toBeLessThanOrEqual(16);
			expect(Math.max(...requesters.map(who => of(who)))).toBeLessThanOrEqual(4);
			if (left > 7 * 16) {
				expect(sending).toHaveLength(16);
			}

			seed = (seed * 31 + 7) % 1009;
			await sent(sending[seed % sending.length]!.who);
		}

		expect(sending).toHaveLength(0);
	});

	test('of one requester come in the order in which it asked', async () => {
		const {take, sending, sent} = setUp();
		take('a', 20);
		await turn();
		const numbers: number[] = [];
		while (sending.length > 0) {
			numbers.push(sending[0]!.number);
			await sent();
		}

		expect(numbers).toEqual(Array.from({length: 20}, (_, index) => index + 1));
	});

	test('go round: who asks for much does not keep one who asks for little waiting', async () => {
		const {take, sent, order} = setUp();
		for (const who of ['flood 1', 'flood 2', 'flood 3', 'flood 4']) {
			take(who, 1000);
		}

		await turn();
		take('little', 3);
		await turn();
		expect(order).not.toContain('little');
		for (let count = 0; count < 16; count++) {
			await sent();
		}

		// One block in a round of five.
		expect(order.slice(16).filter(who => who === 'little')).toHaveLength(3);
		expect(order.slice(16, 21)).toContain('little');
	});

	test('are had in equal parts by all who ask for much', async () => {
		const {take, sent, order} = setUp();
		const requesters = Array.from({length: 9}, (_, index) => `${index}`);
		for (const who of requesters) {
			take(who, 1000);
		}

		await turn();
		order.length = 0;
		for (let count = 0; count < 9 * 20; count++) {
			await sent();
		}

		for (const who of requesters) {
			const had = order.filter(one => one === who).length;
			expect(had).toBeGreaterThanOrEqual(18);
			expect(had).toBeLessThanOrEqual(22);
		}
	});

	test('of a slow reader are its own: the others go on', async () => {
		const {take, sent, of, order} = setUp();
		take('slow', 100);
		take('fast', 100);
		await turn();
		while (order.filter(who => who === 'fast').length < 100) {
			await sent('fast');
		}

		expect(of('slow')).toBe(4);
	});

	test('that fail are free again', async () => {
		const {turns, take, of} = setUp();
		const send = async () => {
			const release = await turns.take('a', 1);
			try {
				throw new Error('closed');
			} finally {
				release();
			}
		};

		for (let count = 0; count < 100; count++) {
			await expect(send()).rejects.toThrow('closed');
		}

		take('a', 10);
		await turn();
		expect(of('a')).toBe(4);
	});

	test('are had by nobody any more after the signal, and who waits hears of it once there is one', async () => {
		const {stop, take, sent, sending, failed, order} = setUp();
		take('a', 10);
		await turn();
		stop.abort();
		take('b');
		await turn();
		expect(failed).toEqual(['b']);
		while (sending.length > 0) {
			await sent();
		}

		expect(failed).toEqual(['b', 'a', 'a', 'a', 'a', 'a', 'a']);
		expect(order).toHaveLength(4);
	});

	test('that wait for the limit end with the signal, and leave their places', async () => {
		const {stop, take, of, failed} = setUp(new RateLimit(0.001));
		take('a', 6);
		await turn();
		expect(of('a')).toBe(0);
		stop.abort();
		await turn();
		await turn();
		expect(failed).toHaveLength(6);
	});

	test('forget a requester that wants no more', async () => {
		const {turns} = setUp();
		for (let count = 0; count < 1000; count++) {
			const release = await turns.take(`${count}`, 1);
			release();
		}

		const first = await turns.take('0', 1);
		expect(first).toBeTypeOf('function');
		expect(turns.blockBytes).toBe(1024 * 1024);
	});

	test.each([
		[100_000, 16 * 1024],
		[1_000_000, 50_000],
		[1e9, 1024 * 1024],
	])('are of blocks that look smooth at %d bytes a second: %d', (bytesPerSecond, expected) => {
		expect(setUp(new RateLimit(bytesPerSecond)).turns.blockBytes).toBe(expected);
	});
});
