import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import type {WireMessage} from '../../source/protocol/wire.js';
import {reduce} from '../../source/state/reducer.js';
import {rowsOf} from '../../source/state/selectors.js';
import {initialState, type State} from '../../source/state/state.js';
import {formatMilliseconds, formatSeconds} from '../../source/ui/format.js';
import {ladderHead, ladderOf, ladderRow} from '../../source/ui/ladder.js';
import {after, listening, nowMs, wireMessage} from '../state/rows.js';

const time = formatMilliseconds(nowMs);
const shortTime = formatSeconds(nowMs);

const hear = (...messages: Array<Partial<WireMessage>>): State =>
	after([listening, ...messages.map(values => ({type: 'wire' as const, message: wireMessage(values)}))], {
		...initialState,
		focus: 'wire',
		extra: 'wire',
	});

/** The head and a line for each message. */
function drawn(state: State, width: number): string[] {
	const ladder = ladderOf(state, width);
	return [ladderHead(ladder), ...rowsOf(state, 'wire').map(row => ladderRow(row, ladder))].map(segments =>
		segments
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);
}

const bob = {plane: 'data', party: 'bob', remote: '10.0.0.7:51022'} as const;

const exchange: Array<Partial<WireMessage>> = [
	{kind: 'init', bytes: 412, summary: 'port 8001'},
	{kind: 'snapshot', bytes: 3100, direction: 'in', summary: 'revision 142'},
	{...bob, kind: 'GET', bytes: 180, summary: '/files/notes.pdf bytes=0-1048575'},
	{...bob, kind: '206', bytes: 1_048_912, direction: 'in', summary: '206 Partial Content, bytes 0-1048575/2100000'},
	{kind: 'keep-alive', bytes: 35, summary: 'revision 142'},
];

