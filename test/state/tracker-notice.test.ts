import {expect, it} from 'vitest';
import type {PeerEvent, TrackerStatus} from '../../source/peer/events.js';
import {after} from './rows.js';

const address = '10.0.0.2:6969';
const reason = `Tracker ${address} refused the connection`;
const now = (status: TrackerStatus): PeerEvent => ({type: 'tracker', address, ...status});
const connecting = now({state: 'connecting'});
const connected = now({state: 'connected', version: 2});
const lost = (why = reason) => now({state: 'lost', retryInMs: 1000, reason: why});

const told = (...events: PeerEvent[]) => [...after(events).log.values()].map(({level, text}) => `${level} ${text}`);

it('tells that the tracker is lost and why, once, however often it is tried, and that it is back', () => {
	const warning = `warning ${reason}. Transfers go on, and it is tried again by itself`;
	expect(told(connecting, connected)).toEqual([]);
	expect(told(connecting, lost(), connecting, lost('Tracker did not answer'), connecting)).toEqual([warning]);
	expect(told(connected, lost(), connecting, lost(), connecting, connected, lost())).toEqual([
		warning,
		`info The tracker ${address} is back`,
		warning,
	]);
});

it('knows why it was lost while it is tried again', () => {
	expect(after([lost(), connecting]).tracker).toMatchObject({state: 'connecting', lostReason: reason});
	expect(after([lost(), connected]).tracker?.lostReason).toBeUndefined();
});
