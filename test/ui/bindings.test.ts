import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {initialState, paneNames} from '../../source/state/state.js';
import {bindings, isForPane} from '../../source/ui/bindings.js';
import {isKeyName, keyNames, namedKeys} from '../../source/ui/key-names.js';
import {matchCommands} from '../../source/ui/palette.js';
import {clashIn, rebind, rebindProblem, shownOf} from '../../source/ui/rebind.js';

const lab = {delayMs: 0, isTrackerDropped: false, cutPeer: undefined, isSlow: false};

const bindingOf = (id: string, table = bindings) => table.find(binding => binding.id === id)!;

describe('the table of bindings', () => {
	it('has an id once, in the words of a command', () => {
		const ids = bindings.map(({id}) => id);
		expect(new Set(ids).size).toBe(ids.length);
		for (const id of ids) {
			expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
		}
	});

	it('has no key twice in one pane', () => {
		expect(clashIn(bindings)).toBeUndefined();
	});

	it('has only keys that can come from a terminal, or none for what the palette alone does', () => {
		for (const {id, keys} of bindings) {
			expect({id, wrong: keys.filter(key => !isKeyName(key))}).toEqual({id, wrong: []});
			expect(keys.length > 0 || id === 'theme', id).toBe(true);
		}
	});

	it.each(paneNames)('lets every command be found by its id, and every key in %s do something', pane => {
		const state = {...initialState, lab, focus: pane};
		for (const binding of bindings) {
			const [first] = matchCommands(binding.id, bindings, state);
			expect(first?.binding.id).toBe(binding.id);
			expect(first?.whyNot?.startsWith('only in ')).not.toBe(isForPane(binding, pane));
			for (const key of isForPane(binding, pane) ? binding.keys : []) {
				const taken = bindings.find(other => isForPane(other, pane) && other.keys.includes(key));
				expect(taken?.id).toBe(binding.id);
			}
		}
	});
});

describe('other keys', () => {
	it.each([
		[['x'], 'x'],
		[['up', 'k'], '↑ k'],
		[['1', '2', '3'], '1-3'],
		[['a', 'b'], 'a b'],
		[['page-down', 'ctrl-f'], 'pgdn ctrl-f'],
		[[], ''],
	])('%j are shown as "%s"', (keys, shown) => {
		expect(shownOf(keys)).toBe(shown);
	});

	it('take the place of the usual ones, and null takes them away', () => {
		const table = rebind(bindings, {quit: 'Q', request: ['enter', 'ctrl-r'], sync: null});
		expect(bindingOf('quit', table)).toMatchObject({keys: ['Q'], shown: 'Q'});
		expect(bindingOf('request', table)).toMatchObject({keys: ['enter', 'ctrl-r'], shown: 'enter ctrl-r'});
		expect(bindingOf('sync', table)).toMatchObject({keys: [], shown: ''});
		expect(bindingOf('mark', table)).toBe(bindingOf('mark'));
	});

	it('leave nothing changed where there are none', () => {
		expect(rebind(bindings, {})).toEqual(bindings);
		expect(rebindProblem(bindings, {})).toBeUndefined();
	});

	it('keep their commands whatever they are, and never clash unseen', () => {
		const keys = fc.constantFrom(...namedKeys, 'ctrl-a', 'ctrl-c', ...'abcxyzQR!?é水');
		const choice = fc.oneof(keys, fc.array(keys, {maxLength: 3}), fc.constant(null));
		const ids = bindings.map(({id}) => id);
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...ids), choice, {maxKeys: 6}), choices => {
				const table = rebind(bindings, choices);
				expect(table.map(({id}) => id)).toEqual(ids);
				if (rebindProblem(bindings, choices) === undefined) {
					expect(clashIn(table)).toBeUndefined();
					expect(bindingOf('quit-now', table).keys).toContain('ctrl-c');
				}
			}),
		);
	});

	it('are known when a terminal can send them', () => {
		const key = Object.fromEntries(
			['upArrow', 'return', 'escape', 'tab', 'ctrl', 'meta', 'shift'].map(name => [name, false]),
		) as unknown as Parameters<typeof keyNames>[1];
		for (const character of ['a', 'Z', '!', 'é', '水', ' ', '\u0001', '\u001A']) {
			for (const name of keyNames(character, key)) {
				expect(isKeyName(name)).toBe(true);
			}
		}
	});
});
