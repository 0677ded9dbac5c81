/*
What the screen's state costs: many remote files, each of them fetched, as `S` does with a large folder. Prints milliseconds;
asserts nothing. Arguments: files (100000).
*/
import {performance} from 'node:perf_hooks';
import process from 'node:process';
import {reduce} from '../../dist/source/state/reducer.js';
import {cursorIndex, viewport} from '../../dist/source/state/selectors.js';
import {initialState} from '../../dist/source/state/state.js';

const count = Number(process.argv[2] ?? 100_000);
const nowMs = 1_700_000_000_000;

const file = (index, state = 'missing') => {
	const name = `folder ${index % 97}/file ${index}.bin`;
	return {
		key: name,
		name,
		label: name,
		size: index,
		mtime: 1_700_000_000,
		root: undefined,
		sources: [{key: '1', ip: '10.0.0.7', port: 8000, name: 'bob', isClassic: false, isPartial: false}],
		state,
	};
};

const transfer = (index, state) => {
	const {name, label, size} = file(index);
	return {
		type: 'transfer',
		transfer: {
			id: index,
			direction: 'down',
			name,
			label,
			size,
			bytes: 0,
			state,
			peer: 'bob',
			error: undefined,
			place: index,
		},
	};
};

let state = initialState;

function timed(what, work) {
	const startMs = performance.now();
	work();
	console.log(`${what.padEnd(56)} ${(performance.now() - startMs).toFixed(1).padStart(9)} ms`);
}

const hear = events => {
	state = reduce(state, {type: 'peer events', events, nowMs});
};

const look = () => {
	viewport(state, 'remote');
	viewport(state, 'transfers');
};

const indexes = Array.from({length: count}, (_, index) => index);
timed(`${count} remote files, heard and sorted`, () => {
	hear([{type: 'remote', changed: indexes.map(index => file(index)), removed: []}]);
	look();
});
timed(`${count} requests, heard at once`, () => {
	hear(indexes.map(index => transfer(index, 'waiting')));
	look();
});
timed('one frame with 30 files fetched, heard and sorted', () => {
	hear(
		indexes
			.slice(0, 30)
			.flatMap(index => [
				transfer(index, 'running'),
				{type: 'remote', changed: [file(index, 'here')], removed: []},
				transfer(index, 'done'),
			]),
	);
	look();
});
timed('1000 key presses', () => {
	for (let press = 0; press < 1000; press++) {
		state = reduce(state, {type: 'move', rows: press % 7 === 0 ? -5 : 3});
		cursorIndex(state, 'remote');
		look();
	}
});
const act = action => {
	state = reduce(state, action);
	look();
};

timed('a frame in which one file has changed', () => {
	hear([{type: 'remote', changed: [{...file(77), size: 1}], removed: []}]);
	look();
});
timed('the same', () => {
	hear([{type: 'remote', changed: [{...file(78), size: 1}], removed: []}]);
	look();
});
for (const order of ['size', 'age', 'holders', 'state', 'name']) {
	timed(`sorted by ${order}`, () => {
		act({type: 'sort'});
	});
}

timed('and the other way round', () => {
	act({type: 'reverse sort'});
});
for (const text of ['e', 'e ', 'e 7', 'e ', 'e', '']) {
	timed(`filtered by "${text}"`, () => {
		act({type: 'filter', text});
	});
}

timed('all marked', () => {
	act({type: 'mark all'});
});
timed('a mark taken away', () => {
	act({type: 'mark'});
});
timed('a jump to a letter that no file begins with', () => {
	act({type: 'jump', letter: 'z'});
});
