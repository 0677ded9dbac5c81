import {Buffer} from 'node:buffer';
import process from 'node:process';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {describe, expect, it, test} from 'vitest';
import {text} from '../../source/cli/recording/shape.js';
import {cutText} from '../../source/protocol/cut-text.js';
import {peerNameOf} from '../../source/protocol/decode.js';
import type {JsonObject} from '../../source/protocol/json-stream.js';
import {describeControl} from '../../source/protocol/wire-control.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapMegabytes(): number {
	collectGarbage();
	return process.memoryUsage().heapUsed / 1_000_000;
}

describe('cutText', () => {
	it.each([
		['hello', 10, 'hello'],
		['hello', 5, 'hello'],
		['hello', 2, 'he'],
		['a😀b', 2, 'a'],
		['a😀b', 3, 'a😀'],
		['文\uD800', 1, '文'],
	])('cuts %j at %i to %j', (whole, length, expected) => {
		expect(cutText(whole, length)).toBe(expected);
	});
});

test.each([
	['a described message', (value: JsonObject) => describeControl('peer', value, {bytes: 1, parts: [Buffer.from('x')]})],
	['the name of a peer', ({type}: JsonObject) => peerNameOf(type)],
	['a text of a recording', ({type}: JsonObject) => text(type)],
])('what %s keeps of a long text is no more than it shows', (_, keep) => {
	const before = heapMegabytes();
	const kept = Array.from({length: 20}, (_item, index) => {
		const line = JSON.stringify({type: `${index}${'x'.repeat(5_000_000)}`});
		return keep(JSON.parse(line) as JsonObject);
	});
	expect(heapMegabytes() - before).toBeLessThan(50);
	expect(kept).toHaveLength(20);
});
