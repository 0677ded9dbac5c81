import {Buffer} from 'node:buffer';
import {describe, expect, it} from 'vitest';
import {describePieces, describeRequest, describeResponse} from '../../source/protocol/wire-http.js';
import type {WireDescription} from '../../source/protocol/wire.js';

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const pairs = ({fields}: WireDescription) => fields.map(({name, value}) => `${name}=${value}`);

describe('a request', () => {
	it.each([
		[
			'for a range',
			head('GET /files/a%20b HTTP/1.1', 'Host: 10.0.0.7:8000', 'p2p-peer: ada', 'Range: bytes=0-1048575'),
			{kind: 'GET', summary: '/files/a%20b bytes=0-1048575'},
			[
				'method=GET',
				'target=/files/a%20b',
				'version=HTTP/1.1',
				'Host=10.0.0.7:8000',
				'p2p-peer=ada',
				'Range=bytes=0-1048575',
			],
		],
		[
			'of the old version',
			head('HEAD / HTTP/1.0'),
			{kind: 'HEAD', summary: '/'},
			['method=HEAD', 'target=/', 'version=HTTP/1.0'],
		],
	])('%s', (_, text, expected, fields) => {
		const described = describeRequest(text);
		expect(described).toMatchObject({...expected, bytes: text.length});
		expect(pairs(described)).toEqual(fields);
		expect(Buffer.from(described.raw).toString('latin1')).toBe(text);
	});

	it('with a body counts it', () => {
		const text = head('POST / HTTP/1.1', 'content-length: 10');
		expect(describeRequest(text).bytes).toBe(text.length + 10);
	});

	it('that is none is kept and flagged', () => {
		const text = head('hello \u001B[2J');
		const described = describeRequest(text);
		expect(described).toMatchObject({kind: 'malformed', problem: 'Expected an HTTP request, got "hello ␛[2J"'});
		expect(Buffer.from(described.raw).toString('latin1')).toBe(text);
	});

	it('with bytes beyond ASCII keeps them as they were', () => {
		const described = describeRequest('GET /\u00FC\u0085 HTTP/1.1\r\nX: \u00E4');
		expect(Buffer.from(described.raw).toString('latin1')).toBe(head('GET /\u00FC\u0085 HTTP/1.1', 'X: \u00E4'));
		expect(described.summary).toBe('/ü<U+0085>');
	});
});

describe('an answer', () => {
	it.each([
		[
			'to a range',
			head('HTTP/1.1 206 Partial Content', 'content-range: bytes 6-10/12', 'content-length: 5'),
			{kind: '206', summary: '206 Partial Content, bytes 6-10/12'},
			5,
		],
		[
			'with a length',
			head('HTTP/1.1 200 OK', 'Content-Length: 1048576'),
			{kind: '200', summary: '200 OK, 1048576 bytes'},
			1_048_576,
		],
		['in chunks', head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), {kind: '200', summary: '200 OK, chunked'}, 0],
		['without a reason', head('HTTP/1.1 412'), {kind: '412', summary: '412'}, 0],
		['without a body', head('HTTP/1.1 304 Not Modified', 'content-length: 5'), {kind: '304'}, 0],
		['with a length that is none', head('HTTP/1.1 200 OK', 'content-length: -5'), {kind: '200', summary: '200 OK'}, 0],
	])('%s', (_, text, expected, body) => {
		const described = describeResponse(text);
		expect(described).toMatchObject({...expected, bytes: text.length + body});
		expect(Buffer.from(described.raw).toString('latin1')).toBe(text);
		expect(pairs(described).slice(0, 2)).toEqual(['version=HTTP/1.1', `status=${expected.kind}`]);
	});

	it('to HEAD has no body', () => {
		const text = head('HTTP/1.1 200 OK', 'content-length: 5');
		expect(describeResponse(text, false).bytes).toBe(text.length);
	});

	it('that is none is kept and flagged', () => {
		expect(describeResponse('ICY 200 OK')).toMatchObject({
			kind: 'malformed',
			problem: 'Expected an HTTP answer, got "ICY 200 OK"',
			bytes: 14,
		});
	});
});

describe('a line about pieces', () => {
	it.each([
		[
			'{"size":12,"pieceBytes":16384,"have":"0-0"}',
			'size 12, pieceBytes 16384, have 0-0',
			['size=12', 'pieceBytes=16384', 'have=0-0'],
		],
		['{"have":"512,513","coming":"700-703"}', 'have 512,513, coming 700-703', ['have=512,513', 'coming=700-703']],
		['', 'a sign of life', []],
	])('%s', (line, summary, fields) => {
		const described = describePieces(line);
		expect(described).toMatchObject({kind: 'pieces', summary, bytes: line.length + 1});
		expect(pairs(described)).toEqual(fields);
		expect(Buffer.from(described.raw).toString()).toBe(`${line}\n`);
	});

	it.each(['hello', '7', '[]', 'null'])('that is none is flagged: %s', line => {
		expect(describePieces(line)).toMatchObject({kind: 'malformed', problem: 'Expected a line that tells pieces'});
	});
});

it('says a content by the beginning of its id, so that there is room for the range', () => {
	const root = 'ab'.repeat(32);
	const {summary, fields} = describeRequest(`GET /content/${root} HTTP/1.1\r\nRange: bytes=0-1\r\n\r\n`);
	expect(summary).toBe('/content/abababab… bytes=0-1');
	expect(fields).toContainEqual({name: 'target', value: `/content/${root}`});
});
