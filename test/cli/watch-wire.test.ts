import {expect, it, vi} from 'vitest';
import {watchWire} from '../../source/cli/watch-wire.js';
import {rowsOf} from '../../source/state/selectors.js';
import {createStore} from '../../source/state/store.js';
import {after, wireMessage} from '../state/rows.js';

const openWatched = (options?: {always: boolean}) => {
	const store = createStore();
	const core = {watchWire: vi.fn()};
	const tracker = {watchWire: vi.fn()};
	const stop = watchWire([core, tracker], store, options);
	return {store, core, tracker, stop};
};

it('has the wire watched while its pane is open, and only then', () => {
	const {store, core, tracker, stop} = openWatched();
	expect(core.watchWire).not.toHaveBeenCalled();
	store.dispatch({type: 'toggle pane', pane: 'wire'});
	expect(core.watchWire.mock.calls).toEqual([[true]]);
	// Another pane has the focus: it is still open.
	store.dispatch({type: 'focus', pane: 'peers'});
	store.dispatch({type: 'focus', pane: 'wire'});
	expect(core.watchWire.mock.calls).toEqual([[true]]);
	// The log takes its place.
	store.dispatch({type: 'toggle pane', pane: 'log'});
	expect(core.watchWire.mock.calls).toEqual([[true], [false]]);
	expect(tracker.watchWire.mock.calls).toEqual([[true], [false]]);
	stop();
	store.dispatch({type: 'toggle pane', pane: 'wire'});
	expect(core.watchWire.mock.calls).toEqual([[true], [false]]);
});

it('watches from the start where the pane is open by then, and no more at the end', () => {
	const store = createStore({...after([]), extra: 'wire', focus: 'wire'});
	const core = {watchWire: vi.fn()};
	const stop = watchWire([core], store);
	expect(core.watchWire.mock.calls).toEqual([[true]]);
	stop();
	expect(core.watchWire.mock.calls).toEqual([[true], [false]]);
});

it('always watches for a recording, whatever is open', () => {
	const {store, core, stop} = openWatched({always: true});
	store.dispatch({type: 'toggle pane', pane: 'wire'});
	store.dispatch({type: 'toggle pane', pane: 'wire'});
	expect(core.watchWire.mock.calls).toEqual([[true]]);
	stop();
});

it('leaves a row where nobody has watched', () => {
	const {store} = openWatched();
	const toggle = () => {
		store.dispatch({type: 'toggle pane', pane: 'wire'});
	};

	toggle();
	store.dispatch({type: 'peer events', events: [{type: 'wire', message: wireMessage()}], nowMs: 0});
	toggle();
	toggle();
	const rows = rowsOf(store.getState(), 'wire');
	expect(rows.map(({gapMs}) => gapMs !== undefined)).toEqual([false, true]);
	store.close();
});
