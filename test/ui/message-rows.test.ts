import {Buffer} from 'node:buffer';
import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import type {WireRow} from '../../source/state/state.js';
import {messageRows, messageTitle} from '../../source/ui/details/message-rows.js';
import {hexRows} from '../../source/ui/hex-dump.js';
import {textRows} from '../../source/ui/raw-text.js';
import type {Segment} from '../../source/ui/theme.js';
import {wireMessage} from '../state/rows.js';

const texts = (rows: Segment[][]) => rows.map(segments => segments.map(({text}) => text).join(''));

const row = (values: Partial<WireRow> = {}): WireRow => ({...wireMessage(), id: 1, ...values});

const shown = (values: Partial<WireRow>, view: 'hex' | 'text' = 'hex', width = 76) =>
	texts(messageRows(row(values), 'ada', width, view)).join('\n');

describe('a hex dump', () => {
	const bytes = Uint8Array.from({length: 20}, (_, index) => (index === 19 ? 0xff : 0x41 + index));

	it('has sixteen bytes a row with their offset and what can be read of them', () => {
		expect(texts(hexRows(bytes, 76))).toEqual([
			'00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP',
			'00000010  51 52 53 ff                                       QRS.',
		]);
	});

	it.each([
		[75, 8],
		[43, 8],
		[42, 4],
		[36, 4],
		[20, 2],
	])('in %i columns has %i bytes a row', (width, perRow) => {
		const rows = texts(hexRows(bytes, width));
		expect(rows).toHaveLength(Math.ceil(bytes.length / perRow));
		if (width > 20) {
			expect(Math.max(...rows.map(text => stringWidth(text)))).toBeLessThanOrEqual(width);
		}
	});

	it('of every byte is fit for a terminal', () => {
		const all = texts(
			hexRows(
				Uint8Array.from({length: 256}, (_, index) => index),
				76,
			),
		).join('');
		expect(all).toMatch(/^[\u0020-\u007E]+$/);
	});
});

describe('the raw text', () => {
	const raw = (text: string | Uint8Array, width = 40) => texts(textRows(Buffer.from(text), width));

	it('is line by line as it came', () => {
		expect(raw('GET / HTTP/1.1\r\nHost: bob\r\n\r\nbody\n')).toEqual(['GET / HTTP/1.1␍', 'Host: bob␍', '␍', 'body']);
		expect(raw('  two  spaces  ')).toEqual(['  two  spaces  ']);
	});

	it('breaks a line that is too long, and leaves nothing out', () => {
		expect(raw('x'.repeat(95)).map(text => text.length)).toEqual([40, 40, 15]);
		expect(raw('第7週ソケット', 5)).toEqual(['第7週', 'ソケ', 'ット']);
	});

	it('says nothing to the terminal, whatever it is', () => {
		const hostile = '\u001B]52;c;aGk=\u0007\u001B[2J\u009B1m\u202Etxt\u0000\b\t\u007F';
		const shownText = raw(hostile, 200).join('');
		// eslint-disable-next-line no-control-regex -- it is about control characters
		expect(shownText).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
		expect(shownText).toContain('␛]52;c;aGk=␇␛[2J');
	});

	it('has a point for what is no UTF-8, such as half a character at its end', () => {
		expect(raw(Uint8Array.from([0x61, 0xff, 0xfe, 0x62]))).toEqual(['a··b']);
		expect(raw(Buffer.from('né').subarray(0, 2))).toEqual(['n·']);
	});
});

describe('an open message', () => {
	it('says when, who to whom, on which plane, and how much', () => {
		const text = shown({kind: 'init', bytes: 412, summary: 'port 8001, 12 files'});
		expect(text).toMatch(/^Time +\d\d:\d\d:\d\d\.\d{3}$/m);
		expect(text).toMatch(/^Way +ada → tracker$/m);
		expect(text).toMatch(/^Address +10\.0\.0\.2:6969$/m);
		expect(text).toMatch(/^Plane +control: peer and tracker$/m);
		expect(text).toMatch(/^Kind +init, 412 B$/m);
		expect(text).toMatch(/^Says +port 8001, 12 files$/m);
	});

	it('names both sides where the tracker of this program speaks', () => {
		const heard = row({end: 'tracker', party: 'bob', direction: 'in', kind: 'bye'});
		expect(messageTitle(heard, 'ada')).toBe('← bye · bob → tracker');
		expect(messageTitle({...heard, direction: 'out', kind: 'left'}, 'ada')).toBe('→ left · tracker → bob');
	});

	it('has each field with what it means, and where that is written', () => {
		const text = shown({
			kind: 'GET',
			plane: 'data',
			fields: [
				{name: 'range', value: 'bytes=0-1048575'},
				{name: 'x-unheard-of', value: 'yes'},
			],
		});
		expect(text).toMatch(/^Fields +2$/m);
		expect(text).toMatch(/^ {2}range: bytes=0-1048575\n {4}The bytes of the file .*\n? .*RFC 9110/m);
		expect(text).toMatch(/^ {2}x-unheard-of: yes\n\nBytes/m);
	});

	it('says what was expected of one that nobody can read', () => {
		const text = shown({kind: 'malformed', problem: 'Expected a JSON object, got "GET /"', fields: []});
		expect(text).toMatch(/^✗ malformed +Expected a JSON object, got "GET \/"$/m);
		expect(text).not.toContain('Fields');
	});

	it('says how many of its bytes were kept', () => {
		expect(shown({bytes: 1_048_912, raw: new Uint8Array(4096)})).toContain('as hex · first 4096 of 1048912 bytes');
		expect(shown({bytes: 2, raw: Buffer.from('ok')}, 'text')).toContain('as text · 2 bytes');
		expect(shown({bytes: 2000, raw: new Uint8Array()})).toContain('None of them were kept');
	});

	it.each([36, 56, 76, 116, 196])('fits into %i columns, whatever its texts are', width => {
		for (const name of ['ソケット'.repeat(60), 'x'.repeat(600), '👨‍👩‍👧‍👦'.repeat(40)]) {
			for (const view of ['hex', 'text'] as const) {
				const rows = texts(
					messageRows(
						row({party: name, summary: name, problem: name, fields: [{name, value: name}], raw: Buffer.from(name)}),
						'ada',
						width,
						view,
					),
				);
				expect(Math.max(...rows.map(text => stringWidth(text)))).toBeLessThanOrEqual(width);
			}
		}
	});
});
