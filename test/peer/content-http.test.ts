import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import {request, type IncomingMessage} from 'node:http';
import {promisify} from 'node:util';
import {describe, expect, onTestFinished, test} from 'vitest';
import {limits} from '../../source/protocol/limits.js';
import {hashBytes, pieceBytesOf, pieceCountOf, rootOfLayer} from '../../source/protocol/merkle.js';
import {until} from '../wait.js';
import {changeLimits} from './change-limits.js';
import {contentIdOf, startContentPeer} from './content-peer.js';
import {bigName, bytesHere, isHere, knowsContent, megabyte, startSeeder} from './contents.js';
import {noise} from './files.js';
import {startPeer, startTracker} from './peers.js';
import {ask, RawConnection} from './raw-connection.js';

const content = noise(megabyte + 5000);
const size = content.length;
const count = pieceCountOf(size);
const {root, layer} = contentIdOf(content);
const contentPath = `/content/${root}`;
const unknown = '/content/' + '0'.repeat(64);

/** The port of a peer that has all of it. */
async function startWhole(): Promise<number> {
	const {address} = await startTracker();
	const seeder = await startSeeder(address, content);
	return seeder.port;
}

/** A peer that has some pieces, and gets the others from a source that sends slowly. */
async function startPartial(bytesPerSecond = 300_000) {
	const {address} = await startTracker();
	const source = await startContentPeer(address, {name: 'ada', content, bytesPerSecond});
	const peer = await startPeer(address);
	await knowsContent(peer, root);
	peer.core.request([bigName]);
	await until('some pieces', () => bytesHere(peer) >= 3 * pieceBytesOf(size));
	return {peer, source, port: peer.port};
}

/** Ask for a stream of lines, and keep what comes. */
async function follow(port: number) {
	const lines: Array<{size?: number; pieceBytes?: number; have?: string}> = [];
	const asked = request({host: '127.0.0.1', port, path: `${contentPath}/pieces`, agent: false});
	const close = () => asked.destroy();
	const stream = {lines, status: 0, isOver: false, close};
	onTestFinished(() => {
		asked.destroy();
	});
	asked.on('error', () => {});
	asked.on('response', (response: IncomingMessage) => {
		stream.status = response.statusCode ?? 0;
		let text = '';
		response.setEncoding('utf8').on('data', (chunk: string) => {
			const parts = (text + chunk).split('\n');
			text = parts.pop()!;
			lines.push(...parts.filter(line => line.startsWith('{')).map(line => JSON.parse(line) as {have?: string}));
		});
		response.on('error', () => {});
		response.on('end', () => {
			stream.isOver = true;
		});
	});
	asked.end();
	await until('the answer', () => stream.status);
	return stream;
}

/** The pieces that lines tell of. */
function piecesOf(lines: ReadonlyArray<{have?: string}>): Set<number> {
	const pieces = new Set<number>();
	for (const span of lines.flatMap(({have}) => have?.split(',') ?? []).filter(Boolean)) {
		const [first, last = first] = span.split('-').map(Number) as [number, number?];
		for (let piece = first; piece <= last; piece++) {
			pieces.add(piece);
		}
	}

	return pieces;
}

