import {matchRanges} from '../state/filter.js';
import type {Segment} from './theme.js';

/** Underline what a filter has found in the segments that it looks at; what was cut out of a long name is not there to be marked. */
export function highlighted(segments: Segment[], filter: string): Segment[] {
	return filter === ''
		? segments
		: segments.flatMap(segment => (segment.isSought ? cutUp(segment, matchRanges(segment.text, filter)) : segment));
}

function cutUp(segment: Segment, ranges: Array<[start: number, end: number]>): Segment[] {
	const pieces: Segment[] = [];
	let at = 0;
	for (const [start, end] of ranges) {
		pieces.push(
			{...segment, text: segment.text.slice(at, start)},
			{...segment, text: segment.text.slice(start, end), accent: 'match', isUnderlined: true},
		);
		at = end;
	}

	pieces.push({...segment, text: segment.text.slice(at)});
	return pieces.filter(({text}) => text !== '');
}
