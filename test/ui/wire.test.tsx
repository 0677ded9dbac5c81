import {describe, expect, it} from 'vitest';
import type {PeerEvent} from '../../source/peer/events.js';
import {safeText} from '../../source/protocol/safe-text.js';
import type {WireMessage} from '../../source/protocol/wire.js';
import {connected, listening, nowMs, wireMessage} from '../state/rows.js';
import {until} from '../wait.js';
import {openScreen} from './screen.js';

const wire = (values: Partial<WireMessage> = {}): PeerEvent => ({type: 'wire', message: wireMessage(values)});

const bob = {plane: 'data', party: 'bob', remote: '10.0.0.7:51022', summary: '/files/a.txt'} as const;

const exchange = [
	wire({kind: 'init', bytes: 412}),
	wire({...bob, kind: 'GET'}),
	wire({...bob, kind: '206', direction: 'in', summary: '206 Partial Content'}),
	wire({kind: 'keep-alive'}),
];

const openWire = (events: PeerEvent[] = exchange, {columns = 120, rows = 30} = {}) => {
	const screen = openScreen([listening, connected, ...events], {columns, rows});
	screen.press('w');
	return screen;
};

describe('the wire pane', () => {
	it('says what it is for while nothing has come', async () => {
		const {sees} = openWire([]);
		await sees('Listening. Every message that this peer sends or gets from now on shows here.');
	});

	it.each([
		[40, 12],
		[60, 20],
		[80, 24],
		[120, 40],
		[200, 60],
	])('lists every message at %i x %i, follows, and says so', async (columns, rows) => {
		const {sees, tell, frame} = openWire(exchange, {columns, rows});
		await sees('5 Wire 4 · following');
		await sees(/→ bob +GET/);
		await sees(/← bob +206/);
		tell(wire({kind: 'bye'}));
		await sees(/▌ \d\d:\d\d:\d\d(\.\d{3})? → tracker +bye/);
		expect(frame()).toContain('Wire 5 · following');
	});

	it('holds what comes while it is paused, and says how much', async () => {
		const {press, sees, tell, frame} = openWire();
		press('p');
		await sees('paused, 0 new');
		await sees('p go on');
		tell(wire({kind: 'bye'}));
		await sees('paused, 1 new');
		expect(frame()).not.toMatch(/tracker +bye/);
		press('p');
		await sees(/tracker +bye/);
		await sees('5 Wire 5 · following');
	});

	it('stays where the cursor was put, and goes along again with G', async () => {
		const {press, sees, tell} = openWire();
		press('k');
		await sees('5 Wire 4 · G follows');
		await sees(/▌ .*← bob +206/);
		tell(wire({kind: 'bye'}));
		await sees('5 Wire 5');
		await sees(/▌ .*← bob +206/);
		press('G');
		await sees(/▌ .*tracker +bye/);
	});

	it('narrows by what is under the cursor, step by step, and the footer says to what', async () => {
		const {press, sees, frame} = openWire();
		press('k');
		await sees('e this peer');
		press('e');
		await sees('Wire 2 of 4 · G follows · /peer:bob,');
		await sees('e this kind');
		expect(frame()).not.toMatch(/tracker +init/);
		press('e');
		await sees('/kind:206,');
		press('e');
		await sees('/plane:data,');
		await sees('e all again');
		press('e');
		await sees('5 Wire 4 · G follows');
	});

	it('forgets the messages so far', async () => {
		const {press, sees, tell} = openWire();
		await sees('5 Wire 4');
		press('c');
		await sees('5 Wire 0');
		tell(wire({kind: 'bye'}));
		await sees('5 Wire 1');
	});

	it.each([
		[40, 12, /tracker keep-alive ─+▶│/],
		[60, 20, /│─+ GET 35 B .*─▶│/],
		[80, 24, /│─+ GET 35 B .*─▶│/],
		[120, 40, /│─+ GET 35 B .*─▶│/],
		[200, 60, /│─+ GET 35 B .*─▶│/],
	])('draws a ladder at %i x %i, with the parties above, and lists again', async (columns, rows, drawn) => {
		const {press, sees} = openWire(exchange, {columns, rows});
		press('l');
		await sees(/ada +tracker.* +bob|ada +tracker, bob/);
		await sees(drawn);
		press('l');
		await sees(/→ bob +GET/);
	});

	it('has as many rows in the ladder as there is room for beside its head', async () => {
		const {press, sees, lines} = openWire(
			Array.from({length: 100}, (_, index) => wire({kind: `kind ${index}`})),
			{columns: 80, rows: 24},
		);
		press('l');
		await sees('kind 99');
		const rows = lines().filter(line => line.includes('kind '));
		// Header, tabs, summary, notice and footer, two borders and the head; the last row of the terminal stays free.
		expect(rows).toHaveLength(24 - 1 - 5 - 2 - 1);
		expect(lines().filter(line => line.includes('▌'))).toHaveLength(1);
		press('gG');
		await sees(/▌.*kind 99/);
	});

	it.each([
		[40, 12],
		[60, 20],
		[80, 24],
		[120, 40],
		[200, 60],
	])('opens a message at %i x %i, as hex and as text, and closes it again', async (columns, rows) => {
		const {press, sees} = openWire(
			[wire({direction: 'in', raw: new TextEncoder().encode('{"revision":142}\n'), bytes: 17, fields: []})],
			{columns, rows},
		);
		await sees('5 Wire 1');
		press('\r');
		await sees('← keep-alive · tracker → ada');
		await sees(/Way +tracker → ada/);
		await sees('h text');
		// In the smallest, the bytes are further down.
		const isTall = rows >= 20;
		await sees(isTall ? /00000000 {2}7b 22/ : /Kind +keep-alive, 17 B/);
		press('h');
		await sees('h hex');
		await sees(isTall ? '{"revision":142}' : /Kind +keep-alive, 17 B/);
		press('\u001B');
		await sees('5 Wire 1');
	});

	it('goes back by Escape, step by step: filter, zoom, pane', async () => {
		const {press, sees, store} = openWire([wire()]);
		await sees('w close');
		press('+/keep\r');
		await sees('5 Wire 1 of 1');
		for (const [filter, isZoomed, focus] of [
			['', true, 'wire'],
			['', false, 'wire'],
			['', false, 'remote'],
			['', false, 'remote'],
		] as const) {
			press('\u001B');
			await until(`${focus}, zoomed: ${isZoomed}`, () => {
				const {isZoomed: isZoomedNow, focus: focusNow, panes} = store.getState();
				return panes.wire.filter === filter && isZoomedNow === isZoomed && focusNow === focus;
			});
		}
	});

	it('says of a time that nobody watched that it knows nothing, where details come by it', async () => {
		const {press, sees, store, tell, frame} = openWire([wire()]);
		await sees('5 Wire 1');
		store.dispatch({type: 'watch wire', isOn: false, nowMs});
		store.dispatch({type: 'watch wire', isOn: true, nowMs: nowMs + 12_000});
		tell(wire({kind: 'bye'}));
		await sees('5 Wire 3');
		press('i');
		await sees('→ bye');
		press('[');
		await sees('The wire was not watched for 12 s');
		expect(frame()).not.toContain('Plane');
		press('[');
		await sees('Plane');
	});

	it('offers no details where the filter leaves no message', async () => {
		const {press, sees, frame, store} = openWire();
		await sees('i details');
		press('/nobody\r');
		await sees('5 Wire 0 of 4');
		await until('other keys', () => !frame().includes('i details'));
		press('i');
		press('l');
		await sees('l list');
		expect(store.getState().mode).toBe('normal');
	});

	it('lets nothing that strangers send speak to the terminal', async () => {
		const hostile = '\u001B]52;c;aGk=\u0007\u001B[2Jbidi \u202Etxt';
		const {press, sees, frame} = openWire([
			wire({
				party: safeText(hostile),
				kind: safeText(hostile),
				summary: safeText(hostile),
				problem: safeText(hostile),
				fields: [{name: safeText(hostile), value: safeText(hostile)}],
				raw: new TextEncoder().encode(hostile),
			}),
		]);
		const isClean = () => {
			// eslint-disable-next-line no-control-regex -- it is about control sequences
			expect(frame()).not.toMatch(/\u001B]|\u001B\[2J|\u0007|\u202E/);
		};

		await sees('✗ malformed');
		isClean();
		press('l');
		await sees('╳');
		isClean();
		press('\rh');
		await sees('as text');
		await sees('␛]52;c;aGk=␇␛[2Jbidi <U+202E>txt');
		isClean();
	});
});
