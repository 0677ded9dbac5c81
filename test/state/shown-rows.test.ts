import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {PeerEvent, Transfer} from '../../source/peer/events.js';
import type {Action} from '../../source/state/actions.js';
import {parseFilter, matches} from '../../source/state/filter.js';
import {lists, type ListKind, type Rows} from '../../source/state/lists.js';
import {reduce} from '../../source/state/reducer.js';
import {arrowOf, cursorIndex, rowsOf, selected, sortOf} from '../../source/state/selectors.js';
import {placesBy} from '../../source/state/sort-rows.js';
import {compareBy, orderOf, sorts} from '../../source/state/sorts.js';
import {initialState, paneNames, type PaneName, type State} from '../../source/state/state.js';
import {countTransfers} from '../../source/state/transfer-counts.js';
import {after, localRow, peerRow, remote, remoteRow, sampled, transfer, transferRow} from './rows.js';

const nowMs = 0;

/** Sorted and filtered from the beginning, as one would without any memory. */
function plainRows<Pane extends PaneName>(state: State, pane: Pane): Array<Rows[Pane]> {
	const {filter, sort, isReversed} = state.panes[pane];
	const {textOf} = lists[pane] as unknown as ListKind<Rows[Pane]>;
	const rows = [...state[pane].values()] as unknown as Array<Rows[Pane]>;
	const words = parseFilter(filter);
	return rows
		.toSorted(compareBy(orderOf(pane, sort, isReversed), state.progress))
		.filter(row => matches(textOf(row), words));
}

const label = fc.constantFrom('a', 'A', 'ä', 'b', 'week 9', 'week 10', 'ab', 'B', 'ba');
const small = fc.nat(4);

const facts = fc.oneof(
	fc
		.array(fc.record({name: label, size: fc.option(small, {nil: undefined}), mtime: small, isOld: fc.boolean()}))
		.map((rows): PeerEvent => ({
			type: 'remote',
			changed: rows.map(({name, size, mtime, isOld}) =>
				remoteRow(name, {key: isOld ? `${name}\n${mtime}` : name, size, mtime, state: isOld ? 'older' : 'missing'}),
			),
			removed: [],
		})),
	fc.array(label).map((removed): PeerEvent => ({type: 'remote', changed: [], removed})),
	fc.array(fc.record({name: label, size: small})).map((rows): PeerEvent => ({
		type: 'local',
		changed: rows.map(({name, size}) => localRow(name, {size})),
		removed: [],
	})),
	fc.array(fc.record({key: small.map(String), name: label, files: small})).map((rows): PeerEvent => ({
		type: 'peers',
		changed: rows.map(row => peerRow(row)),
		removed: [],
	})),
	fc
		.record({
			id: fc.nat(8),
			label,
			bytes: small,
			state: fc.constantFrom<Transfer['state']>('running', 'running', 'waiting', 'done', 'failed'),
			peer: label,
			place: small,
		})
		.map(({id, ...values}): PeerEvent => transfer(transferRow(id, {...values, size: 4}))),
	fc.nat(8).map((id): PeerEvent => ({type: 'cleared', ids: [id]})),
);

const action: fc.Arbitrary<Action> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.array(facts, {maxLength: 3}).map((events): Action => ({type: 'peer events', events, nowMs})),
	},
	fc.constantFrom<Action>({type: 'sort'}, {type: 'reverse sort'}),
	fc.constantFrom(...paneNames).map((pane): Action => ({type: 'focus', pane})),
	fc.constantFrom('', 'a', 'ab', 'b', 'w', 'we', 'wee', 'wee 1', '-a').map((text): Action => ({type: 'filter', text})),
	fc.array(fc.record({id: fc.nat(8), bytes: small}), {maxLength: 3}).map((running): Action => sampled(nowMs, running)),
	fc.integer({min: -3, max: 3}).map((rows): Action => ({type: 'move', rows})),
);

/** Lists with enough rows that a change is a small part of them. */
const begun = after([
	remote(
		...Array.from({length: 60}, (_, index) => remoteRow(`file ${index % 30}`, {key: `k${index}`, size: index % 7})),
	),
	...Array.from({length: 60}, (_, id) => transfer(transferRow(id + 100, {place: id % 5, size: id % 4}))),
	{type: 'local', changed: Array.from({length: 60}, (_, id) => localRow(`file ${id}`)), removed: []},
	{
		type: 'peers',
		changed: Array.from({length: 60}, (_, id) => peerRow({key: `p${id}`, name: id % 2 ? 'ann' : ''})),
		removed: [],
	},
]);

