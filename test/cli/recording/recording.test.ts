import {Buffer} from 'node:buffer';
import {appendFile, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import type {Entry, Recorded} from '../../../source/cli/recording/entry.js';
import {openRecording, lengthOfRecording} from '../../../source/cli/recording/read-recording.js';
import {recordedStore} from '../../../source/cli/recording/recorded-store.js';
import {Recording} from '../../../source/cli/recording/recording.js';
import type {WireMessage} from '../../../source/protocol/wire.js';
import type {Action} from '../../../source/state/actions.js';
import {reduce} from '../../../source/state/reducer.js';
import {KeySet} from '../../../source/state/key-set.js';
import {RowList} from '../../../source/state/row-list.js';
import {initialState, type State} from '../../../source/state/state.js';
import {createStore} from '../../../source/state/store.js';
import {smallDisk} from '../../small-disk.js';
import {nowMs, peerRow, remoteRow} from '../../state/rows.js';
import {temporaryFolder, until} from '../../wait.js';
import {session} from './events.js';

const header = {startedAtMs: nowMs, program: '0.1.0', size: undefined};

const headerText = '{"p2p-tui":"recording","version":1,"startedAt":"2026-11-20T10:00:00.000Z","program":"0.1.0"}\n';

const notice = (text: string): Recorded => ({event: {type: 'notice', level: 'info', text}});

/** The screen after each of these, as if it were told alone. */
function stateAfter(entries: Entry[]): State {
	let state = initialState;
	for (const entry of entries) {
		state = reduce(state, actionOf(entry));
	}

	return state;
}

function actionOf(entry: Entry): Action {
	const atMs = nowMs + entry.t;
	if ('event' in entry) {
		return {type: 'peer events', events: [entry.event], nowMs: atMs};
	}

	if ('sample' in entry) {
		return {type: 'sampled', sample: entry.sample, nowMs: atMs};
	}

	if ('joinLine' in entry) {
		return {type: 'join line', line: entry.joinLine};
	}

	return 'lab' in entry ? {type: 'lab', lab: entry.lab} : {type: 'echo', echo: entry.echo};
}

/** A state with its lists as plain ones. */
const listed = (state: State) =>
	Object.fromEntries(
		Object.entries(state).map(([name, value]: [string, unknown]) => [
			name,
			value instanceof RowList ? [...value] : value instanceof KeySet ? [...value] : value,
		]),
	);

async function entriesOf(file: string): Promise<Entry[]> {
	const {entries} = await openRecording(file);
	const all: Entry[] = [];
	for await (const entry of entries) {
		all.push(entry);
	}

	return all;
}

/** A recording of these, a second apart. */
async function record(file: string, recorded: Recorded[]): Promise<Entry[]> {
	let now = 5000;
	const recording = await Recording.open(file, header, () => now);
	const entries = recorded.map((one, index) => {
		now = 5000 + index * 1000;
		recording.write(one);
		return {t: index * 1000, ...one};
	});
	await recording.close();
	return entries;
}

describe('a recording', () => {
	it('gives the same screen again, whatever happens', async () => {
		const folder = await temporaryFolder();
		let number = 0;
		await fc.assert(
			fc.asyncProperty(session, async recorded => {
				const file = path.join(folder, `${number++}.jsonl`);
				const told = await record(file, recorded);
				expect(listed(stateAfter(await entriesOf(file)))).toEqual(listed(stateAfter(told)));
			}),
			{numRuns: 60},
		);
	});

	it('has many lines for a large directory, none of them long, and the same rows', async () => {
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		const changed = Array.from({length: 5000}, (_, index) => remoteRow(`folder ${'x'.repeat(100)}/${index}`));
		const removed = changed.slice(0, 3000).map(({key}) => key);
		const told = await record(file, [{event: {type: 'remote', changed, removed}}]);
		const text = await readFile(file, 'utf8');
		const lines = text.split('\n');
		expect(lines.length).toBeGreaterThan(5);
		expect(Math.max(...lines.map(line => line.length))).toBeLessThan(400_000);
		const entries = await entriesOf(file);
		expect([...stateAfter(entries).remote.keys()]).toEqual([...stateAfter(told).remote.keys()]);
		expect(stateAfter(entries).remote.size).toBe(2000);
	});

	it('takes in a directory that is larger than what may wait for a slow disk', async () => {
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		const recording = await Recording.open(file, header);
		const problems: string[] = [];
		recording.onProblem = problem => {
			problems.push(problem);
		};

		const changed = Array.from({length: 10_000}, (_, index) =>
			remoteRow(`${index}`, {label: `${index} ${'x'.repeat(8000)}`}),
		);
		recording.write({event: {type: 'remote', changed, removed: []}});
		await recording.close();
		expect(problems).toEqual([]);
		expect(stateAfter(await entriesOf(file)).remote.size).toBe(10_000);
	});

	it('has lines that can be read for files that everybody has', async () => {
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		const source = remoteRow('a').sources[0]!;
		const sources = Array.from({length: 3000}, (_, index) => ({...source, key: String(index)}));
		const changed = Array.from({length: 40}, (_, index) => remoteRow(`${index}`, {sources}));
		const told = await record(file, [{event: {type: 'remote', changed, removed: []}}]);
		const text = await readFile(file, 'utf8');
		expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(1_000_000);
		expect(listed(stateAfter(await entriesOf(file))).remote).toEqual(listed(stateAfter(told)).remote);
	});

	it('overwrites nothing', async () => {
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		await writeFile(file, 'mine');
		await expect(Recording.open(file, header)).rejects.toThrow(/a\.jsonl is there already/);
		expect(await readFile(file, 'utf8')).toBe('mine');
		await expect(Recording.open(path.join(file, 'b.jsonl'), header)).rejects.toThrow(/can not be written/);
	});

	it('is on the disk soon, without being closed', async () => {
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		const recording = await Recording.open(file, header);
		recording.write(notice('hello'));
		const text = async () => readFile(file, 'utf8');
		await until('the line', async () => text().then(written => written.includes('hello')), 5000);
		await recording.close();
	});

	it('is written in full when the process is about to end, also what is being written just then', async () => {
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		const before = process.listeners('exit');
		const recording = await Recording.open(file, header);
		const writeNow = process.listeners('exit').find(listener => !before.includes(listener));
		// More than is written at once: the first part is on its way to the disk, and the rest waits.
		const texts = Array.from({length: 100}, (_, index) => `${index} ${'x'.repeat(8000)}`);
		for (const text of texts) {
			recording.write(notice(text));
		}

		(writeNow as (code: number) => void)(1);
		const entries = await entriesOf(file);
		expect(entries).toHaveLength(100);
		await recording.close();
		expect(process.listeners('exit')).toEqual(before);
		expect(await entriesOf(file)).toEqual(entries);
	});

	test('a full disk ends it, and says so once', async context => {
		const folder = await smallDisk(context, '1m');
		const file = path.join(folder, 'a.jsonl');
		const recording = await Recording.open(file, header);
		const store = createStore();
		const recorded = recordedStore(store, recording);
		for (let index = 0; index < 300; index++) {
			recorded.hear({type: 'notice', level: 'info', text: `${index} ${'x'.repeat(8000)}`}, nowMs);
		}

		const ended = () => [...store.getState().log.values()].filter(({text}) => text.includes('has ended'));
		await until('the notice', () => ended().length > 0);
		recorded.hear({type: 'notice', level: 'info', text: 'after'}, nowMs);
		await until('the next notice', () => store.getState().notice?.text === 'after');
		expect(ended()).toMatchObject([
			{level: 'warning', text: `The recording ${file} has ended: no space is left on the disk`},
		]);
		await recording.close();
		// What is there can be played.
		const entries = await entriesOf(file);
		expect(entries.length).toBeGreaterThan(50);
		store.close();
	});
});

describe('reading a recording', () => {
	const write = async (text: string | Uint8Array) => {
		const file = path.join(await temporaryFolder(), 'demo.jsonl');
		await writeFile(file, text);
		return file;
	};

	it.each([
		['', 'is no recording of p2p-tui'],
		['hello\n', 'is no recording of p2p-tui'],
		['{"p2p-tui":"config"}\n', 'is no recording of p2p-tui'],
		['[]\n', 'is no recording of p2p-tui'],
		['{"p2p-tui":"recording","version":7}\n', 'is a recording of version "7", and this program plays version 1'],
		['{"p2p-tui":"recording","version":{"toString":1}}\n', 'is a recording of version'],
		['{"p2p-tui":"recording","version":1,"startedAt":"soon"}\n', 'has a first line that makes no sense'],
	])('%j is refused: %s', async (text, problem) => {
		const file = await write(text);
		await expect(openRecording(file)).rejects.toThrow(`${file} ${problem}`);
	});

	it.each([
		['not JSON', 'it is no JSON'],
		['42', 'Expected an object, got 42'],
		['{"event":{"type":"sync","isOn":true}}', 'Expected a number from 0 to'],
		['{"t":-1,"event":{"type":"sync","isOn":true}}', 'got -1'],
		['{"t":1e99,"event":{"type":"sync","isOn":true}}', 'Expected a number'],
		['{"t":1,"event":7}', 'Expected an object, got 7'],
		['{"t":1,"event":{"type":"sync","isOn":"yes"}}', 'Expected true or false, got "yes"'],
		['{"t":1,"event":{"type":"remote","changed":{},"removed":[]}}', 'Expected a list'],
		[`{"t":1,"event":{"type":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`, 'Expected a text, got a list'],
		['{"t":1,"event":{"type":"cleared","ids":[1.5]}}', 'Expected a whole number, got 1.5'],
		['{"t":1,"event":{"type":"tracker","address":"x","state":"gone"}}', 'Expected connecting, got "gone"'],
		['{"t":1,"event":{"type":"wire","message":{"atMs":1e300}}}', 'Expected a message of the wire'],
		['{"t":1,"sample":{"atMs":1,"downBytes":-5,"upBytes":0,"running":[]}}', 'got -5'],
		[String.raw`{"t":1,"lab":"\u001b[2J"}`, String.raw`Expected an object, got "\u001b[2J"`],
	])('line 3 being %s is told: %s', async (line, problem) => {
		const file = await write(`${headerText}{"t":0,"event":{"type":"sync","isOn":true}}\n${line}\n`);
		await expect(entriesOf(file)).rejects.toThrow(`${file} line 3 is no event of a recording: `);
		await expect(entriesOf(file)).rejects.toThrow(problem);
	});

	it('takes what a last line without its end was before, and such a line that is whole', async () => {
		const line = '{"t":5,"event":{"type":"sync","isOn":true}}';
		const file = await write(`${headerText}${line}\n${line.slice(0, 20)}`);
		expect(await entriesOf(file)).toHaveLength(1);
		await appendFile(file, line.slice(20));
		expect(await entriesOf(file)).toHaveLength(2);
	});

	it('leaves out what only a newer program knows, and counts it', async () => {
		const file = await write(
			`${headerText}{"t":0,"event":{"type":"dance"}}\n{"t":1,"weather":"rain"}\n{"t":2,"event":{"type":"constructor"}}\n{"t":3,"event":{"type":"sync","isOn":true,"more":1}}\n`,
		);
		const {entries, unknownLines} = await openRecording(file);
		const all = [];
		for await (const entry of entries) {
			all.push(entry);
		}

		expect(all).toEqual([{t: 3, event: {type: 'sync', isOn: true}}]);
		expect(unknownLines()).toBe(3);
	});

	it('makes every text fit for a terminal', async () => {
		const evil = '\u001B]52;c;AAAA\u0007\r\n\u202E\u009B2J';
		const file = path.join(await temporaryFolder(), 'a.jsonl');
		const wire: WireMessage = {
			atMs: 1,
			plane: 'data',
			direction: 'in',
			end: 'peer',
			remote: evil,
			party: evil,
			kind: evil,
			bytes: 1,
			summary: evil,
			fields: [{name: evil, value: evil}],
			raw: Buffer.from(evil),
			problem: evil,
		};
		await record(file, [
			notice(evil),
			{joinLine: evil},
			{lab: {delayMs: 0, isTrackerDropped: false, cutPeer: evil, isSlow: false}},
			{event: {type: 'listening', name: evil, host: evil, dir: evil, port: 1}},
			{event: {type: 'tracker', state: 'lost', address: evil, reason: evil, retryInMs: 1}},
			{event: {type: 'peers', changed: [peerRow({name: evil, ip: evil, key: evil})], removed: []}},
			{event: {type: 'remote', changed: [remoteRow(evil, {key: evil, root: evil})], removed: []}},
			{event: {type: 'wire', message: wire}},
		]);
		const entries = await entriesOf(file);
		expect(entries).toHaveLength(8);
		// The key of a version has a newline in it; nothing else may.
		const texts = JSON.stringify(entries, (name, value: unknown) => (name === 'key' || name === 'raw' ? '' : value));
		expect(texts).not.toMatch(/\\u00|\\r|\\n|\u202E|\u009B/);
		expect(JSON.stringify(entries)).not.toMatch(/\\u00|\\r|\u202E|\u009B/);
	});

	it('never lets the clock go back', async () => {
		const file = await write(
			`${headerText}${[5, 3, 9].map(t => `{"t":${t},"event":{"type":"sync","isOn":true}}`).join('\n')}\n`,
		);
		const entries = await entriesOf(file);
		expect(entries.map(({t}) => t)).toEqual([5, 5, 9]);
	});

	it('refuses a line that never ends without taking it in', async () => {
		const file = await write(Buffer.concat([Buffer.from(headerText), Buffer.alloc(20_000_000, 'a')]));
		await expect(entriesOf(file)).rejects.toThrow(`${file} line 2 is longer than 16777216 bytes`);
		const first = await write(Buffer.alloc(20_000_000, 'a'));
		await expect(openRecording(first)).rejects.toThrow('line 1 is longer');
	});

	it('knows how long it is by its end, whatever is cut off there', async () => {
		const line = (t: number) => `{"t":${t},"event":{"type":"notice","level":"info","text":"${'x'.repeat(100)}"}}\n`;
		const lines = Array.from({length: 20_000}, (_, index) => line(index * 10)).join('');
		const file = await write(`${headerText}${lines}{"t":999`);
		expect(await lengthOfRecording(file)).toBe(199_990);
		expect(await lengthOfRecording(await write(headerText))).toBe(0);
		await expect(lengthOfRecording('/dev/null')).rejects.toThrow('is no file that can be played again');
	});
});
