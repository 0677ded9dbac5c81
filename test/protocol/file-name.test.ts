import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {isClassicName, isPartialName, nameProblem} from '../../source/protocol/file-name.js';
import {badNames, goodNames} from './hostile.js';

describe('nameProblem', () => {
	it.each(badNames)('refuses a name that is or has %s', (_, name) => {
		expect(nameProblem(name)).toBeTypeOf('string');
	});

	it.each(goodNames)('has nothing against %j', name => {
		expect(nameProblem(name)).toBeUndefined();
	});

	it('passes no name with which a path could leave the folder', () => {
		const part = fc.constantFrom('..', '.', '', 'a', 'b.txt', '..\\', 'C:', '\0', ' ');
		fc.assert(
			fc.property(fc.array(part, {maxLength: 6}), parts => {
				const name = parts.join('/');
				if (nameProblem(name) === undefined) {
					const path = new URL(`file:///root/${encodeURI(name)}`).pathname;
					expect(path.startsWith('/root/')).toBe(true);
					expect(path.split('/')).toHaveLength(parts.length + 2);
				}
			}),
		);
	});

	it('says the same of a name each time it is asked', () => {
		expect(nameProblem('a\u0007')).toBe(nameProblem('a\u0007'));
		expect(nameProblem('a.txt')).toBe(nameProblem('a.txt'));
	});
});

describe('isPartialName', () => {
	it.each(['a.part', 'a.crdownload', 'a.tmp', 'a~', 'folder/b.partial'])('takes %s for unfinished', name => {
		expect(isPartialName(name)).toBe(true);
	});

	it.each(['a.txt', 'part', 'a.part.txt', 'tmp'])('takes %s for finished', name => {
		expect(isPartialName(name)).toBe(false);
	});
});

describe('isClassicName', () => {
	it.each(['a.txt', 'with space.txt', '__proto__', 'type'])('shows %s to classic programs', name => {
		expect(isClassicName(name)).toBe(true);
	});

	it.each(['folder/a.txt', ' a.txt', 'a.txt '])('keeps %j from classic programs', name => {
		expect(isClassicName(name)).toBe(false);
	});
});
