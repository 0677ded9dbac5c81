/*
What the wire pane costs while messages stream in: a full ring, and 33 messages a frame, which is 1,000 a second. Prints milliseconds;
asserts nothing. Arguments: frames (300).
*/
import {Buffer} from 'node:buffer';
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {renderToString} from 'ink';
import {createElement} from 'react';
import {limits} from '../../dist/source/state/limits.js';
import {reduce} from '../../dist/source/state/reducer.js';
import {viewport} from '../../dist/source/state/selectors.js';
import {initialState} from '../../dist/source/state/state.js';
import {createStore} from '../../dist/source/state/store.js';
import {App} from '../../dist/source/ui/app.js';
import {ladderOf, ladderRow} from '../../dist/source/ui/ladder.js';
import {wireLine} from '../../dist/source/ui/wire-line.js';

const frames = Number(process.argv[2] ?? 300);
const perFrame = 33;
const nowMs = 1_700_000_000_000;
const raw = Buffer.alloc(4096, 'x');
const size = {columns: 120, rows: 40};

let sent = 0;
const messages = count =>
	Array.from({length: count}, () => {
		const index = sent++;
		const name = ['bob', 'carol', 'dave', 'eve'][index % 4];
		return {
			type: 'wire',
			message: {
				atMs: nowMs + index,
				plane: 'data',
				direction: index % 2 === 0 ? 'out' : 'in',
				end: 'peer',
				remote: `10.0.0.${index % 4}:8000`,
				party: name,
				kind: index % 2 === 0 ? 'GET' : '206',
				bytes: 1_048_912,
				summary: `/content/abcdef bytes=${index}-${index + 1}`,
				fields: [{name: 'range', value: `bytes=${index}-${index + 1}`}],
				raw,
			},
		};
	});

const full = () =>
	reduce(
		{...initialState, size, extra: 'wire', focus: 'wire'},
		{
			type: 'peer events',
			events: messages(limits.maxWireRows),
			nowMs,
		},
	);

/** The median and the 95th percentile of what a frame's work takes. */
function perFrameMs(what, start, work) {
	let state = start;
	const costs = [];
	for (let frame = 0; frame < frames; frame++) {
		const events = messages(perFrame);
		const startMs = performance.now();
		state = reduce(state, {type: 'peer events', events, nowMs});
		work(state);
		costs.push(performance.now() - startMs);
	}

	costs.sort((a, b) => a - b);
	const [median, p95] = [0.5, 0.95].map(part => costs[Math.floor(frames * part)].toFixed(2).padStart(7));
	console.log(`${what.padEnd(56)} ${median} ms ${p95} ms`);
}

const list = state => viewport(state, 'wire').rows.map(row => wireLine(row, 115));

const ladder = state => {
	const drawn = ladderOf(state, 115);
	return viewport(state, 'wire').rows.map(row => ladderRow(row, drawn));
};

const actions = {};

const draw = state =>
	renderToString(createElement(App, {store: createStore(state), actions, onQuit() {}, onSuspend() {}}), {
		columns: size.columns,
	});

const inLadder = state => reduce(state, {type: 'wire view', kind: 'ladder'});
const filtered = state => reduce(state, {type: 'filter', text: 'peer:bob, kind:206'});
const paused = state => reduce(state, {type: 'pause wire'});
const closed = state => reduce(reduce(state, {type: 'toggle pane', pane: 'wire'}), {type: 'clear wire'});
const standing = state => reduce(state, {type: 'move', rows: -1000});

console.log(`${perFrame} messages a frame, ${limits.maxWireRows} held`.padEnd(56), '  median       p95');
perFrameMs('heard', full(), () => {});
perFrameMs('heard and listed', full(), list);
perFrameMs('heard and listed, from a row in the middle', standing(full()), list);
perFrameMs('heard, filtered and listed', filtered(full()), list);
perFrameMs('heard and held', paused(full()), list);
perFrameMs('heard and drawn as a ladder', inLadder(full()), ladder);
perFrameMs('a whole frame, the pane closed', closed(full()), draw);
perFrameMs('a whole frame, the list', full(), draw);
perFrameMs('a whole frame, the ladder', inLadder(full()), draw);
