import {describe, expect, it} from 'vitest';
import {highlighted} from '../../source/ui/highlight.js';
import type {Segment} from '../../source/ui/theme.js';

/** What is underlined stands in brackets. */
const drawn = (segments: Segment[]) =>
	segments.map(({text, isUnderlined = false}) => (isUnderlined ? `[${text}]` : text)).join('|');

describe('what a filter has found', () => {
	const name: Segment = {text: 'notes/2026-11-20.pdf', isSought: true, isBold: true};
	it.each([
		['', 'notes/2026-11-20.pdf'],
		['zzz', 'notes/2026-11-20.pdf'],
		['NOTES', '[notes]|/2026-11-20.pdf'],
		['20', 'notes/|[20]|26-11-|[20]|.pdf'],
		['pdf note', '[note]|s/2026-11-20.|[pdf]'],
		['-pdf', 'notes/2026-11-20.pdf'],
	])('by %j is underlined: %s', (filter, expected) => {
		expect(drawn(highlighted([name], filter))).toBe(expected);
	});

	it('keeps its other looks, and is looked for only where the filter looks', () => {
		const [first, second] = highlighted([{text: '14 MB'}, name], '14 notes');
		expect(first).toEqual({text: '14 MB'});
		expect(second).toEqual({...name, text: 'notes', accent: 'match', isUnderlined: true});
	});
});
