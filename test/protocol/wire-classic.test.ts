import {Buffer} from 'node:buffer';
import {describe, expect, it} from 'vitest';
import {
	describeBareFile,
	describeClassicRequest,
	describeClosed,
	describeFramedFile,
} from '../../source/protocol/wire-classic.js';
import {bytesOf} from '../../source/protocol/wire-text.js';

const textOf = (raw: Uint8Array) => Buffer.from(raw).toString();

describe('the class protocol between peers', () => {
	it.each([
		[true, 'readme.txt\n', '"readme.txt" (classic, framed)'],
		[false, 'readme.txt', '"readme.txt" (classic, unframed)'],
	])('has requests, framed: %s', (isFramed, text, summary) => {
		const described = describeClassicRequest({name: 'readme.txt', isFramed}, bytesOf(text));
		expect(described).toMatchObject({kind: 'request', summary, bytes: text.length});
		expect(textOf(described.raw)).toBe(text);
		expect(described.fields[0]).toEqual({name: 'name', value: 'readme.txt'});
	});

	it('has framed answers', () => {
		const described = describeFramedFile(1204);
		expect(described).toMatchObject({kind: 'file', summary: 'Content-Length 1204', bytes: 21 + 1204});
		expect(textOf(described.raw)).toBe('Content-Length: 1204\n');
	});

	it('has a count that JSON can have, whatever length is announced', () => {
		expect(describeFramedFile(Number.MAX_SAFE_INTEGER).bytes).toBe(Number.MAX_SAFE_INTEGER);
	});

	it('has bare ones', () => {
		expect(describeBareFile(bytesOf('hello'), false)).toMatchObject({
			kind: 'file',
			summary: 'bare bytes until the connection closes',
			bytes: 5,
		});
		expect(describeBareFile({bytes: 1204, parts: []}, true)).toMatchObject({summary: '1204 bytes, bare', bytes: 1204});
	});

	it('has silence', () => {
		expect(describeClosed()).toMatchObject({kind: 'closed', bytes: 0, summary: 'closed without an answer'});
	});
});
