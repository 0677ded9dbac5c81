import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {KeySet} from '../../source/state/key-set.js';
import {RowList} from '../../source/state/row-list.js';

type Row = {value: number};
type Op = {kind: 'set' | 'delete'; key: number; value: number};

const op = fc.record<Op>({
	kind: fc.constantFrom('set', 'set', 'delete'),
	key: fc.nat(20),
	value: fc.nat(3),
});

/** Of which earlier version the next is made, counted from the newest, and what is done to it. */
const step = fc.record({
	back: fc.oneof({weight: 4, arbitrary: fc.constant(0)}, fc.nat(6)),
	ops: fc.array(op, {maxLength: 6}),
});

const rowsOf = <Key, Value>(rows: ReadonlyMap<Key, Value>) => [...rows];

function edited(list: RowList<number, Row>, ops: Op[], rows: Map<number, Row>): RowList<number, Row> {
	const edit = list.edit();
	for (const {kind, key, value} of ops) {
		if (kind === 'set') {
			const row = {value};
			edit.set(key, row);
			rows.set(key, row);
		} else {
			edit.delete(key);
			rows.delete(key);
		}

		expect([edit.has(key), edit.get(key)]).toEqual([rows.has(key), rows.get(key)]);
	}

	return edit.done();
}

describe('a list of rows', () => {
	it('is a Map that is copied at each change, in every version, also after newer ones were made', () => {
		fc.assert(
			fc.property(fc.array(step, {maxLength: 30}), steps => {
				let list = RowList.empty<number, Row>();
				const versions = [{list, rows: new Map<number, Row>()}];
				for (const {back, ops} of steps) {
					const from = versions[Math.max(0, versions.length - 1 - back)]!;
					const rows = new Map(from.rows);
					list = edited(from.list, ops, rows);
					versions.push({list, rows});
				}

				for (const version of versions) {
					expect(version.list.size).toBe(version.rows.size);
					expect(rowsOf(version.list)).toEqual(rowsOf(version.rows));
					expect([...version.list.keys()]).toEqual([...version.rows.keys()]);
					expect([...version.list.values()]).toEqual([...version.rows.values()]);
					for (let key = 0; key <= 20; key++) {
						expect(version.list.get(key)).toBe(version.rows.get(key));
						expect(version.list.has(key)).toBe(version.rows.has(key));
					}
				}
			}),
		);
	});

	it('tells what the rows were that have changed since an earlier version, and no others', () => {
		let told = 0;
		fc.assert(
			fc.property(fc.array(step, {maxLength: 30}), fc.nat(8), (steps, since) => {
				const rows = new Map(Array.from({length: 21}, (_, key) => [key, {value: 9}]));
				const versions = [{list: RowList.from(rows), rows: new Map(rows)}];
				for (const {ops} of steps) {
					versions.push({list: edited(versions.at(-1)!.list, ops, rows), rows: new Map(rows)});
				}

				const now = versions.at(-1)!;
				const then = versions.at(-1 - since) ?? versions[0]!;
				const changes = now.list.changesSince(then.list.version);
				if (!changes) {
					return;
				}

				told++;
				for (let key = 0; key <= 20; key++) {
					if (changes.has(key)) {
						expect(changes.get(key)).toBe(then.rows.get(key));
					} else {
						expect(now.rows.get(key)).toBe(then.rows.get(key));
					}
				}
			}),
		);
		expect(told).toBeGreaterThan(20);
	});

	it('goes on through the rows it began with when the next version comes meanwhile', () => {
		const list = RowList.from(new Map([1, 2, 3, 4].map(key => [key, {value: key}])));
		const seen: number[] = [];
		for (const [key] of list) {
			seen.push(key);
			list.with(new Map([[9, {value: 9}]]), new Set([3, 4]));
		}

		expect(seen).toEqual([1, 2, 3, 4]);
	});

	it('is itself when nothing changes', () => {
		const row = {value: 1};
		const list = RowList.from(new Map([[1, row]]));
		expect(list.with(new Map([[1, row]]), new Set([2]))).toBe(list);
		expect(RowList.from(list)).toBe(list);
		expect(list.changesSince(list.version)).toEqual(new Map());
	});

	it('does not know what has changed since a version of another list, or one long ago', () => {
		const many = RowList.from(new Map(Array.from({length: 20_000}, (_, key) => [key, {value: 0}])));
		let list = many;
		for (let round = 0; round < 50; round++) {
			list = list.with(new Map(Array.from({length: 100}, (_, key) => [key * round, {value: round}])), new Set());
		}

		expect(list.changesSince(many.version)).toBeUndefined();
		expect(list.changesSince(RowList.empty().version)).toBeUndefined();
		expect(many.changesSince(list.version)).toBeUndefined();
	});
});

describe('a set of keys', () => {
	it('keeps its order, and is itself when nothing changes', () => {
		const set = KeySet.from(['b', 'a']);
		const more = set.with(['c', 'b'], ['a']);
		expect([...more]).toEqual(['b', 'c']);
		expect([more.has('a'), more.size, [...set]]).toEqual([false, 2, ['b', 'a']]);
		expect(set.with(['a'])).toBe(set);
	});
});
