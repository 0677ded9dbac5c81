import {expect, it, onTestFinished, vi} from 'vitest';
import {startSampler} from '../../source/cli/sampler.js';
import {createStore} from '../../source/state/store.js';
import {after, peerRow, transfer, transferRow} from '../state/rows.js';

it('asks for the pieces of a transfer only while its details are open', () => {
	vi.useFakeTimers();
	onTestFinished(() => {
		vi.useRealTimers();
	});
	const store = createStore({...after([transfer(transferRow(7, {state: 'running'}))]), focus: 'transfers'});
	const pieces = vi.fn((id: number) => ({id, pieces: '#>.', pieceBytes: 16_384}));
	const stop = startSampler(
		{
			sample: () => ({atMs: 0, downBytes: 0, upBytes: 0, trackerRttMs: 1, running: [{id: 7, bytes: 1}]}),
			pieces,
		},
		store,
	);
	vi.advanceTimersByTime(1000);
	expect(pieces).not.toHaveBeenCalled();
	store.dispatch({type: 'mode', mode: 'details'});
	vi.advanceTimersByTime(1000);
	expect(pieces).toHaveBeenCalledTimes(4);
	expect(store.getState().pieces).toEqual({id: 7, pieces: '#>.', pieceBytes: 16_384});
	store.dispatch({type: 'mode', mode: 'normal'});
	vi.advanceTimersByTime(1000);
	expect(pieces).toHaveBeenCalledTimes(4);
	stop();
	expect(vi.getTimerCount()).toBe(0);
});

it('asks what is counted of a peer only while its details are open, and then at once', () => {
	vi.useFakeTimers();
	onTestFinished(() => {
		vi.useRealTimers();
	});
	const peers = after([{type: 'peers', changed: [peerRow({key: '7'})], removed: []}]);
	const store = createStore({...peers, focus: 'peers'});
	const peer = vi.fn((key: string) => ({key, downBytes: 5, upBytes: 6, rttMs: 3}));
	const probe = vi.fn();
	const stop = startSampler(
		{
			sample: () => ({atMs: 0, downBytes: 0, upBytes: 0, trackerRttMs: 1, running: []}),
			pieces: () => undefined,
			peer,
			probe,
		},
		store,
	);
	vi.advanceTimersByTime(1000);
	expect(peer).not.toHaveBeenCalled();
	expect(probe).not.toHaveBeenCalled();
	store.dispatch({type: 'mode', mode: 'details'});
	vi.advanceTimersByTime(250);
	expect(peer).toHaveBeenLastCalledWith('7');
	expect(probe).toHaveBeenLastCalledWith('7');
	expect(store.getState().peerReading).toMatchObject({key: '7', downBytes: 5, upBytes: 6, rttMs: 3});
	stop();
});
