import {meaningOf} from '../../protocol/wire-fields.js';
import {memo} from '../../state/memo.js';
import type {WireRow, WireView} from '../../state/state.js';
import {formatMilliseconds, formatSize} from '../format.js';
import {hexRows} from '../hex-dump.js';
import {textRows} from '../raw-text.js';
import {wrapped} from '../text.js';
import type {Segment} from '../theme.js';
import {accentOf, kindOf, malformedWord} from '../wire-line.js';

type Row = Segment[];

const labelWidth = 12;

/** Rows that one value, or what it means, may take. */
const maxTextRows = 20;

const planes: Record<WireRow['plane'], string> = {
	control: 'control: peer and tracker',
	data: 'data: peer and peer',
	echo: 'echo: what comes goes back',
};

/** Who says it, and to whom. */
export function waysOf({direction, end, party}: WireRow, self: string): {from: string; to: string} {
	const ours = end === 'tracker' ? 'tracker' : self;
	return direction === 'in' ? {from: party, to: ours} : {from: ours, to: party};
}

/** A name and what belongs to it; what is longer goes on below. */
function field(label: string, value: string, width: number, style: Partial<Segment> = {}): Row[] {
	return wrapped(value, width - labelWidth, maxTextRows).map((text, index) => [
		{text: (index === 0 ? label : '').padEnd(labelWidth), isDim: true},
		{text, ...style},
	]);
}

/** A member by its name, its value, and below what it means. */
function memberRows(kind: string, {name, value}: {name: string; value: string}, width: number): Row[] {
	const meaning = meaningOf(kind, name);
	const room = width - 2;
	const values = wrapped(`${name}: ${value}`, room, maxTextRows);
	const rows: Row[] = values.map((text, index) =>
		index === 0 && text.startsWith(name)
			? [{text: '  '}, {text: name, isBold: true}, {text: text.slice(name.length)}]
			: [{text: '  '}, {text}],
	);
	const meanings = meaning === '' ? [] : wrapped(meaning, room - 2, maxTextRows);
	return [...rows, ...meanings.map((text): Row => [{text: `    ${text}`, isDim: true}])];
}

/** `first 4096 of 1048912 bytes` */
function bytesText({bytes, raw}: WireRow): string {
	return raw.length < bytes ? `first ${raw.length} of ${bytes} bytes` : `${bytes} bytes`;
}

/** All about a message, in so many columns: who says it to whom, its members and what they mean, and its bytes. */
export const messageRows = memo((row: WireRow, self: string, width: number, view: WireView['bytes']): Row[] => {
	const {atMs, plane, remote, kind, bytes, summary, problem, fields, raw} = row;
	const {from, to} = waysOf(row, self);
	const accent = accentOf(row);
	const dump = view === 'hex' ? hexRows(raw, width) : textRows(raw, width);
	return [
		...field('Time', formatMilliseconds(atMs), width),
		...field('Way', `${from} → ${to}`, width, {accent}),
		...(remote === '' || remote === row.party ? [] : field('Address', remote, width)),
		...field('Plane', planes[plane], width),
		...field('Kind', `${kind}, ${formatSize(bytes)}`, width, {isBold: true}),
		...(problem === undefined
			? field('Says', summary, width)
			: field(malformedWord, problem, width, {accent: 'trouble'})),
		...(fields.length > 0 ? [[], heading('Fields', String(fields.length))] : []),
		...fields.flatMap(member => memberRows(kind, member, width)),
		[],
		heading('Bytes', `as ${view} · ${bytesText(row)}`),
		...(raw.length === 0 ? [[{text: 'None of them were kept', isDim: true}]] : dump),
	];
});

const heading = (text: string, about: string): Row => [
	{text: `${text} `, isBold: true, isUnderlined: true},
	{text: `  ${about}`, isDim: true},
];

/** `→ init · ada → tracker` */
export const messageTitle = (row: WireRow, self: string): string => {
	const {from, to} = waysOf(row, self);
	return `${row.direction === 'in' ? '←' : '→'} ${kindOf(row)} · ${from} → ${to}`;
};
