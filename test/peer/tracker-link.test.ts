import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import {Backoff} from '../../source/peer/backoff.js';
import {TrackerLink, type TrackerLinkOptions} from '../../source/peer/tracker-link.js';
import type {Address} from '../../source/protocol/address.js';
import type {FileEntry, TrackerMessage} from '../../source/protocol/messages.js';
import {until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {startScriptedTracker, type TrackerScript} from './scripted-tracker.js';

/** A link under test, with what it told. */
function startLink(address: Address, options: Partial<TrackerLinkOptions> = {}) {
	const stop = new AbortController();
	onTestFinished(() => {
		stop.abort();
	});
	const messages: TrackerMessage[] = [];
	const statuses: string[] = [];
	const reasons: string[] = [];
	const waits: number[] = [];
	const files: FileEntry[] = [{name: 'a.txt', mtime: 5, size: 1}];
	const link = new TrackerLink({
		address,
		port: 8001,
		name: 'tested',
		isObserver: false,
		files: () => files,
		parts: () => [],
		signal: stop.signal,
		backoff: new Backoff({firstMs: 10, maxMs: 40}),
		onMessage(message) {
			messages.push(message);
		},
		onStatus(status) {
			statuses.push(status.state === 'connected' ? `connected ${status.version}` : status.state);
			if (status.state === 'lost') {
				reasons.push(status.reason);
				waits.push(status.retryInMs);
			}
		},
		...options,
	});
	link.start();
	return {link, stop, messages, statuses, reasons, waits, files};
}

const snapshot = {type: 'snapshot', revision: 3, you: 1, peers: []};

/** Answers an Init with a snapshot, a keep-alive with one. */
const version2: TrackerScript = (message, send) => {
	if (message.files) {
		send(snapshot);
	} else if (message.type === 'keep-alive') {
		send({type: 'keep-alive', revision: 3});
	}
};

/** Answers every message with a directory, as the class's tracker does. */
const classic: TrackerScript = (_, send) => {
	send({});
};

describe('with a version 2 tracker', () => {
	test('begins with an Init that a classic tracker understands, too', async () => {
		const tracker = await startScriptedTracker(version2);
		const {statuses, messages} = startLink(tracker.address, {
			files: () => [
				{name: 'a.txt', mtime: 5, size: 1},
				{name: 'sub/b.txt', mtime: 6, size: 2},
			],
		});
		await until('the answer', () => messages.length);
		expect(statuses).toEqual(['connecting', 'connected 2']);
		expect(tracker.heard).toEqual([
			{
				port: 8001,
				files: [{name: 'a.txt', mtime: 5, size: 1}],
				version: 2,
				name: 'tested',
				nested: [{name: 'sub/b.txt', mtime: 6, size: 2}],
			},
		]);
	});

	test('tells what changed, and only that', async () => {
		const tracker = await startScriptedTracker(version2);
		const {link, messages} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		link.announce([{name: 'b', mtime: 7, size: 3}], ['a.txt']);
		await until('the change', () => tracker.heard.length === 2);
		expect(tracker.heard[1]).toEqual({
			type: 'files',
			added: [{name: 'b', mtime: 7, size: 3}],
			removed: ['a.txt'],
		});
	});

	test('names content ids and parts, and tells what changed about them', async () => {
		const tracker = await startScriptedTracker(version2);
		const [rootA, rootB] = ['a'.repeat(64), 'b'.repeat(64)];
		const {link, messages} = startLink(tracker.address, {
			files: () => [{name: 'a.txt', mtime: 5, size: 1, root: rootA}],
			parts: () => [rootB],
		});
		await until('the answer', () => messages.length);
		link.announce([], [], {added: [rootA], removed: [rootB]});
		await until('the change', () => tracker.heard.length === 2);
		expect(tracker.heard).toMatchObject([
			{files: [{name: 'a.txt', root: rootA}], parts: [rootB]},
			{type: 'files', added: [], removed: [], parts: {added: [rootA], removed: [rootB]}},
		]);
	});

	test('does not lose what changed before the first answer', async () => {
		let answer: (() => void) | undefined;
		const tracker = await startScriptedTracker((_, send) => {
			answer = () => {
				send(snapshot);
			};

			if (tracker.heard.length > 1) {
				answer();
			}
		});
		const {link, files} = startLink(tracker.address);
		await until('the Init', () => answer);
		files.push({name: 'late', mtime: 9, size: 9});
		link.announce([files.at(-1)!], []);
		answer!();
		await until('the news', () => tracker.heard.length === 2);
		expect(JSON.stringify(tracker.heard[1])).toContain('late');
	});

	test('beats with its revision, and measures the answer', async () => {
		changeLimits({keepAliveMs: 20});
		const tracker = await startScriptedTracker(version2);
		const {link} = startLink(tracker.address);
		await until('some beats', () => tracker.heard.length > 3);
		expect(tracker.heard[1]).toEqual({type: 'keep-alive', revision: 3});
		expect(link.rttMs).toBeGreaterThan(0);
	});

	test('keeps up with the revision of what is pushed', async () => {
		changeLimits({keepAliveMs: 200});
		const tracker = await startScriptedTracker(version2);
		const {messages} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		tracker.socket!.write(`${JSON.stringify({type: 'left', revision: 9, id: 5, reason: 'bye'})}\n`);
		await until('a beat', () => tracker.heard.length > 1);
		expect(tracker.heard[1]).toEqual({type: 'keep-alive', revision: 9});
	});

	test('says goodbye', async () => {
		const tracker = await startScriptedTracker(version2);
		const {link, messages, stop} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		await link.bye();
		stop.abort();
		await until('the goodbye', () => tracker.heard.length === 2);
		expect(tracker.heard[1]).toEqual({type: 'bye'});
	});

	test('looks on without announcing anything as an observer', async () => {
		const tracker = await startScriptedTracker(version2);
		const {link, messages, stop} = startLink(tracker.address, {
			isObserver: true,
			files: () => [],
		});
		await until('the answer', () => messages.length);
		link.announce([{name: 'b', mtime: 7, size: 3}], []);
		await link.bye();
		stop.abort();
		await until('the goodbye', () => tracker.heard.length > 1);
		expect(tracker.heard).toEqual([{port: 8001, files: [], version: 2, name: 'tested', observer: true}, {type: 'bye'}]);
	});

	test('passes over messages of later versions', async () => {
		const tracker = await startScriptedTracker((message, send) => {
			send({type: 'weather', sun: true});
			version2(message, send, undefined as unknown as Socket);
		});
		const {messages, statuses} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		expect(messages[0]!.type).toBe('snapshot');
		expect(statuses).toEqual(['connecting', 'connected 2']);
	});
});

describe('with a classic tracker', () => {
	test('never sends a second message before the answer, nor one without a port', async () => {
		changeLimits({keepAliveMs: 5});
		let owed = 0;
		let mostOwed = 0;
		const tracker = await startScriptedTracker((_, send) => {
			owed++;
			mostOwed = Math.max(mostOwed, owed);
			setTimeout(() => {
				owed--;
				send({});
			}, 25);
		});
		const {link, files} = startLink(tracker.address);
		await until('many messages', () => {
			files.push({name: `file ${files.length}`, mtime: 5, size: 1});
			link.announce([files.at(-1)!], []);
			return tracker.heard.length > 15;
		});
		expect(mostOwed).toBe(1);
		for (const message of tracker.heard) {
			expect(message.port).toBe(8001);
			expect(message).not.toHaveProperty('type');
		}
	});

	test('announces a changed folder by another Init with all files', async () => {
		const tracker = await startScriptedTracker(classic);
		const {link, files, messages, statuses} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		expect(statuses).toEqual(['connecting', 'connected 1']);
		files.push({name: 'b.txt', mtime: 6, size: 2});
		link.announce([files[1]!], []);
		await until('the news', () => tracker.heard.length === 2);
		expect(tracker.heard[1]).toMatchObject({port: 8001, files});
	});

	test('gathers what changes while an answer is owed into one Init', async () => {
		let answer: (() => void) | undefined;
		const tracker = await startScriptedTracker((_, send) => {
			answer = () => {
				send({});
			};
		});
		const {link, files} = startLink(tracker.address);
		await until('the Init', () => answer);
		for (const name of ['b', 'c', 'd']) {
			files.push({name, mtime: 6, size: 2});
			link.announce([files.at(-1)!], []);
		}

		expect(tracker.heard).toHaveLength(1);
		answer!();
		await until('the news', () => tracker.heard.length === 2);
		expect(tracker.heard[1]!.files).toHaveLength(4);
	});

	test('sends no other Init for content ids and parts, which a classic tracker does not know', async () => {
		changeLimits({keepAliveMs: 20});
		const tracker = await startScriptedTracker(classic);
		const {link, files, messages} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		link.announce([{...files[0]!, root: 'a'.repeat(64)}], [], {added: ['b'.repeat(64)], removed: []});
		await until('a keep-alive', () => tracker.heard.length > 2);
		expect(tracker.heard.filter(message => message.files)).toHaveLength(1);
		link.announce([{...files[0]!, mtime: 6}], []);
		await until('the news', () => tracker.heard.filter(message => message.files).length === 2);
	});

	test('beats with the bare port', async () => {
		changeLimits({keepAliveMs: 20});
		const tracker = await startScriptedTracker(classic);
		startLink(tracker.address);
		await until('a beat', () => tracker.heard.length > 2);
		expect(tracker.heard[1]).toEqual({port: 8001});
	});

	test('ends without a word that it would not know', async () => {
		const tracker = await startScriptedTracker(classic);
		const {link, stop, messages} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		await link.bye();
		stop.abort();
		await until('the end', () => tracker.socket!.destroyed);
		expect(tracker.heard).toHaveLength(1);
	});

	test('reads a directory without a newline, split anywhere', async () => {
		const tracker = await startScriptedTracker((_, send) => {
			const text = '{"ü.txt": {"ip": "10.0.0.7", "port": 8001, "mtime": 5}}';
			send(text.slice(0, 20));
			setTimeout(() => {
				send(text.slice(20));
			}, 10);
		});
		const {messages} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		expect(messages[0]).toEqual({
			type: 'directory',
			entries: [{name: 'ü.txt', ip: '10.0.0.7', port: 8001, mtime: 5}],
		});
	});

	test('drops entries that aim at nobody or everybody', async () => {
		const ips = ['224.0.0.1', '0.0.0.0', '255.255.255.255', 'example.com', '::', 'ff02::1'];
		const tracker = await startScriptedTracker((_, send) => {
			send({
				...Object.fromEntries(ips.map(ip => [`at ${ip}`, {ip, port: 80, mtime: 5}])),
				good: {ip: '10.0.0.7', port: 8001, mtime: 5},
			});
		});
		const {messages} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		expect(messages[0]).toMatchObject({entries: [{name: 'good'}]});
		expect((messages[0] as {entries: unknown[]}).entries).toHaveLength(1);
	});
});

describe('a tracker that fails', () => {
	test('is tried again until it is there, with growing waits', async () => {
		const probe = await startScriptedTracker(version2);
		const {address} = probe;
		await probe.close();
		const {waits, reasons, messages} = startLink(address, {
			backoff: new Backoff({firstMs: 10, maxMs: 40, random: () => 1}),
		});
		await until('some tries', () => waits.length >= 4);
		expect(waits.slice(0, 4)).toEqual([10, 20, 40, 40]);
		expect(reasons[0]).toBe(`Tracker 127.0.0.1:${address.port} refused the connection`);
		await startScriptedTracker(version2, address.port);
		await until('the answer', () => messages.length);
	});

	test('is told everything anew after a break, and waits begin anew', async () => {
		const tracker = await startScriptedTracker(version2);
		const {link, files, messages, statuses, waits} = startLink(tracker.address, {
			backoff: new Backoff({firstMs: 10, maxMs: 40, random: () => 1}),
		});
		for (let round = 1; round <= 3; round++) {
			await until('an answer', () => messages.length === round);
			files.push({name: `round ${round}`, mtime: 5, size: 1});
			tracker.socket!.destroy();
			await until('the loss', () => waits.length === round);
			link.announce([files.at(-1)!], []);
		}

		await until('the last Init', () => messages.length === 4);
		expect(waits).toEqual([10, 10, 10]);
		expect(statuses.slice(0, 4)).toEqual(['connecting', 'connected 2', 'lost', 'connecting']);
		expect(tracker.heard.findLast(({files}) => files)!.files).toHaveLength(4);
	});

	test.each([
		['text', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
		['a list', '[1,2,3]\n'],
		['a number', '42\n'],
		['deep nesting', '{"a":'.repeat(10_000)],
		['broken UTF-8', '{"a":"\u0000'],
		['a snapshot without a revision', '{"type":"snapshot"}\n'],
		['a change without a peer', '{"type":"changed","revision":1}\n'],
	])('in that it sends %s is left and tried again', async (_, garbage) => {
		let count = 0;
		const tracker = await startScriptedTracker((message, send, socket) => {
			count++;
			if (count <= 2) {
				send(garbage);
				socket.end();
			} else {
				version2(message, send, socket);
			}
		});
		const {messages, reasons} = startLink(tracker.address);
		await until('the answer', () => messages.length);
		expect(reasons.length).toBeGreaterThanOrEqual(2);
		expect(messages[0]!.type).toBe('snapshot');
	});

	test('in that it never answers is left and tried again', async () => {
		changeLimits({classicAnswerTimeoutMs: 50});
		const tracker = await startScriptedTracker(() => {});
		const {reasons} = startLink(tracker.address);
		await until('another try', () => tracker.connections > 1);
		expect(reasons[0]).toContain('did not answer');
	});

	test('in that it stops answering is left and tried again', async () => {
		changeLimits({trackerAnswerTimeoutMs: 100, keepAliveMs: 20});
		const tracker = await startScriptedTracker((message, send) => {
			if (message.files) {
				send(snapshot);
			}
		});
		const {reasons} = startLink(tracker.address);
		await until('another try', () => tracker.connections > 1);
		expect(reasons[0]).toContain('did not answer');
	});

	test('in that it answers no beat, though it pushes, is left and tried again', async () => {
		changeLimits({trackerAnswerTimeoutMs: 100, keepAliveMs: 20});
		const tracker = await startScriptedTracker((message, send, socket) => {
			if (message.files) {
				send(snapshot);
				const pushing = setInterval(() => {
					send({type: 'left', revision: 4, id: 9, reason: 'bye'});
				}, 20);
				socket.on('close', () => {
					clearInterval(pushing);
				});
			}
		});
		startLink(tracker.address);
		await until('another try', () => tracker.connections > 1, 3000);
	});

	test('that is classic may take its time for the first answer', async () => {
		changeLimits({trackerAnswerTimeoutMs: 50, classicAnswerTimeoutMs: 5000});
		const tracker = await startScriptedTracker((_, send) => {
			setTimeout(() => {
				send({});
			}, 300);
		});
		const {messages} = startLink(tracker.address);
		await until('the answer', () => messages.length, 3000);
	});

	test('is let go at once by the signal, at any time', async () => {
		const server = createServer();
		const sockets: Socket[] = [];
		server.on('connection', socket => {
			socket.on('error', () => {});
			sockets.push(socket);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		onTestFinished(() => {
			server.close();
		});
		const {port} = server.address() as AddressInfo;
		const {stop, statuses} = startLink({host: '127.0.0.1', port});
		await until('the connection', () => sockets.length);
		stop.abort();
		await until('the end', () => {
			sockets[0]!.resume();
			return sockets[0]!.readableEnded || sockets[0]!.destroyed;
		});
		expect(statuses).toEqual(['connecting']);
		expect(sockets).toHaveLength(1);
	});
});
