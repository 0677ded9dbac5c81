import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {rename, rm, truncate, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {describe, expect, onTestFinished, test} from 'vitest';
import {isPort} from '../../source/protocol/address.js';
import {until} from '../wait.js';
import {noise, oldTime, put} from './files.js';
import {ask, RawConnection, say} from './raw-connection.js';
import {serveFolder} from './served-folder.js';

const mebi = 1024 * 1024;
const alphabet = 'abcdefghijklmnopqrstuvwxyz';
const tag = `"${oldTime}-26"`;
const date = new Date(oldTime * 1000).toUTCString();

const serveAlphabet = async () => serveFolder({'a.txt': alphabet});

describe('HTTP', () => {
	test('sends a file with all that a client needs to go on later', async () => {
		const {port, uploads} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt');
		expect(answer.status).toBe(200);
		expect(answer.text).toBe(alphabet);
		expect(answer.headers).toMatchObject({
			'content-type': 'text/plain; charset=utf-8',
			'content-length': '26',
			'accept-ranges': 'bytes',
			etag: tag,
			'last-modified': date,
			'x-content-type-options': 'nosniff',
		});
		await until('the upload to be over', () => uploads[0]?.isOver);
		expect(uploads).toEqual([
			{
				name: 'a.txt',
				peer: '127.0.0.1',
				bytes: 26,
				isOver: true,
				error: undefined,
			},
		]);
	});

	test('answers HEAD with the same head and no body', async () => {
		const {port, uploads} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt', {}, 'HEAD');
		expect(answer.status).toBe(200);
		expect(answer.headers).toMatchObject({'content-length': '26', etag: tag});
		expect(answer.text).toBe('');
		expect(uploads).toEqual([]);
	});

	test('sends an empty file', async () => {
		const {port} = await serveFolder({empty: ''});
		const answer = await ask(port, '/files/empty');
		expect(answer.status).toBe(200);
		expect(answer.headers['content-length']).toBe('0');
	});

	test('sends a large file whole', async () => {
		const content = noise(5 * mebi + 3);
		const {port} = await serveFolder({'big.bin': content});
		const {body} = await ask(port, '/files/big.bin');
		expect(Buffer.compare(body, content)).toBe(0);
	});

	test.each([
		['bytes=0-0', 'a', 'bytes 0-0/26'],
		['bytes=2-4', 'cde', 'bytes 2-4/26'],
		['bytes=23-', 'xyz', 'bytes 23-25/26'],
		['bytes=-2', 'yz', 'bytes 24-25/26'],
		['bytes=-100', alphabet, 'bytes 0-25/26'],
		['bytes=24-99999999', 'yz', 'bytes 24-25/26'],
	])('answers the range %s', async (range, text, contentRange) => {
		const {port} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt', {range});
		expect(answer.status).toBe(206);
		expect(answer.text).toBe(text);
		expect(answer.headers['content-range']).toBe(contentRange);
		expect(answer.headers['content-length']).toBe(String(text.length));
	});

	test.each(['bytes=26-', 'bytes=100-200', 'bytes=-0'])('refuses the range %s with the size there is', async range => {
		const {port} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt', {range});
		expect(answer.status).toBe(416);
		expect(answer.headers['content-range']).toBe('bytes */26');
	});

	test.each(['bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,5-9,0-1', 'bytes=99999999999999999999999999-'])(
		'sends the whole file for the range %s',
		async range => {
			const {port} = await serveAlphabet();
			const answer = await ask(port, '/files/a.txt', {range});
			// RFC 9110 section 14.2: a range that is not understood may be ignored, one beyond the end may be refused.
			expect([200, 416]).toContain(answer.status);
		},
	);

	test.each([
		['if-match', tag, 200],
		['if-match', `"other", ${tag}`, 200],
		['if-match', '*', 200],
		['if-match', '"other"', 412],
		// RFC 9110 section 13.1.1: If-Match compares strongly, and a weak tag never is the same.
		['if-match', `W/${tag}`, 412],
		['if-none-match', tag, 304],
		['if-none-match', `W/${tag}`, 304],
		['if-none-match', '*', 304],
		['if-none-match', '"other"', 200],
		['if-modified-since', date, 304],
		['if-modified-since', new Date(0).toUTCString(), 200],
		['if-modified-since', 'yesterday', 200],
	])('answers %s: %s with %i', async (header, value, status) => {
		const {port} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt', {[header]: value});
		expect(answer.status).toBe(status);
		expect(answer.text).toBe(status === 200 ? alphabet : '');
	});

	test.each([
		[tag, 206],
		[date, 206],
		['"other"', 200],
		[`W/${tag}`, 200],
		[new Date(0).toUTCString(), 200],
	])('sends a part only of the version that If-Range names: %s', async (condition, status) => {
		const {port} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt', {
			range: 'bytes=20-',
			'if-range': condition,
		});
		expect(answer.status).toBe(status);
		expect(answer.text).toBe(status === 206 ? 'uvwxyz' : alphabet);
	});

	test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async method => {
		const {port} = await serveAlphabet();
		const answer = await ask(port, '/files/a.txt', {}, method);
		expect(answer.status).toBe(405);
		expect(answer.headers.allow).toBe('GET, HEAD');
	});

	test.each([
		'/files/missing.txt',
		'/files/',
		'/files',
		'/a.txt',
		'/files/../outside.txt',
		'/files/..%2foutside.txt',
		'/files/%2e%2e/outside.txt',
		'/files/%2e%2e%2foutside.txt',
		'/files/..%5coutside.txt',
		'/files/sub/../../../outside.txt',
		'/../outside.txt',
		'/files//etc/passwd',
		'/files/%2fetc%2fpasswd',
		'/files/.hidden',
		'/files/.p2p-tui/versions/old.txt',
		'/files/%2ep2p-tui/versions/old.txt',
		'/files/a.txt%00',
		'/files/a.txt/',
		'/files/%zz',
		'/files/%ff%fe',
		'/files/sub',
		'/files/__proto__',
		'/favicon.ico',
	])('has nothing at %s', async target => {
		const {port, folder} = await serveFolder({
			'a.txt': alphabet,
			'sub/b.txt': 'b',
			'.hidden': 'secret',
			'.p2p-tui/versions/old.txt': 'secret',
		});
		await put(path.dirname(folder), 'outside.txt', 'secret');
		const answer = await ask(port, target);
		expect(answer.status).toBe(404);
		expect(answer.text).not.toContain('secret');
	});

	test.each(['//', 'http://[', '//[/files/a.txt'])('blames the caller for the target %s', async target => {
		const {port} = await serveAlphabet();
		const answer = await say(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		expect(answer.toString()).toMatch(/^HTTP\/1\.1 40[04] /);
	});

	test.each(['grüße & co.txt', '日本/語.txt', '100%.txt', 'a+b c#d?e.txt', 'constructor', '__proto__', 'x.toString'])(
		'sends %s by the path that its own listing gives',
		async name => {
			const {port} = await serveFolder({[name]: name});
			const listing = await ask(port, '/');
			const [row] = (JSON.parse(listing.text) as {files: Array<{path: string; name: string}>}).files;
			expect(row!.name).toBe(name);
			const answer = await ask(port, row!.path);
			expect(answer.status).toBe(200);
			expect(answer.text).toBe(name);
		},
	);
});

