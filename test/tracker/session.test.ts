import {Buffer} from 'node:buffer';
import {EventEmitter} from 'node:events';
import type {Socket} from 'node:net';
import {describe, expect, it} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {Registry} from '../../tracker/registry.js';
import {Session} from '../../tracker/session.js';
import {View} from '../../tracker/view.js';

/** A socket whose other side never reads: all that is written stays. */
// eslint-disable-next-line unicorn/prefer-event-target -- It stands in for a node:net socket
class StuckSocket extends EventEmitter {
	remoteAddress = '10.0.0.7';
	writable = true;
	destroyed = false;
	writableLength = 0;
	setNoDelay() {}
	setKeepAlive() {}
	cork() {}
	uncork() {}
	write(data: string | Buffer) {
		this.writableLength += Buffer.byteLength(data);
	}

	end() {
		this.writable = false;
	}

	destroy() {
		this.writable = false;
		this.destroyed = true;
	}
}

function setUp() {
	const socket = new StuckSocket();
	const registry = new Registry({onChange() {}});
	const session = new Session({
		socket: socket as unknown as Socket,
		registry,
		view: new View(registry, '127.0.0.1'),
		nowMs: () => 0,
		flushChanges() {},
		onMalformed() {},
		onOwner() {},
		onClose() {},
	});
	const receive = (message: unknown) => {
		socket.emit('data', Buffer.from(JSON.stringify(message)));
	};

	return {socket, registry, session, receive};
}

const mebibyte = 1024 * 1024;

/** Files whose names take about as many bytes as asked for. */
const filesOf = (bytes: number, letter = 'x') =>
	Array.from({length: Math.ceil(bytes / 240)}, (_, index) => ({
		name: String(index) + letter.repeat(Math.floor(234 / Buffer.byteLength(letter))),
		mtime: 5,
		size: 1,
	}));

describe('Session', () => {
	it('cuts off a client that never reads what is pushed, with bounded memory', () => {
		const {socket, session, receive} = setUp();
		receive({port: 1, files: [], version: 2, name: 'ada'});
		const line = Buffer.alloc(mebibyte);
		let sent = 0;
		while (!socket.destroyed && sent < 1000) {
			session.send(line);
			sent++;
		}

		expect(socket.destroyed).toBe(true);
		expect(socket.writableLength).toBeLessThan(limits.maxUnsentBytes + 2 * mebibyte);
	});

	it('cuts off a classic client that asks and never reads, with bounded memory', () => {
		const {socket, receive} = setUp();
		receive({port: 1, files: filesOf(mebibyte)});
		for (let asked = 0; !socket.destroyed && asked < 1000; asked++) {
			receive({port: 1});
		}

		expect(socket.destroyed).toBe(true);
		expect(socket.writableLength).toBeLessThan(limits.maxUnsentBytes + 2 * mebibyte);
	});

	// The limit is "beyond the largest single message it was sent": a big message on its way is not a client that never reads.
	it.each([
		['a snapshot', 2, filesOf(limits.maxUnsentBytes + mebibyte)],
		['a snapshot of names that are no ASCII', 2, filesOf(2 * limits.maxUnsentBytes, '文')],
		['a directory', 1, filesOf(limits.maxUnsentBytes + mebibyte)],
	])('lets a client take its time over %s larger than the limit', (_, version, files) => {
		const {socket, registry, receive} = setUp();
		registry.announce('10.0.0.8', {port: 2, name: 'big', version: 2, files, parts: []}, 0);
		receive({port: 1, files: [], version});
		expect(socket.writableLength).toBeGreaterThan(limits.maxUnsentBytes);
		receive({port: 1});
		expect(socket.destroyed).toBe(false);
	});

	it('lets a client take its time over a pushed line larger than the limit', () => {
		const {socket, session, receive} = setUp();
		receive({port: 1, files: [], version: 2, name: 'ada'});
		session.send(Buffer.alloc(limits.maxUnsentBytes + mebibyte));
		session.send(Buffer.from('{"type":"left","revision":3,"id":1,"reason":"bye"}\n'));
		expect(socket.destroyed).toBe(false);
	});
});
