import type {Segment} from './theme.js';

const offsetWidth = 8;

/** Columns that so many bytes take: offset, hex in groups of eight, and characters. */
const widthFor = (bytes: number) => offsetWidth + 2 + bytes * 3 + (bytes > 8 ? 1 : 0) + 1 + bytes;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** ASCII that can be seen; a point for all other bytes, as hexdump(1) has it. */
const character = (byte: number) => (byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : '.');

/** `00000010  7b 22 70 6f 72 74 22 3a  38 30 30 31 2c 22 66 69  {"port":8001,"fi`; 8 bytes a row, or 4, where 16 do not fit. */
export function hexRows(bytes: Uint8Array, width: number): Segment[][] {
	const perRow = [16, 8, 4].find(count => widthFor(count) <= width) ?? 2;
	const rows: Segment[][] = [];
	for (let offset = 0; offset < bytes.length; offset += perRow) {
		const row = [...bytes.subarray(offset, offset + perRow)];
		const groups = [row.slice(0, 8), row.slice(8)].map(group => group.map(byte => `${hex(byte, 2)} `).join(''));
		const wanted = perRow * 3 + (perRow > 8 ? 1 : 0);
		rows.push([
			{text: `${hex(offset, offsetWidth)}  `, isDim: true},
			{
				text: groups
					.filter(Boolean)
					.join(' ')
					.padEnd(wanted + 1),
			},
			{text: row.map(byte => character(byte)).join(''), isDim: true},
		]);
	}

	return rows;
}
