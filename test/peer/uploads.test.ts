import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {PeerEvent, Transfer} from '../../source/peer/events.js';
import {TransferTable} from '../../source/peer/transfer-table.js';
import {Uploads, type Upload} from '../../source/peer/uploads.js';

/** Longer than the pause after which a peer is taken to be done. */
const longMs = 3001;

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

function setUp() {
	const events: PeerEvent[] = [];
	const table = new TransferTable(
		event => {
			events.push(event);
		},
		() => {},
	);
	const uploads = new Uploads(table);
	/** The rows as they are now. */
	const rows = () => {
		const byId = new Map<number, Transfer>();
		for (const event of events) {
			if (event.type === 'transfer') {
				byId.set(event.transfer.id, event.transfer);
			}
		}

		return [...byId.values()];
	};

	return {
		uploads,
		table,
		events,
		rows,
		states: () => rows().map(({state}) => state),
		begin: (values: Partial<Upload> = {}) =>
			uploads.begin({name: 'a', label: 'a', size: 100, from: 0, peer: 'caller', isPiecewise: true, ...values}),
	};
}

describe('an upload by pieces', () => {
	test('is one row for many requests, those at the same time included', () => {
		const {begin, rows, table, events} = setUp();
		const first = begin();
		const second = begin({from: 50});
		first.sent(10);
		second.sent(20);
		first.end();
		const third = begin({from: 10});
		third.sent(5);
		expect(rows()).toMatchObject([{direction: 'up', name: 'a', size: 100, state: 'running', peer: 'caller'}]);
		expect(table.sample()).toEqual([{id: rows()[0]!.id, bytes: 35}]);
		expect(events).toHaveLength(1);
	});

	test('counts what is sent, wherever a request begins', () => {
		const {begin, table} = setUp();
		begin({from: 90}).sent(10);
		expect(table.sample()[0]!.bytes).toBe(10);
	});

	test('is done when all is sent', () => {
		const {begin, rows} = setUp();
		const first = begin();
		first.sent(60);
		first.end();
		const second = begin({from: 60});
		second.sent(40);
		second.end();
		expect(rows()).toMatchObject([{state: 'done', bytes: 100, error: undefined}]);
		vi.advanceTimersByTime(10 * longMs);
		expect(rows()).toHaveLength(1);
	});

	test('is done after a pause, counted from the end of the last request', () => {
		const {begin, rows, states} = setUp();
		const first = begin();
		const second = begin({from: 50});
		first.sent(10);
		first.end();
		vi.advanceTimersByTime(10 * longMs);
		expect(states()).toEqual(['running']);
		second.end();
		vi.advanceTimersByTime(longMs - 100);
		const third = begin();
		vi.advanceTimersByTime(10 * longMs);
		expect(states()).toEqual(['running']);
		third.end();
		vi.advanceTimersByTime(longMs);
		expect(rows()).toMatchObject([{state: 'done', bytes: 10}]);
	});

	test('that is cut short is no failure: its pieces may have come from elsewhere', () => {
		const {begin, rows} = setUp();
		const log = begin();
		log.sent(10);
		log.end(new Error('closed'));
		vi.advanceTimersByTime(longMs);
		expect(rows()).toMatchObject([{state: 'done', bytes: 10, error: undefined}]);
	});

	test('is another row after it was done, and again done by itself', () => {
		const {begin, states} = setUp();
		const late = begin();
		const log = begin();
		log.sent(100);
		log.end();
		expect(states()).toEqual(['done']);
		begin().sent(1);
		expect(states()).toEqual(['done', 'running']);
		// What still ran when all was sent has no say in the new one.
		late.sent(50);
		late.end();
		expect(states()).toEqual(['done', 'running']);
		vi.advanceTimersByTime(longMs);
		expect(states()).toEqual(['done', 'running']);
	});

	test.each<[string, Partial<Upload>]>([
		['peer', {peer: 'another'}],
		['file', {name: 'b'}],
		['size', {size: 101}],
	])('is a row for each %s', (_, values) => {
		const {begin, states} = setUp();
		begin().end();
		begin(values).end();
		expect(states()).toEqual(['running', 'running']);
		vi.advanceTimersByTime(longMs);
		expect(states()).toEqual(['done', 'done']);
	});

	test('of an empty file is done at once', () => {
		const {begin, states} = setUp();
		begin({size: 0}).end();
		expect(states()).toEqual(['done']);
	});

	test('leaves no timer when all stops', () => {
		const {begin, uploads, states} = setUp();
		begin().end();
		begin({name: 'b'});
		uploads.stop();
		expect(vi.getTimerCount()).toBe(0);
		vi.advanceTimersByTime(longMs);
		expect(states()).toEqual(['running', 'running']);
	});

	test('that ends after all has stopped leaves no timer either', () => {
		const {begin, uploads} = setUp();
		const log = begin();
		uploads.stop();
		log.end(new Error('closed'));
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe('an upload of a whole file', () => {
	test('is a row for each request, and never one with those by pieces', () => {
		const {begin, states, table} = setUp();
		const pieces = begin();
		const first = begin({isPiecewise: false, from: 40});
		const second = begin({isPiecewise: false});
		first.sent(10);
		expect(table.sample().map(({bytes}) => bytes)).toEqual([0, 50, 0]);
		first.end();
		second.end(new Error('closed'));
		pieces.end();
		expect(states()).toEqual(['running', 'done', 'failed']);
	});
});