describe('the ladder', () => {
	it('draws each message from who says it to whom, past whoever stands between', () => {
		expect(drawn(hear(...exchange), 85)).toEqual([
			'  ada                            tracker                           bob',
			`   │── init 412 B port 8001 ───────▶│                               │    ${time}`,
			`   │◀─ snapshot 3.1 kB revision … ──│                               │    ${time}`,
			`   │── GET 180 B /files/notes.pdf bytes=0-1048575 ─────────────────▶│    ${time}`,
			`   │◀━ 206 1 MB Partial Content, bytes 0-1048575/2100000 ━━━━━━━━━━━│    ${time}`,
			`   │── keep-alive 35 B revision … ─▶│                               │    ${time}`,
		]);
	});

	it('has two lines where it is narrow, and says on the arrow whose it is', () => {
		expect(drawn(hear(...exchange), 35)).toEqual([
			'ada           tracker, bob',
			`│── tracker init 412 B ─▶│ ${shortTime}`,
			`│◀─ tracker snapshot ────│ ${shortTime}`,
			`│── bob GET 180 B ──────▶│ ${shortTime}`,
			`│◀━ bob 206 1 MB ━━━━━━━━│ ${shortTime}`,
			`│── tracker keep-alive ─▶│ ${shortTime}`,
		]);
	});

	const party = (name: string, values: Partial<WireMessage> = {}): Partial<WireMessage> => ({
		...bob,
		party: name,
		remote: name,
		kind: 'GET',
		summary: '',
		bytes: 180,
		...values,
	});

	it('has a line for each peer as far as there is room, names before addresses, and one for all others', () => {
		const state = hear(...['10.0.0.9:51022', 'dave', 'carol', 'bob'].map(name => party(name)));
		const names = (width: number) => ladderOf(state, width).lines.map(({name}) => name);
		expect(names(197)).toEqual(['ada', 'tracker', 'bob', 'carol', 'others']);
		expect(names(75)).toEqual(['ada', 'tracker', 'bob', 'others']);
		expect(names(55)).toEqual(['ada', 'tracker', 'bob, others']);
		expect(names(35)).toEqual(['ada', 'tracker, peers']);
		const [, address] = drawn(state, 75);
		expect(address).toContain('10.0.0.9:51022 GET');
	});

	it('gives the peer of the message under the cursor the first line', () => {
		const state = hear(party('bob'), party('carol'), party('dave'), {kind: 'keep-alive'});
		const onCarol = reduce(state, {type: 'move', rows: -2});
		expect(ladderOf(onCarol, 75).peers).toEqual(['carol']);
		// On a message of the tracker, they stand as they do while the list goes on.
		expect(ladderOf(reduce(onCarol, {type: 'move', rows: 1}), 75).peers).toEqual(['dave']);
		expect(ladderOf(state, 75).peers).toEqual(['bob']);
	});

	it('has those first that send or fetch files, before those that only the tracker of this program hears', () => {
		const state = hear({end: 'tracker', party: 'abel', direction: 'in'}, party('zoe'), party('eve'));
		expect(ladderOf(state, 197).peers).toEqual(['eve', 'zoe', 'abel']);
	});

	it('draws what the tracker of this program hears between the peer and the tracker', () => {
		const [, said, answered, ours] = drawn(
			hear(
				{end: 'tracker', party: 'bob', direction: 'in', kind: 'keep-alive', summary: ''},
				{end: 'tracker', party: 'bob', direction: 'out', kind: 'changed', summary: ''},
				{end: 'tracker', party: 'ada', direction: 'in', kind: 'init', summary: ''},
			),
			85,
		);
		expect(said).toMatch(/^ {3}│ +│◀─ keep-alive 35 B ─+│/);
		expect(answered).toMatch(/^ {3}│ +│── changed 35 B ─+▶│/);
		expect(ours).toMatch(/^ {3}│── init 35 B ─+▶│ +│/);
	});

	it('says that a message is malformed in a glyph and a word, and does not let it arrive', () => {
		const problem = 'Expected an HTTP request, got "junk"';
		const [, came, went] = drawn(hear(party('bob', {direction: 'in', problem}), party('bob', {problem})), 115);
		expect(came).toMatch(/│╳─ ✗ malformed 180 B Expected an HTTP request, got "junk" ─+│/);
		expect(went).toMatch(/│── ✗ malformed 180 B Expected an HTTP request, got "junk" ─+╳│/);
	});

	it('says how long nobody has watched', () => {
		const state = hear({kind: 'keep-alive'});
		const gone = reduce(state, {type: 'watch wire', isOn: false, nowMs});
		const back = reduce(gone, {type: 'watch wire', isOn: true, nowMs: nowMs + 12_000});
		expect(drawn(back, 85)[2]).toMatch(/^┄┄ not watched for 12 s ┄+ /);
	});

	it('keeps every line in its column, at every width, whoever is there', () => {
		const texts = ['ソケット'.repeat(5), '👨‍👩‍👧‍👦 family', 'x'.repeat(300), 'bob', 'é'];
		const state = hear(
			...exchange,
			...texts.flatMap(name => [
				party(name, {summary: name, kind: name}),
				party(name, {end: 'tracker', plane: 'control', problem: name, direction: 'in'}),
				party(name, {end: 'echo', plane: 'echo'}),
			]),
		);
		for (let width = 35; width < 200; width += 5) {
			const ladder = ladderOf(state, width);
			const [head, ...rows] = drawn(state, width);
			expect(stringWidth(head!)).toBeLessThanOrEqual(ladder.width);
			for (const row of rows) {
				expect(stringWidth(row), row).toBeLessThanOrEqual(width);
				const columns = columnsOf(row);
				// Ours and the last line are never crossed.
				expect(columns[ladder.lines[0]!.x], row).toBe('│');
				expect(columns[ladder.lines.at(-1)!.x], row).toBe('│');
			}
		}
	});
});

/** The character in each column; a wide one has the next column, too. */
function columnsOf(text: string): string[] {
	return [...new Intl.Segmenter().segment(text)].flatMap(({segment}) => [
		segment,
		...Array.from({length: stringWidth(segment) - 1}, () => ''),
	]);
}