describe('the listing', () => {
	test('is JSON for a script', async () => {
		const {port} = await serveFolder({'b.txt': 'b', 'a/a.txt': 'aa'});
		const answer = await ask(port, '/', {accept: '*/*'});
		expect(answer.headers['content-type']).toBe('application/json');
		expect(JSON.parse(answer.text)).toEqual({
			name: 'served',
			files: [
				{name: 'a/a.txt', size: 2, mtime: oldTime, path: '/files/a/a.txt'},
				{name: 'b.txt', size: 1, mtime: oldTime, path: '/files/b.txt'},
			],
		});
	});

	test('is a page for a browser, in which names are text', async () => {
		const evil = '<img src=x onerror="alert(1)">&\'.txt';
		const {port} = await serveFolder({[evil]: '', 'bidi\u202Etxt.exe': ''}, {name: '</title><script>'});
		const answer = await ask(port, '/', {
			accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
		});
		expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
		expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
		expect(answer.text).not.toMatch(/<img|<script|\u202E/);
		expect(answer.text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;.txt');
		const [, href] = /href="(\/files\/%3Cimg[^"]*)"/.exec(answer.text)!;
		expect(href).not.toMatch(/[<>']/);
	});

	test('answers HEAD without a body', async () => {
		const {port} = await serveAlphabet();
		const answer = await ask(port, '/', {}, 'HEAD');
		expect(answer).toMatchObject({status: 200, text: ''});
	});
});

describe('connections', () => {
	test('carry several requests, one after the other and pipelined', async () => {
		const {port} = await serveFolder({one: '1st', two: '2nd', three: '3rd'});
		const connection = await new RawConnection(port).opened();
		for (const [name, text] of [
			['one', '1st'],
			['two', '2nd'],
		] as const) {
			connection.socket.write(`GET /files/${name} HTTP/1.1\r\nHost: x\r\n\r\n`);
			await until(`the file ${name}`, () => connection.text.endsWith(text));
		}

		connection.socket.write(
			'GET /files/three HTTP/1.1\r\nHost: x\r\n\r\n' +
				'GET /files/missing HTTP/1.1\r\nHost: x\r\n\r\n' +
				'GET /files/one HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
		);
		await connection.untilClosed();
		expect(connection.text.match(/HTTP\/1\.1 \d+/g)).toEqual([
			'HTTP/1.1 200',
			'HTTP/1.1 200',
			'HTTP/1.1 200',
			'HTTP/1.1 404',
			'HTTP/1.1 200',
		]);
	});

	test('take a request that comes byte by byte', async () => {
		const {port} = await serveAlphabet();
		const connection = await new RawConnection(port).opened();
		const request = 'GET /files/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
		for (const byte of request) {
			connection.socket.write(byte);
			await nextTurn();
		}

		const answer = await connection.untilClosed();
		expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 [^]*xyz$/);
	});

	test.each(Array.from({length: 12}, (_, index) => index + 1))(
		'take a request that is split after byte %i',
		async split => {
			const {port} = await serveAlphabet();
			const connection = await new RawConnection(port).opened();
			const request = 'GET /files/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
			connection.socket.write(request.slice(0, split));
			await nextTurn();
			connection.socket.write(request.slice(split));
			const answer = await connection.untilClosed();
			expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 [^]*xyz$/);
		},
	);

	test.each([
		['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
		['random bytes', Buffer.from(noise(5000, 11))],
		['a name that never ends', Buffer.alloc(100_000, 'a')],
		['zeros', Buffer.alloc(2000)],
		['an SSH greeting', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')],
		['broken HTTP', Buffer.from('GET / HTTP/9.9\r\nbroken\r\n\r\n')],
		['a head without an end', Buffer.from(`GET / HTTP/1.1\r\nA: ${'a'.repeat(100_000)}`)],
		['an early end', Buffer.alloc(0)],
	])('are dropped after %s, and others still served', async (what, bytes) => {
		const {port} = await serveAlphabet();
		const answer = await say(port, bytes, {
			isHalfClosed: what === 'an early end',
		});
		expect(answer.toString()).not.toContain(alphabet);
		const {text} = await ask(port, '/files/a.txt');
		expect(text).toBe(alphabet);
	});

	test('that are reset at any time do no harm', async () => {
		const {port} = await serveFolder({'big.bin': noise(3 * mebi)});
		for (const request of ['', 'GE', 'big', 'big.bin\n', 'GET /files/big.bin HTTP/1.1\r\nHost: x\r\n\r\n']) {
			const connection = await new RawConnection(port).opened();
			connection.socket.write(request);
			await nextTurn();
			connection.socket.resetAndDestroy();
		}

		const {body} = await ask(port, '/files/big.bin');
		expect(body).toHaveLength(3 * mebi);
	});

	test('a thousand that ask nothing do not stop service', async () => {
		const {port} = await serveAlphabet();
		for (let count = 0; count < 1000; count++) {
			const connection = await new RawConnection(port).opened();
			expect(connection.isClosed).toBe(false);
		}

		await until('an answer', async () => {
			const answer = await ask(port, '/files/a.txt').catch(() => undefined);
			return answer?.text === alphabet;
		});
	});
});

describe('class programs', () => {
	test('get the framed answer for a name with a newline', async () => {
		const {port, uploads} = await serveAlphabet();
		const answer = await say(port, 'a.txt\n');
		expect(answer.toString()).toBe(`Content-Length: 26\n${alphabet}`);
		await until('the upload to be over', () => uploads[0]?.isOver);
		expect(uploads[0]).toMatchObject({
			name: 'a.txt',
			peer: '127.0.0.1',
			bytes: 26,
		});
	});

	test('get the framed answer for a name with CR and newline', async () => {
		const {port} = await serveAlphabet();
		const answer = await say(port, 'a.txt\r\n');
		expect(answer.toString()).toBe(`Content-Length: 26\n${alphabet}`);
	});

	test('get the bare bytes for a name without a newline', async () => {
		const {port} = await serveAlphabet();
		const answer = await say(port, 'a.txt');
		expect(answer.toString()).toBe(alphabet);
	});

	test.each(['a.txt', 'a.txt\n'])('are answered when they have closed their half after %j', async request => {
		const {port} = await serveAlphabet();
		const answer = await say(port, request, {isHalfClosed: true});
		expect(answer.toString().endsWith(alphabet)).toBe(true);
	});

	test('may send the name in pieces, characters cut in two', async () => {
		const {port} = await serveFolder({'grüße.txt': 'hello'});
		const connection = await new RawConnection(port).opened();
		for (const byte of Buffer.from('grüße.txt\n')) {
			connection.socket.write(Buffer.of(byte));
			await nextTurn();
		}

		const answer = await connection.untilClosed();
		expect(answer.toString()).toBe('Content-Length: 5\nhello');
	});

	test.each([
		['empty\n', 'Content-Length: 0\n'],
		['empty', ''],
		['missing\n', ''],
		['missing', ''],
		['../outside.txt\n', ''],
		['/etc/passwd\n', ''],
		['.hidden\n', ''],
		['\n', ''],
		['\u0000\n', ''],
	])('get for %j the answer %j', async (request, expected) => {
		const {port} = await serveFolder({empty: '', '.hidden': 'secret'});
		const answer = await say(port, request);
		expect(answer.toString()).toBe(expected);
	});

	test('get a large file whole', async () => {
		const content = noise(3 * mebi + 1);
		const {port} = await serveFolder({'big.bin': content});
		const answer = await say(port, 'big.bin');
		expect(Buffer.compare(answer, content)).toBe(0);
	});

	test('may ask for a name that looks like the beginning of an HTTP request', async () => {
		const {port} = await serveFolder({'GET ready.txt': 'steady'});
		const answer = await say(port, 'GET ready.txt\n');
		expect(answer.toString()).toBe('Content-Length: 6\nsteady');
	});
});

describe('a file that changes while it is served', () => {
	/** Serve a file that is held up after its first block. */
	async function serveHalf() {
		let goOn!: () => void;
		const held = new Promise<void>(resolve => {
			goOn = resolve;
		});
		let blocks = 0;
		const content = noise(3 * mebi);
		const served = await serveFolder(
			{'big.bin': content},
			{
				async pace() {
					blocks++;
					if (blocks > 1) {
						await held;
					}
				},
			},
		);
		onTestFinished(goOn);
		const connection = await new RawConnection(served.port).opened();
		connection.socket.write('big.bin\n');
		await until('the first block', () => connection.received.length >= mebi);
		return {
			...served,
			connection,
			content,
			goOn,
			filePath: path.join(served.folder, 'big.bin'),
		};
	}

	test('is cut short, not filled up, when it was truncated', async () => {
		const {connection, filePath, goOn, port, uploads} = await serveHalf();
		await truncate(filePath, 1000);
		goOn();
		const answer = await connection.untilClosed();
		expect(answer.length).toBeLessThan(3 * mebi);
		await until('the upload to be over', () => uploads[0]?.isOver);
		expect(uploads[0]!.error).toBeDefined();
		const {body} = await ask(port, '/files/big.bin');
		expect(body).toHaveLength(1000);
	});

	test('is sent as it was when it was deleted or replaced', async () => {
		const {connection, content, folder, filePath, goOn, port} = await serveHalf();
		await put(folder, '.new', 'another');
		await rename(path.join(folder, '.new'), filePath);
		goOn();
		const answer = await connection.untilClosed();
		expect(answer).toHaveLength(3 * mebi + 'Content-Length: 3145728\n'.length);
		expect(Buffer.compare(answer.subarray(-3 * mebi), content)).toBe(0);
		const next = await ask(port, '/files/big.bin');
		expect(next.text).toBe('another');
		await rm(filePath);
		const gone = await ask(port, '/files/big.bin');
		expect(gone.status).toBe(404);
	});

	test('is not sent as one version when it was edited in place', async () => {
		const {connection, content, filePath, goOn} = await serveHalf();
		await writeFile(filePath, noise(3 * mebi, 99));
		goOn();
		const answer = await connection.untilClosed();
		const header = 'Content-Length: 3145728\n'.length;
		const isComplete = answer.length === 3 * mebi + header;
		const isOneVersion = Buffer.compare(answer.subarray(header), content) === 0;
		expect(isComplete && !isOneVersion).toBe(false);
	});

	test('is gone for others when a folder stands in its place', async () => {
		const {folder, port, share} = await serveFolder({a: 'a'});
		await rm(path.join(folder, 'a'));
		await put(folder, 'a/b', 'b');
		const answer = await ask(port, '/files/a');
		expect(answer.status).toBe(404);
		await until('the name to go', () => !share.files.has('a'));
	});

	test('is gone for others when a socket stands in its place', async () => {
		const {folder, port} = await serveFolder({a: 'a'});
		const socketPath = path.join(folder, 'a');
		await rm(socketPath);
		const server = createServer();
		server.listen(socketPath);
		await once(server, 'listening');
		onTestFinished(() => {
			server.close();
		});
		const answer = await ask(port, '/files/a');
		expect(answer.status).toBe(404);
	});
});

describe('listening', () => {
	test('takes the next free port when one is taken', async () => {
		const first = await serveAlphabet();
		const second = await serveFolder({'b.txt': 'second'}, {port: first.port});
		expect(second.port).toBeGreaterThan(first.port);
		const {text} = await ask(second.port, '/files/b.txt');
		expect(text).toBe('second');
	});

	test('says so when an address is none of this machine', async () => {
		const {peerPort} = await serveAlphabet();
		await peerPort.close();
		await expect(peerPort.listen('192.0.2.1', 0)).rejects.toThrow(
			'Can not listen on 192.0.2.1: it is no address of this machine',
		);
	});

	test('ends every connection on closing, and frees the port', async () => {
		const {port, peerPort} = await serveAlphabet();
		const connections = await Promise.all(
			['', 'GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'].map(async text => {
				const connection = await new RawConnection(port).opened();
				connection.socket.write(text);
				return connection;
			}),
		);
		await until('an answer', () => connections[2]!.text !== '');
		await peerPort.close();
		for (const connection of connections) {
			await connection.untilClosed();
		}

		const server = createServer();
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
		expect(isPort((server.address() as AddressInfo).port)).toBe(true);
		server.close();
	});
});
