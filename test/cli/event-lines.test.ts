import {describe, expect, it} from 'vitest';
import {linesOf} from '../../source/cli/event-lines.js';
import {localRow} from '../state/rows.js';

describe('plain lines', () => {
	it('count what has changed in the folder, but not the same files again when their roots are known', () => {
		const changed = [localRow('a'), localRow('b')];
		expect(linesOf({type: 'local', changed, removed: ['c']})).toEqual(['sharing: 2 files added or changed, 1 removed']);
		expect(linesOf({type: 'local', changed, removed: [], isOnlyRoots: true})).toEqual([]);
	});
});
