import {memo} from '../state/memo.js';
import {rowsOf, selected} from '../state/selectors.js';
import type {State, WireRow} from '../state/state.js';
import {formatSize, formatSpan} from './format.js';
import {steady} from './steady.js';
import {cut, fit, widthOf} from './text.js';
import type {Segment} from './theme.js';
import {accentOf, kindOf, timeIn, timeWidthIn} from './wire-line.js';

/** A party's line, from top to bottom, and where it stands. */
export type Lifeline = {name: string; x: number};

/** The lines between which messages are drawn: ours, the tracker's, some peers', and one for all others. */
export type Ladder = {
	lines: Lifeline[];
	/** What we are called, as the tracker in this program hears it, too. */
	self: string;
	/** The peers that have a line of their own, from the third line on. */
	peers: string[];
	/** Too narrow for more than two lines: ours, and one for everybody else. */
	isNarrow: boolean;
	/** Some messages are of peers without a line of their own. */
	hasOthers: boolean;
	/** Columns of the diagram, and of the time behind it. */
	width: number;
	timeWidth: number;
};

/** From this distance on a line can be told from the next, with a kind and a size between them. */
const minGap = 20;
const maxLines = 5;

/** From this length on an arrow has more than its head beside the words. */
const longShaftFrom = 24;

/** Bodies of files are drawn thicker than what is said about them. */
const bodyFrom = 1000;

const compareNames = new Intl.Collator(undefined, {numeric: true}).compare;

