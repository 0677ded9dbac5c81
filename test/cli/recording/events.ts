import fc from 'fast-check';
import type {Recorded} from '../../../source/cli/recording/entry.js';
import {safeText} from '../../../source/protocol/safe-text.js';

const word = fc.string({maxLength: 12}).map(text => safeText(text));
const amount = fc.nat();
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, {nil: undefined});

const source = fc.record({
	key: word,
	ip: fc.ipV4(),
	port: fc.nat(65_535),
	name: word,
	isClassic: fc.boolean(),
	isPartial: fc.boolean(),
});

const remote = fc.record({
	key: fc.tuple(word, word).map(lines => lines.join('\n')),
	name: word,
	label: word,
	size: optional(amount),
	mtime: amount,
	root: optional(word),
	sources: fc.array(source, {maxLength: 3}),
	state: fc.constantFrom('missing' as const, 'newer' as const, 'here' as const, 'older' as const),
});

const local = fc.record({name: word, label: word, size: amount, mtime: amount});

const peer = fc.record({
	key: word,
	name: word,
	ip: fc.ipV6(),
	port: amount.map(n => n % 65_536),
	files: amount,
	isClassic: fc.boolean(),
});

const id = fc.nat(5);

const transfer = fc.record({
	id,
	direction: fc.constantFrom('down' as const, 'up' as const),
	name: word,
	label: word,
	size: optional(amount),
	bytes: amount,
	state: fc.constantFrom(...(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled'] as const)),
	peer: word,
	error: optional(word),
	place: fc.integer(),
});

const message = fc.record({
	atMs: amount,
	plane: fc.constantFrom('control' as const, 'data' as const, 'echo' as const),
	direction: fc.constantFrom('in' as const, 'out' as const),
	end: fc.constantFrom('peer' as const, 'tracker' as const, 'echo' as const),
	remote: word,
	party: word,
	kind: word,
	bytes: amount,
	summary: word,
	fields: fc.array(fc.record({name: word, value: word}), {maxLength: 3}),
	raw: fc.uint8Array({maxLength: 50}),
	problem: optional(word),
});

const event = fc.oneof(
	fc.record({type: fc.constant('listening' as const), host: word, port: fc.nat(65_535), name: word, dir: word}),
	fc.record({
		type: fc.constant('tracker' as const),
		address: word,
		state: fc.constant('lost' as const),
		retryInMs: amount,
		reason: word,
	}),
	fc.record({
		type: fc.constant('tracker' as const),
		address: word,
		state: fc.constant('connected' as const),
		version: fc.constantFrom(1 as const, 2 as const),
	}),
	fc.record({type: fc.constant('peers' as const), changed: fc.array(peer), removed: fc.array(word)}),
	fc.record({type: fc.constant('local' as const), changed: fc.array(local), removed: fc.array(word)}),
	fc.record({type: fc.constant('remote' as const), changed: fc.array(remote), removed: fc.array(word)}),
	fc.record({type: fc.constant('transfer' as const), transfer}),
	fc.record({type: fc.constant('cleared' as const), ids: fc.array(id)}),
	fc.record({type: fc.constant('sync' as const), isOn: fc.boolean()}),
	fc.record({
		type: fc.constant('notice' as const),
		level: fc.constantFrom('info' as const, 'warning' as const, 'error' as const),
		text: word,
	}),
	fc.record({type: fc.constant('wire' as const), message}),
);

const sample = fc.record({
	atMs: amount,
	downBytes: amount,
	upBytes: amount,
	trackerRttMs: optional(amount),
	running: fc.array(fc.record({id, bytes: amount}), {maxLength: 3}),
});

/** Anything that a session can bring, in any order. */
export const session: fc.Arbitrary<Recorded[]> = fc.array(
	fc.oneof(
		{weight: 6, arbitrary: event.map(value => ({event: value}))},
		{weight: 2, arbitrary: sample.map(value => ({sample: value}))},
		{weight: 1, arbitrary: optional(word).map(joinLine => ({joinLine}))},
		{
			weight: 1,
			arbitrary: fc
				.record({delayMs: amount, isTrackerDropped: fc.boolean(), cutPeer: optional(word), isSlow: fc.boolean()})
				.map(lab => ({lab})),
		},
	),
);
