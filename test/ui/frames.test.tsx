import {renderToString} from 'ink';
import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import type {PeerActions, PeerEvent} from '../../source/peer/events.js';
import {safeText} from '../../source/protocol/safe-text.js';
import {createStore} from '../../source/state/store.js';
import {App} from '../../source/ui/app.js';
import {bindings} from '../../source/ui/bindings.js';
import {press} from '../../source/ui/keymap.js';
import {
	after,
	connected,
	listening,
	localRow,
	peerRow,
	remote,
	remoteRow,
	transfer,
	transferRow,
	wireMessage,
} from '../state/rows.js';

/** Names that strangers may choose, as they are after decode. */
const hostileNames = [
	'../../etc/passwd',
	'\u001B]52;c;aGk=\u0007clipboard',
	'\u001B[2J\u001B[Hwiped',
	'bell\u0007 tab\t cr\r lf\n',
	'bidi \u202Eexe.txt',
	'第7週 ソケットプログラミング入門.mp4',
	'👨‍👩‍👧‍👦 family ❤️ 🇩🇪.png',
	'Z͑ͫ̓ͪ̂ͫ̽alg͎̺͎̝o.txt',
	'مقدمة في الشبكات.pdf',
	`${'long '.repeat(50)}.bin`,
	'x'.repeat(255),
].map(name => safeText(name));

const crowd: PeerEvent[] = [
	listening,
	connected,
	{type: 'peers', changed: hostileNames.map((name, index) => peerRow({key: String(index), name})), removed: []},
	{type: 'local', changed: hostileNames.map(name => localRow(name)), removed: []},
	remote(...hostileNames.map(name => remoteRow(name))),
	...hostileNames.map((name, index) =>
		transfer(
			transferRow(index + 1, {
				name,
				label: name,
				peer: name,
				state: (['running', 'waiting', 'paused', 'done', 'failed', 'cancelled'] as const)[index % 6]!,
				error: index % 6 === 4 ? `${name} closed the connection` : undefined,
				bytes: 450,
			}),
		),
	),
	...hostileNames.map((text): PeerEvent => ({type: 'notice', level: 'error', text})),
	...hostileNames.map((text, index): PeerEvent => ({
		type: 'wire',
		message: wireMessage({party: text, summary: text, ...(index % 2 === 0 && {problem: text})}),
	})),
];

const lost: PeerEvent = {type: 'tracker', address: '10.0.0.2:6969', state: 'lost', retryInMs: 4000, reason: 'refused'};

/** The palette lies on the lower part of the panes. */
type Situation = {name: string; events: PeerEvent[]; keys: string; isCovered?: true};

/** What is on the screen: facts and keys, and what it shows when it is there. */
const situations: Situation[] = [
	{name: 'before anything is known', events: [], keys: ''},
	{name: 'with nobody there', events: [listening, connected], keys: ''},
	{name: 'without the tracker', events: [...crowd, lost], keys: ''},
	...[1, 2, 3, 4, 5, 6].flatMap(pane => [
		{name: `pane ${pane}, empty`, events: [listening, connected], keys: String(pane)},
		{name: `pane ${pane}, crowded`, events: crowd, keys: `${pane}jj`},
		{name: `pane ${pane}, zoomed`, events: crowd, keys: `${pane}+G`},
		{name: `pane ${pane}, filtered without a match`, events: crowd, keys: `${pane}/nothing has this\r`},
		{name: `pane ${pane}, while a filter is typed`, events: crowd, keys: `${pane}/a`},
		{name: `pane ${pane}, details`, events: crowd, keys: `${pane}i`},
	]),
	{name: 'marks', events: crowd, keys: '   '},
	{name: 'help', events: crowd, keys: '?'},
	{name: 'help, scrolled', events: crowd, keys: '?jjjjj'},
	{name: 'the palette', events: crowd, keys: ':', isCovered: true},
	{name: 'the palette, searched', events: crowd, keys: ':so', isCovered: true},
	{name: 'a question', events: crowd, keys: 'q'},
	{name: 'a ladder', events: crowd, keys: '5l'},
];

const sizes = [
	[40, 12],
	[60, 20],
	[80, 24],
	[120, 40],
	[200, 60],
	// Short, and narrow but tall.
	[120, 16],
	[44, 50],
] as const;

const corners = /[┏┓┗┛╭╮╰╯]/;

/** What must hold of every frame. */
function check(frame: string, columns: number, rows: number, isCovered = false): void {
	const lines = frame.split('\n');
	expect(lines.length, frame).toBeLessThanOrEqual(rows - 1);
	for (const line of lines) {
		expect(stringWidth(line), `${line}\nin\n${frame}`).toBeLessThanOrEqual(columns);
		// A frame stands where it belongs: what is in it has not pushed it away.
		if (/^[┃│┏╭┗╰]/.test(line)) {
			expect(stringWidth(line), `${line}\nin\n${frame}`).toBe(columns);
			expect(line.at(-1), frame).toMatch(/[┃│┓╮┛╯]/);
		}
	}

	const parts = isCovered ? 2 : 4;
	expect([...frame].filter(character => corners.test(character)).length % parts, frame).toBe(0);
	// eslint-disable-next-line no-control-regex -- it is about control characters
	expect(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/.exec(frame), frame).toBeNull();
	expect(lines.at(-1)?.trim(), frame).not.toBe('');
}

const noActions = new Proxy({} as PeerActions, {get: () => () => {}});

/** The frame after these facts and keys. */
function frameOf(events: PeerEvent[], keys: string, columns: number, rows: number): string {
	const store = createStore(after(events));
	store.dispatch({type: 'resized', columns, rows});
	for (const key of keys) {
		const name = key === '\r' ? 'enter' : key === ' ' ? 'space' : key;
		const context = {
			state: store.getState(),
			dispatch: store.dispatch,
			actions: noActions,
			bindings,
			quit() {},
			suspend() {},
		};
		press(name, context);
	}

	return renderToString(<App store={store} actions={noActions} onQuit={() => {}} />, {columns});
}

describe.each(sizes)('at %i x %i', (columns, rows) => {
	it.each(situations)('the frame is whole: $name', ({events, keys, isCovered}) => {
		check(frameOf(events, keys, columns, rows), columns, rows, isCovered);
	});
});
