import {describe, expect, it} from 'vitest';
import {fieldMeanings, meaningOf} from '../../source/protocol/wire-fields.js';

describe('meaningOf', () => {
	it.each([
		['init', 'port', 'PROTOCOL.md'],
		['snapshot', 'revision', 'PROTOCOL.md'],
		['GET', 'Range', 'RFC 9110 section 14.2'],
		['206', 'content-range', 'RFC 9110 section 14.4'],
		['206', 'status', 'RFC 9110 section 15'],
		['HEAD', 'method', 'RFC 9110'],
		['pieces', 'have', 'PROTOCOL.md'],
		['request', 'dialect', 'PROTOCOL.md'],
		['file', 'Content-Length', 'PROTOCOL.md'],
		['directory', 'any name.txt', 'PROTOCOL.md'],
	])('of %s %s names its source', (kind, name, source) => {
		expect(meaningOf(kind, name)).toContain(source);
	});

	it.each([
		['init', 'constructor'],
		['constructor', 'port'],
		['GET', '__proto__'],
		['malformed', 'port'],
		['unknown', 'wind'],
		['directory', '…'],
	])('of %s %s is not known', (kind, name) => {
		expect(meaningOf(kind, name)).toBe('');
	});

	it('is one sentence with a source, whatever the field', () => {
		for (const meaning of Object.values(fieldMeanings).flatMap(family => Object.values(family))) {
			expect(meaning).toMatch(/^[\dA-Z].+\. \([^)]+\)$/);
		}
	});
});