/** With enough rows that all of them are looked at in the order they came in. */
const large = after(
	[
		{
			type: 'remote',
			changed: Array.from({length: 2500}, (_, index) =>
				remoteRow(`${'abw'[index % 3]!} ${(index * 7919) % 2500}`, {size: index % 11, mtime: index % 5}),
			),
			removed: [],
		},
	],
	begun,
);

describe('the rows that are shown', () => {
	it('are what sorting and filtering everything would give, and the cursor stays on its row', () => {
		fc.assert(
			fc.property(fc.array(action, {maxLength: 40}), fc.constantFrom(initialState, begun), (actions, start) => {
				let state = start;
				for (const current of actions) {
					const before = selected(state, state.focus);
					state = reduce(state, current);
					for (const pane of paneNames) {
						const plain = plainRows(state, pane);
						expect(rowsOf(state, pane)).toEqual(plain);
						expect(rowsOf(state, pane).every((row, index) => row === plain[index])).toBe(true);
						const {key} = state.panes[pane].cursor;
						const place = plain.findIndex(row => (lists[pane] as ListKind<unknown>).keyOf(row) === key);
						if (place !== -1) {
							expect(cursorIndex(state, pane)).toBe(place);
						}
					}

					if (before === undefined) {
						continue;
					}

					expect(countTransfers(state.transfers).waiting).toBe(
						[...state.transfers.values()].filter(row => row.state === 'waiting').length,
					);
				}
			}),
			{numRuns: 200},
		);
	});

	it('are what sorting and filtering everything would give when there are many', () => {
		fc.assert(
			fc.property(fc.array(action, {maxLength: 20}), actions => {
				let state = large;
				for (const current of actions) {
					state = reduce(state, current);
					const plain = plainRows(state, 'remote');
					const rows = rowsOf(state, 'remote');
					expect(rows.length).toBe(plain.length);
					expect(rows.every((row, index) => row === plain[index])).toBe(true);
				}
			}),
			{numRuns: 30},
		);
	});

	it('are not worked out anew by a step back in the filter', () => {
		const typed = reduce(begun, {type: 'filter', text: 'file'});
		const rows = rowsOf(typed, 'remote');
		const longer = reduce(typed, {type: 'filter', text: 'file 1'});
		expect(rowsOf(longer, 'remote').length).toBeLessThan(rows.length);
		expect(rowsOf(reduce(longer, {type: 'filter', text: 'file'}), 'remote')).toBe(rows);
	});
});

describe('many rows', () => {
	it.each([false, true])('are sorted by numbers as by comparing, reversed: %s', isReversed => {
		const value = fc.oneof(
			fc.constantFrom(0, -0, -1, 1, 255, 65_536, 2 ** 53, -(2 ** 40), 0.5, -0.25),
			fc.integer(),
			fc.double({noNaN: true, noDefaultInfinity: true}),
		);
		fc.assert(
			fc.property(fc.array(value, {minLength: 1, maxLength: 40}), values => {
				const rows = Array.from({length: 2100}, (_, index) =>
					remoteRow(String(index).padStart(5, '0'), {mtime: values[index % values.length]!}),
				);
				const order = orderOf(
					'remote',
					sorts.remote.findIndex(({label: name}) => name === 'age'),
					isReversed,
				);
				const expected = rows.toSorted(compareBy(order, new Map()));
				const places = placesBy(
					rows,
					order,
					new Map(),
					Float64Array.from(rows, ({mtime}) => -mtime),
				);
				expect(expected.every((row, index) => row === rows[places[index]!])).toBe(true);
			}),
			{numRuns: 20},
		);
	});
});

