import {describe, expect, it} from 'vitest';
import type {NoticeLevel} from '../../source/peer/events.js';
import {reduce} from '../../source/state/reducer.js';
import {initialState, type State} from '../../source/state/state.js';
import {toastOf} from '../../source/state/toast.js';
import {nowMs} from './rows.js';

/** Notices at so many seconds each, and the time now. */
function told(notices: Array<[seconds: number, level: NoticeLevel, text: string]>, nowSeconds: number): State {
	let state = initialState;
	for (const [seconds, level, text] of notices) {
		state = reduce(state, {
			type: 'peer events',
			events: [{type: 'notice', level, text}],
			nowMs: nowMs + seconds * 1000,
		});
	}

	return {...state, nowMs: nowMs + nowSeconds * 1000};
}

const textOf = (state: State) => {
	const toast = toastOf(state);
	return toast && [toast.notice.text, toast.more, toast.isFaded];
};

describe('what is told right now', () => {
	it('is nothing before anything happens', () => {
		expect(textOf(initialState)).toBeUndefined();
	});

	it('is the latest notice, and how many came with it', () => {
		const all: Parameters<typeof told>[0] = [
			[0, 'info', 'long ago'],
			[20, 'info', 'a'],
			[22, 'info', 'b'],
			[24, 'info', 'c'],
		];
		expect(textOf(told(all, 24))).toEqual(['c', 2, false]);
		expect(textOf(told(all.slice(0, 2), 24))).toEqual(['a', 0, false]);
	});

	it('is no good news while a warning or an error came just before', () => {
		const all: Parameters<typeof told>[0] = [
			[0, 'warning', 'w1'],
			[1, 'error', 'e'],
			[2, 'warning', 'w2'],
			[3, 'info', 'i'],
		];
		expect(textOf(told(all, 3))).toEqual(['e', 3, false]);
		expect(textOf(told([...all, [9, 'info', 'later']], 9))).toEqual(['later', 0, false]);
	});

	it('fades when it is good news and old, and stays when it is not', () => {
		expect(textOf(told([[0, 'info', 'a']], 10))).toEqual(['a', 0, false]);
		expect(textOf(told([[0, 'info', 'a']], 11))).toEqual(['a', 0, true]);
		expect(textOf(told([[0, 'warning', 'a']], 3600))).toEqual(['a', 0, false]);
		expect(textOf(told([[0, 'error', 'a']], 3600))).toEqual(['a', 0, false]);
	});
});