describe('a content that is shared', () => {
	test('is sent by its root, whole and in ranges', async () => {
		const port = await startWhole();
		const whole = await ask(port, contentPath);
		expect(whole).toMatchObject({
			status: 200,
			headers: {
				etag: `"${root}"`,
				'accept-ranges': 'bytes',
				'content-length': String(size),
				'content-type': 'application/octet-stream',
				'content-security-policy': 'sandbox',
				'x-content-type-options': 'nosniff',
			},
		});
		expect(whole.body.equals(content)).toBe(true);
		const ranges: Array<[range: string, start: number, end: number]> = [
			['bytes=0-0', 0, 1],
			['bytes=16383-16384', 16_383, 16_385],
			[`bytes=${size - 1}-`, size - 1, size],
			['bytes=-100', size - 100, size],
			[`bytes=5-${Number.MAX_SAFE_INTEGER}`, 5, size],
			[`bytes=-${Number.MAX_SAFE_INTEGER}`, 0, size],
		];
		for (const [range, start, end] of ranges) {
			const part = await ask(port, contentPath, {range});
			expect(part, range).toMatchObject({
				status: 206,
				headers: {
					'content-range': `bytes ${start}-${end - 1}/${size}`,
					'content-length': String(end - start),
					etag: `"${root}"`,
				},
			});
			expect(part.body.equals(content.subarray(start, end)), range).toBe(true);
		}
	});

	test('has no bytes past its end, and ranges that make no sense are not there', async () => {
		const port = await startWhole();
		for (const range of [`bytes=${size}-`, 'bytes=99999999999999999999-', 'bytes=-0']) {
			const refused = await ask(port, contentPath, {range});
			expect(refused, range).toMatchObject({status: 416, headers: {'content-range': `bytes */${size}`}});
		}

		for (const range of ['bytes=5-4', 'bytes=a-b', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-']) {
			const ignored = await ask(port, contentPath, {range});
			expect(ignored, range).toMatchObject({status: 200, headers: {'content-length': String(size)}});
		}
	});

	test('is told of by HEAD, without a body', async () => {
		const port = await startWhole();
		for (const part of ['', '/layer', '/pieces']) {
			const head = await ask(port, contentPath + part, {}, 'HEAD');
			expect(head, part).toMatchObject({status: 200, text: '', headers: {etag: `"${root}"`}});
		}

		const head = await ask(port, contentPath, {range: 'bytes=10-19'}, 'HEAD');
		expect(head).toMatchObject({status: 206, text: '', headers: {'content-length': '10'}});
	});

	test('has the hashes of its pieces, which prove its root', async () => {
		const port = await startWhole();
		const answer = await ask(port, `${contentPath}/layer`);
		expect(answer).toMatchObject({status: 200, headers: {'content-length': String(count * hashBytes)}});
		expect(answer.body.equals(layer)).toBe(true);
		expect(rootOfLayer(answer.body, size)).toBe(root);
	});

	test('has all pieces', async () => {
		const port = await startWhole();
		const answer = await ask(port, `${contentPath}/pieces`);
		expect(answer.status).toBe(200);
		expect(JSON.parse(answer.text)).toEqual({size, pieceBytes: pieceBytesOf(size), have: `0-${count - 1}`});
	});

	test('is not there under another root, or one that is none', async () => {
		const port = await startWhole();
		for (const path of [
			unknown,
			`${unknown}/layer`,
			`${unknown}/pieces`,
			contentPath.toUpperCase(),
			contentPath.slice(0, -1),
			`${contentPath}0`,
			`${contentPath}/`,
			`${contentPath}/other`,
			`${contentPath}/layer/`,
			`/content/../files/${bigName}/..`,
			'/content/',
			'/content/%00',
		]) {
			const answer = await ask(port, path);
			expect(answer.status, path).toBe(404);
		}

		const posted = await ask(port, contentPath, {}, 'POST');
		expect(posted.status).toBe(405);
	});

	test('comes to curl, in parts, too', async context => {
		const curl = promisify(execFile);
		try {
			await curl('curl', ['--version']);
		} catch {
			context.skip('there is no curl here');
		}

		const port = await startWhole();
		const url = `http://127.0.0.1:${port}${contentPath}`;
		const options = {encoding: 'buffer', maxBuffer: 2 * size} as const;
		const whole = await curl('curl', ['--silent', '--fail', url], options);
		expect(Buffer.from(content).equals(whole.stdout)).toBe(true);
		const part = await curl('curl', ['--silent', '--fail', '--range', '70000-169999', url], options);
		expect(part.stdout.equals(content.subarray(70_000, 170_000))).toBe(true);
	});
});

describe('a content that is on its way in', () => {
	test('gives the pieces that are here, and says of others that they are not', async () => {
		const {port, source} = await startPartial();
		const stream = await follow(port);
		await until('the first line', () => stream.lines.length > 0);
		const [piece] = [...piecesOf(stream.lines)];
		const pieceBytes = pieceBytesOf(size);
		const start = piece! * pieceBytes;
		const here = await ask(port, contentPath, {range: `bytes=${start}-${start + pieceBytes - 1}`});
		expect(here).toMatchObject({
			status: 206,
			headers: {'content-range': `bytes ${start}-${start + pieceBytes - 1}/${size}`},
		});
		expect(here.body.equals(content.subarray(start, start + pieceBytes))).toBe(true);
		const isHereBy = piecesOf(stream.lines);
		const missing = Array.from({length: count}, (_, index) => index).findLast(
			each => !isHereBy.has(each) && !source.sent.includes(each),
		)!;
		const refused = await ask(port, contentPath, {range: `bytes=${missing * pieceBytes}-${missing * pieceBytes}`});
		expect(refused).toMatchObject({status: 416, headers: {'content-range': `bytes */${size}`}});
		const whole = await ask(port, contentPath);
		expect(whole.status).toBe(416);
		const hashes = await ask(port, `${contentPath}/layer`);
		expect(hashes.body.equals(layer)).toBe(true);
	});

	test('tells which pieces come, until all are here', async () => {
		const {peer, port} = await startPartial(megabyte);
		const stream = await follow(port);
		await until('the first line', () => stream.lines.length > 0);
		expect(stream.lines[0]).toMatchObject({size, pieceBytes: pieceBytesOf(size)});
		expect(piecesOf(stream.lines).size).toBeLessThan(count);
		await until('the end of the stream', () => stream.isOver);
		expect(piecesOf(stream.lines).size).toBe(count);
		expect(await isHere(peer, content)).toBe(true);
		// By now it is a file of the share.
		const whole = await ask(port, contentPath);
		expect(whole.body.equals(content)).toBe(true);
		const pieces = await ask(port, `${contentPath}/pieces`);
		expect(piecesOf([JSON.parse(pieces.text) as {have: string}]).size).toBe(count);
	});

	test('is there no more when it was cancelled, and nothing of it is left', async () => {
		const {peer, port} = await startPartial();
		const stream = await follow(port);
		peer.core.cancel(peer.latest(bigName)!.id);
		await until('the end of the stream', () => stream.isOver);
		const answer = await ask(port, `${contentPath}/pieces`);
		expect(answer.status).toBe(404);
		await until('nothing to be left', async () => (await peer.state('partial')).length === 0); // eslint-disable-line unicorn/no-await-expression-member -- a poll
	});

	test('is followed by so many and no more, and those who leave make room', async () => {
		changeLimits({maxPieceFollowers: 3});
		const {port} = await startPartial();
		const streams = await Promise.all([follow(port), follow(port), follow(port)]);
		expect(streams.map(({status}) => status)).toEqual([200, 200, 200]);
		const refused = await follow(port);
		expect(refused.status).toBe(503);
		const bytes = await ask(port, `${contentPath}/layer`);
		expect(bytes.status).toBe(200);
		streams[1].close();
		await until('room', async () => {
			const stream = await follow(port);
			return stream.status === 200;
		});
	});
});

describe('a flood of questions', () => {
	const question = (path: string) => `GET ${path} HTTP/1.1\r\nhost: peer\r\nrange: bytes=0-0\r\n\r\n`;

	test('as many as may wait at once are all answered', async () => {
		const port = await startWhole();
		const connection = await new RawConnection(port).opened();
		connection.socket.write(question(contentPath).repeat(limits.maxPipelined));
		await until('all answers', () => connection.text.split('HTTP/1.1 206').length === limits.maxPipelined + 1);
		expect(connection.isClosed).toBe(false);
	});

	test('on one connection ends it, and nobody else notices', async () => {
		const port = await startWhole();
		const connection = await new RawConnection(port).opened();
		connection.socket.write(question(contentPath).repeat(100 * limits.maxPipelined));
		await connection.untilClosed();
		const answer = await ask(port, contentPath, {range: 'bytes=0-9'});
		expect(answer.body.equals(content.subarray(0, 10))).toBe(true);
	});

	test('whose answers nobody reads keeps no other from being served', async () => {
		const big = noise(24 * megabyte);
		const {address} = await startTracker();
		const {port} = await startSeeder(address, big);
		const bigPath = `/content/${contentIdOf(big).root}`;
		const connections = await Promise.all(
			Array.from({length: 40}, async (_, index) => {
				const connection = await new RawConnection(port).opened();
				connection.socket.pause();
				const one = `GET ${bigPath} HTTP/1.1\r\nhost: peer\r\np2p-peer: mallory${index % 10}\r\n\r\n`;
				connection.socket.write(one.repeat(10));
				return connection;
			}),
		);
		const begin = Date.now();
		const answer = await ask(port, bigPath, {range: 'bytes=0-9999999'});
		expect(answer.body.equals(big.subarray(0, 10_000_000))).toBe(true);
		expect(Date.now() - begin).toBeLessThan(10_000);
		expect(connections.some(({isClosed}) => isClosed)).toBe(false);
	});
});