describe('the direction of an order', () => {
	const state = after([
		remote(remoteRow('b', {size: 1}), remoteRow('a', {size: 1}), remoteRow('c', {size: 9}), remoteRow('d', {size: 0})),
	]);
	const names = (now: State) => rowsOf(now, 'remote').map(({name}) => name);

	it('is reversed, but what is equal stays by name', () => {
		const bySize = reduce(state, {type: 'sort'});
		expect(names(bySize)).toEqual(['c', 'a', 'b', 'd']);
		expect(names(reduce(bySize, {type: 'reverse sort'}))).toEqual(['d', 'a', 'b', 'c']);
		expect(names(reduce(state, {type: 'reverse sort'}))).toEqual(['d', 'c', 'b', 'a']);
	});

	it('is shown by an arrow, and natural again with the next order', () => {
		expect(arrowOf(state, 'remote')).toBe('↑');
		const reversed = reduce(state, {type: 'reverse sort'});
		expect(arrowOf(reversed, 'remote')).toBe('↓');
		expect(arrowOf(reduce(reversed, {type: 'sort'}), 'remote')).toBe('↓');
		expect(arrowOf(reduce(reduce(reversed, {type: 'sort'}), {type: 'reverse sort'}), 'remote')).toBe('↑');
	});

	it.each(paneNames)('can be had for every column of %s', pane => {
		let current: State = {...state, focus: pane};
		const labels = new Set<string>();
		for (const _ of sorts[pane]) {
			labels.add(sortOf(current, pane).label);
			current = reduce(current, {type: 'sort'});
		}

		const columns = {
			peers: ['name', 'address', 'files'],
			local: ['name', 'size', 'age'],
			remote: ['name', 'size', 'age', 'held by', 'state'],
			transfers: ['activity', 'name', 'size', 'progress', 'rate', 'newest', 'peer'],
			wire: ['time'],
			log: ['time'],
		};
		expect([...labels]).toEqual(columns[pane]);
		expect(current.panes[pane].sort).toBe(0);
	});
});

describe('transfers by rate', () => {
	it('change places with each sample', () => {
		const running = after([1, 2].map(id => transfer(transferRow(id, {state: 'running', label: String(id)}))));
		let state: State = {...running, focus: 'transfers'};
		while (sortOf(state, 'transfers').label !== 'rate') {
			state = reduce(state, {type: 'sort'});
		}

		const ids = () => rowsOf(state, 'transfers').map(({id}) => id);
		const sample = (atMs: number, first: number, second: number) => {
			state = reduce(
				state,
				sampled(atMs, [
					{id: 1, bytes: first},
					{id: 2, bytes: second},
				]),
			);
		};

		sample(0, 0, 0);
		expect(ids()).toEqual([1, 2]);
		sample(1000, 10, 1000);
		expect(ids()).toEqual([2, 1]);
		sample(2000, 100_010, 1001);
		expect(ids()).toEqual([1, 2]);
	});
});

describe('a jump by letter', () => {
	const state = after([remote(...['alpha', 'Émile', 'eve', 'öl', 'Zoe', '7'].map(name => remoteRow(name)))]);
	const jumps = (...letters: string[]) => {
		let current = state;
		return letters.map(letter => {
			current = reduce(current, {type: 'jump', letter});
			return selected(current, 'remote')?.name;
		});
	};

	it('goes to the next row that begins with it, whatever its case and accents, and from the last to the first', () => {
		expect(jumps('e', 'e', 'e')).toEqual(['Émile', 'eve', 'Émile']);
		expect(jumps('z', 'O', 'é', '7')).toEqual(['Zoe', 'öl', 'Émile', '7']);
	});

	it('stays where it is when no row does', () => {
		expect(reduce(state, {type: 'jump', letter: 'q'})).toBe(state);
		expect(reduce(initialState, {type: 'jump', letter: 'q'})).toBe(initialState);
	});
});

describe('marking all that is shown', () => {
	const state = after([
		remote(remoteRow('a1'), remoteRow('a2'), remoteRow('a3', {state: 'here'}), remoteRow('b1'), remoteRow('b2')),
	]);
	const marks = (now: State) => [...now.marks];

	it('marks what can be had, keeps the marks of other filters, and takes its own away again', () => {
		const a = reduce(reduce(state, {type: 'filter', text: 'a'}), {type: 'mark all'});
		expect(marks(a)).toEqual(['a1', 'a2']);
		const both = reduce(reduce(a, {type: 'filter', text: 'b'}), {type: 'mark all'});
		expect(marks(both)).toEqual(['a1', 'a2', 'b1', 'b2']);
		expect(marks(reduce(both, {type: 'mark all'}))).toEqual(['a1', 'a2']);
		expect(marks(reduce(reduce(both, {type: 'filter', text: ''}), {type: 'mark all'}))).toEqual([]);
	});
});
