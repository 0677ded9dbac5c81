import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {nameProblem} from '../../source/protocol/file-name.js';
import {decodePeerName, encodePeerName, nameOfPath, pathOf} from '../../source/protocol/http-path.js';
import {safeText} from '../../source/protocol/safe-text.js';
import {goodNames} from './hostile.js';

const goodName = fc
	.string({unit: 'binary', minLength: 1, maxLength: 60})
	.filter(name => nameProblem(name) === undefined);

describe('pathOf', () => {
	it.each([
		['a.txt', '/files/a.txt'],
		['a b/ü?#%.txt', '/files/a%20b/%C3%BC%3F%23%25.txt'],
	])('gives %s the path %s', (name, expected) => {
		expect(pathOf(name)).toBe(expected);
	});

	it('survives a client that parses it as a URL', () => {
		fc.assert(
			fc.property(goodName, name => {
				const {pathname} = new URL(pathOf(name), 'http://host/');
				expect(nameOfPath(pathname)).toBe(name);
			}),
		);
	});
});

describe('nameOfPath', () => {
	it.each(goodNames)('gives back %j', name => {
		expect(nameOfPath(pathOf(name))).toBe(name);
	});

	it.each(['/', '/files', '/file/a', '/FILES/a', 'files/a', '//files/a', '/files/%', '/files/%zz', '/files/%ff'])(
		'finds no name in %s',
		path => {
			expect(nameOfPath(path)).toBeUndefined();
		},
	);

	it.each([
		'/files/..%2Fx',
		'/files/%2e%2e/x',
		'/files/%2Fetc/passwd',
		'/files/a%00',
		'/files/',
		'/files//x',
		'/files/..%5Cx',
	])('gives %s as a name that the name check refuses, or not at all', path => {
		const name = nameOfPath(path);
		expect(name === undefined || nameProblem(name) !== undefined).toBe(true);
	});
});

describe('decodePeerName', () => {
	it.each(['ada', 'Ada Lovelace', 'ü文👍'])('gives back %s in an ASCII header', name => {
		expect(encodePeerName(name)).toMatch(/^[\u0021-\u007E]+$/);
		expect(decodePeerName(encodePeerName(name))).toBe(name);
	});

	it.each([undefined, '', '%', '%ff', '  '])('finds no name in %j', header => {
		expect(decodePeerName(header)).toBe('');
	});

	it('gives nothing that the terminal could take for a command', () => {
		for (const header of ['%1B%5D52;c;aGk=%07', '%C2%9B2J', '%E2%80%AEx', ['a', 'b\u001B']]) {
			const name = decodePeerName(header);
			expect(name).toBe(safeText(name));
		}
	});
});
