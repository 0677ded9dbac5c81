import {expect, it} from 'vitest';
import {sourcesText} from '../../source/cli/progress.js';
import {rates} from '../state/rows.js';

it.each([
	[[], ''],
	[[rates(['bob', 1])], ''],
	[[rates(['bob', 1], ['carol', 2])], ' from 2 sources'],
	[[rates(['bob', 1]), undefined, rates(['bob', 1], ['carol', 2], ['dave', 3])], ' from 3 sources'],
])('the progress line counts sources once, where they are several', (all, text) => {
	expect(sourcesText({running: all.map((sources, id) => ({id, bytes: 0, sources}))})).toBe(text);
});
