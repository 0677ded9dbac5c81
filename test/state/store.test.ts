import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {createStore} from '../../source/state/store.js';
import {remote, remoteRow, nowMs} from './rows.js';

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe('the store', () => {
	it('makes one render of five thousand facts', () => {
		const store = createStore();
		const listener = vi.fn();
		store.subscribe(listener);
		for (let index = 0; index < 5000; index++) {
			store.hear({type: 'sync', isOn: index % 2 === 0}, nowMs);
		}

		expect(listener).not.toHaveBeenCalled();
		vi.advanceTimersByTime(100);
		expect(listener).toHaveBeenCalledTimes(1);
	});

	it('answers a key at once, with all facts until then', () => {
		const store = createStore();
		const listener = vi.fn();
		store.subscribe(listener);
		store.hear(remote(remoteRow('a')), nowMs);
		store.dispatch({type: 'focus', pane: 'peers'});
		expect(listener).toHaveBeenCalledTimes(1);
		expect(store.getState().remote.size).toBe(1);
		vi.advanceTimersByTime(100);
		expect(listener).toHaveBeenCalledTimes(1);
	});

	it('tells nobody of an action that changes nothing', () => {
		const store = createStore();
		const listener = vi.fn();
		store.subscribe(listener);
		store.dispatch({type: 'move', rows: 1});
		expect(listener).not.toHaveBeenCalled();
	});

	it('leaves no timer and no listener when it is closed', () => {
		const store = createStore();
		const listener = vi.fn();
		store.subscribe(listener);
		store.hear({type: 'sync', isOn: true}, nowMs);
		store.close();
		vi.advanceTimersByTime(1000);
		expect(listener).not.toHaveBeenCalled();
		expect(vi.getTimerCount()).toBe(0);
	});

	it('stops telling a listener that has unsubscribed', () => {
		const store = createStore();
		const listener = vi.fn();
		store.subscribe(listener)();
		store.dispatch({type: 'focus', pane: 'peers'});
		expect(listener).not.toHaveBeenCalled();
	});
});
