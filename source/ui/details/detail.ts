import {cut} from '../text.js';
import type {Row} from './row.js';

/** Rows that are made when they are looked at: a peer may have any number of files. */
export type LazyRows = {length: number; at: (index: number) => Row};

/** All about something. */
export type Detail = {title: string; parts: LazyRows[]};

export const fixedRows = (rows: readonly Row[]): LazyRows => ({length: rows.length, at: index => rows[index]!});

export const lazyRows = <Item>(items: readonly Item[], row: (item: Item) => Row): LazyRows => ({
	length: items.length,
	at: index => row(items[index]!),
});

/** The name of a list, with a row of space before it. */
export const headRows = (text: string, width: number): LazyRows =>
	fixedRows([[], [{text: cut(text, width), isDim: true}]]);

export const lengthOf = ({parts}: Detail): number => parts.reduce((sum, {length}) => sum + length, 0);

/** The rows from `top` on, as many as are in sight. */
export function rowsInSight({parts}: Detail, top: number, height: number): Row[] {
	const rows: Row[] = [];
	let skipped = top;
	for (const {length, at} of parts) {
		for (let index = skipped; index < length && rows.length < height; index++) {
			rows.push(at(index));
		}

		skipped = Math.max(0, skipped - length);
	}

	return rows;
}