/** Addresses come after names. */
const rank = (party: string) => Number(/^[\d[]/.test(party));

const byName = (a: string, b: string) => rank(a) - rank(b) || compareNames(a, b);

const isTracker = ({plane, end}: WireRow) => plane === 'control' && end === 'peer';

/** The peers in these messages, those that send or fetch files first. They keep their places while the list goes on. */
const partiesIn = memo((rows: readonly WireRow[], self: string): string[] => {
	const data = new Set<string>();
	const other = new Set<string>();
	for (const row of rows) {
		if (row.plane !== 'control') {
			data.add(row.party);
		} else if (!isTracker(row) && row.party !== self) {
			other.add(row.party);
		}
	}

	return [...[...data].toSorted(byName), ...[...other].filter(party => !data.has(party)).toSorted(byName)].filter(
		Boolean,
	);
});

/** The lines for what the pane shows; the peer of the message under the cursor comes first. */
export function ladderOf(state: State, width: number): Ladder {
	const self = state.self?.name ?? 'you';
	const timeWidth = timeWidthIn(width);
	const room = width - timeWidth;
	const fitting = Math.min(maxLines, Math.floor((room - 1) / minGap) + 1);
	const isFollowing = state.panes.wire.cursor.key === undefined;
	const all = partiesIn(rowsOf(state, 'wire'), self);
	const chosen = isFollowing ? undefined : selected(state, 'wire')?.party;
	const parties =
		chosen !== undefined && all.includes(chosen) ? [chosen, ...all.filter(party => party !== chosen)] : all;
	const common = {self, width: room, timeWidth};
	if (fitting < 3) {
		const names = [self, parties.length === 0 ? 'tracker' : `tracker, ${parties.length > 1 ? 'peers' : parties[0]!}`];
		return {...common, lines: placed(names, room), peers: [], isNarrow: true, hasOthers: true};
	}

	const places = fitting - 2;
	const hasOthers = parties.length > places;
	const peers = parties.slice(0, hasOthers ? Math.max(1, places - 1) : places);
	const last = hasOthers && places === 1 ? [`${peers[0]!}, others`] : [...peers, ...(hasOthers ? ['others'] : [])];
	return {...common, lines: placed([self, 'tracker', ...last], room), peers, isNarrow: false, hasOthers};
}

function placed(names: string[], width: number): Lifeline[] {
	const margin = width >= 45 ? 3 : 0;
	const step = (width - 1 - 2 * margin) / (names.length - 1);
	return names.map((name, index) => ({name, x: Math.round(margin + index * step)}));
}

/** The names above the lines. */
export function ladderHead({lines, width}: Ladder): Segment[] {
	let text = '';
	for (const [index, {name, x}] of lines.entries()) {
		const start = widthOf(text) + (index === 0 ? 0 : 1);
		const end = index === lines.length - 1 ? width : Math.floor((x + lines[index + 1]!.x) / 2);
		const shown = cut(name, end - start);
		const at = Math.max(start, Math.min(Math.round(x - (widthOf(shown) - 1) / 2), end - widthOf(shown)));
		text += ' '.repeat(Math.max(0, at - widthOf(text))) + shown;
	}

	return [{text}];
}

/** Between which lines a message goes: ours, and the other's. */
function placesOf(row: WireRow, {lines, peers, self, isNarrow}: Ladder): {ours: number; other: number} {
	if (isNarrow) {
		return {ours: 0, other: 1};
	}

	if (isTracker(row)) {
		return {ours: 0, other: 1};
	}

	const isOurTracker = row.end === 'tracker';
	if (isOurTracker && row.party === self) {
		return {ours: 1, other: 0};
	}

	const index = peers.indexOf(row.party);
	return {ours: isOurTracker ? 1 : 0, other: index === -1 ? lines.length - 1 : index + 2};
}

/** Whose message it is, where its line does not say so. */
function whose(row: WireRow, {peers, self, isNarrow}: Ladder): string {
	if (!isNarrow) {
		const isOurs = row.end === 'tracker' && row.party === self;
		return isTracker(row) || isOurs || peers.includes(row.party) ? '' : row.party;
	}

	if (row.end !== 'tracker') {
		return row.party;
	}

	return row.direction === 'in' ? `${row.party}→tracker` : `tracker→${row.party}`;
}

/** `│── init 412 B ─────▶│` */
export function ladderRow(row: WireRow, ladder: Ladder): Segment[] {
	const {lines, width, timeWidth} = ladder;
	const time: Segment = {text: ` ${timeIn(row.atMs, timeWidth).trimEnd()}`, isDim: true};
	if (row.gapMs !== undefined) {
		const text = `┄┄ not watched for ${formatSpan(row.gapMs)} `;
		return [{text: fit(text + '┄'.repeat(Math.max(0, width - widthOf(text))), width)}, time];
	}

	const {ours, other} = placesOf(row, ladder);
	const isRightwards = ours < other === (row.direction === 'out');
	const [from, to] = [lines[Math.min(ours, other)]!.x, lines[Math.max(ours, other)]!.x];
	return [
		{text: lifelines(lines, 0, from + 1), isDim: true},
		...arrow(row, whose(row, ladder), to - from - 1, isRightwards),
		{text: lifelines(lines, to, width), isDim: true},
		time,
	];
}

/** The lines from one column up to another. */
function lifelines(lines: readonly Lifeline[], from: number, to: number): string {
	const columns = Array.from({length: to - from}, () => ' ');
	for (const {x} of lines) {
		if (x >= from && x < to) {
			columns[x - from] = '│';
		}
	}

	return columns.join('');
}

/** In exactly so many columns, from line to line. */
function arrow(row: WireRow, party: string, width: number, isRightwards: boolean): Segment[] {
	const {plane, bytes, problem} = row;
	const accent = accentOf(row);
	const line = plane === 'data' && bytes >= bodyFrom ? '━' : '─';
	// Both ends of the shaft and two spaces are always there.
	const shaft = width < longShaftFrom ? '' : line;
	const room = width - 2 * shaft.length - 4;
	const words = wordsOf(row, party, room);
	const fill = line.repeat(Math.max(0, room - words.reduce((sum, {text}) => sum + widthOf(text), 0)));
	const rightHead = problem === undefined ? '▶' : '╳';
	const leftHead = problem === undefined ? '◀' : '╳';
	return [
		{text: (isRightwards ? line : leftHead) + shaft, accent},
		{text: ' '},
		...words,
		{text: ' '},
		{text: fill + shaft + (isRightwards ? rightHead : line), accent},
	];
}

/** As much as fits of the kind, the size and what it says. */
function wordsOf(row: WireRow, party: string, room: number): Segment[] {
	const {kind, bytes, summary, problem} = row;
	const accent = problem === undefined ? undefined : ('trouble' as const);
	const before = party === '' ? '' : `${steady(party)} `;
	const name = steady(kindOf(row));
	const size = ` ${formatSize(bytes)}`;
	if (widthOf(before + name) > room) {
		return [{text: cut(before + name, room), accent}];
	}

	if (widthOf(before + name + size) > room) {
		return [{text: before}, {text: name, isBold: true, accent}];
	}

	const rest = room - widthOf(before + name + size) - 1;
	const more = problem ?? (summary.startsWith(kind) ? summary.slice(kind.length).replace(/^[ ,]+/, '') : summary);
	return [
		{text: before},
		{text: name, isBold: true, accent},
		{text: size, isDim: true},
		{text: rest >= minWords && more !== '' ? ` ${cut(more, rest)}` : '', accent},
	];
}

/** Fewer columns than this say nothing. */
const minWords = 8;
