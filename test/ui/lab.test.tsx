import {expect, it} from 'vitest';
import {connected, listening, peerRow} from '../state/rows.js';
import {until} from '../wait.js';
import {openScreen} from './screen.js';

const peers = {type: 'peers', changed: [peerRow(), peerRow({key: '2', name: 'carol'})], removed: []} as const;

const calm = {delayMs: 0, isTrackerDropped: false, cutPeer: undefined, isSlow: false};

const facts = [listening, connected, {...peers, changed: [...peers.changed], removed: []}] satisfies Parameters<
	typeof openScreen
>[0];

it('does to the links of the demo what the keys say, and shows what was done', async () => {
	const {store, press, sees, lab} = openScreen(facts, {columns: 160, rows: 40});
	store.dispatch({type: 'lab', lab: calm});
	await sees('p2p-tui  ada · :8001 · demo');
	press('TLDX');
	await until('all of them', () => lab.toggleCut.mock.calls.length > 0);
	expect([lab.toggleTracker, lab.toggleSlow, lab.cycleDelay, lab.toggleCut].map(({mock}) => mock.calls)).toEqual([
		[[]],
		[[]],
		[[]],
		[[undefined]],
	]);
	store.dispatch({type: 'lab', lab: {delayMs: 100, isTrackerDropped: true, cutPeer: 'bob', isSlow: true}});
	await sees('demo: tracker dropped, bob cut, slow, 100 ms more');
	await sees('X bob back');
});

it('cuts the peer under the cursor', async () => {
	const {store, press, lab} = openScreen(facts);
	store.dispatch({type: 'lab', lab: calm});
	press('1jX');
	await until('the cut', () => lab.toggleCut.mock.calls.length > 0);
	expect(lab.toggleCut).toHaveBeenCalledWith('carol');
});

it('does nothing outside of the demo', async () => {
	const {press, sees, lab, frame} = openScreen(facts);
	press('TLDX?');
	await sees('┏ Keys');
	expect(Object.values(lab).flatMap(({mock}) => mock.calls)).toEqual([]);
	press('q');
	await sees('1 Peers');
	expect(frame()).not.toContain('drop tracker');
});
