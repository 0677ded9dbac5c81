import {mkdir, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {parseConfig, readConfig, usualConfigFile} from '../../source/cli/config.js';
import {UsageError} from '../../source/protocol/errors.js';
import {bindings} from '../../source/ui/bindings.js';
import {temporaryFolder} from '../wait.js';

const nothingNamed = {configFile: undefined, theme: undefined, isAscii: undefined, hasMouse: undefined};

/** The one line that a file is refused with. */
function problemOf(text: string): string {
	try {
		parseConfig(text, 'config.json');
	} catch (error) {
		expect(error).toBeInstanceOf(UsageError);
		return (error as Error).message;
	}

	return 'none';
}

describe('the config file', () => {
	it('has the usual values where it says nothing', () => {
		expect(parseConfig('{}', 'config.json')).toEqual({
			file: 'config.json',
			theme: 'calm',
			isAscii: undefined,
			hasMouse: undefined,
			bindings,
		});
	});

	it('says keys, colours, and what the terminal can do', () => {
		const text = '{"theme": "vivid", "ascii": false, "mouse": true, "keys": {"quit": "Q", "sync": null}}';
		const config = parseConfig(`\uFEFF${text}`, 'config.json');
		expect(config).toMatchObject({theme: 'vivid', isAscii: false, hasMouse: true});
		expect(config.bindings.find(({id}) => id === 'quit')?.keys).toEqual(['Q']);
		expect(config.bindings.find(({id}) => id === 'sync')?.keys).toEqual([]);
	});

	it.each([
		['{"theme": ', /^config\.json: Expected JSON: /],
		['[]', 'config.json: Expected an object such as {"theme": "vivid"}'],
		['{"thme": "calm"}', 'config.json: thme is no setting; did you mean theme?'],
		['{"__proto__": 1}', 'config.json: __proto__ is no setting'],
		['{"theme": "vivit"}', 'config.json: theme: Expected calm, vivid, plain, got "vivit"; did you mean vivid?'],
		['{"theme": 7}', 'config.json: theme: Expected calm, vivid, plain, got 7'],
		['{"mouse": "yes"}', 'config.json: mouse: Expected true or false, got "yes"'],
		['{"keys": ["q"]}', 'config.json: keys: Expected an object such as {"quit": "Q"}, got ["q"]'],
		['{"keys": {"quit": 7}}', 'config.json: keys.quit: Expected a key, a list of keys, or null for none, got 7'],
		['{"keys": {"requst": "r"}}', 'config.json: keys.requst is no command; did you mean request?'],
		['{"keys": {"request": "entr"}}', 'config.json: keys.request: "entr" is no key; did you mean enter?'],
		['{"keys": {"request": "F13-something"}}', 'config.json: keys.request: "F13-something" is no key'],
		['{"keys": {"request": ""}}', 'config.json: keys.request: "" is no key'],
		['{"keys": {"request": "ctrl-i"}}', 'config.json: keys.request: terminals send tab for ctrl-i'],
		['{"keys": {"sync": "q"}}', 'config.json: keys: q is both sync and quit in Peers'],
		['{"keys": {"pause": "x"}}', 'config.json: keys: x is both pause and cancel in Transfers'],
		['{"keys": {"pause": ["p", "p"]}}', 'config.json: keys.pause: p is there twice'],
		['{"keys": {"quit-now": null}}', 'config.json: keys.quit-now must keep ctrl-c: there has to be a way out'],
		['{"keys": {"quit": "ctrl-c"}}', 'config.json: keys: ctrl-c is both quit and quit-now in Peers'],
	])('%s is refused: %s', (text, problem) => {
		expect(problemOf(text)).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
	});

	it('lets two commands change keys, and one key mean something in each pane', () => {
		expect(problemOf('{"keys": {"quit": "S", "sync": "q"}}')).toBe('none');
		expect(problemOf('{"keys": {"request": "x"}}')).toBe('none');
	});
});

describe('where the config file is', () => {
	it('is by the environment, or in the home folder', () => {
		const tail = path.join('p2p-tui', 'config.json');
		expect(usualConfigFile({XDG_CONFIG_HOME: '/etc/ada'})).toBe(path.join('/etc/ada', tail));
		expect(usualConfigFile({XDG_CONFIG_HOME: 'not/absolute'})).toBe(path.join(homedir(), '.config', tail));
		expect(usualConfigFile({})).toBe(path.join(homedir(), '.config', tail));
	});

	it('need not be there, but must be where it is named', async () => {
		const folder = await temporaryFolder();
		const env = {XDG_CONFIG_HOME: folder};
		const usual = {theme: 'calm', hasMouse: false};
		await expect(readConfig(nothingNamed, {...env, LC_ALL: 'C'})).resolves.toMatchObject({...usual, isAscii: true});
		const missing = path.join(folder, 'mine.json');
		await expect(readConfig({...nothingNamed, configFile: missing})).rejects.toThrow(`${missing} is not there`);
		await expect(readConfig({...nothingNamed, configFile: folder})).rejects.toThrow(`${folder} can not be read`);
	});

	it('is read, and the command line goes before it', async () => {
		const folder = await temporaryFolder();
		await mkdir(path.join(folder, 'p2p-tui'));
		await writeFile(path.join(folder, 'p2p-tui', 'config.json'), '{"theme": "vivid", "ascii": false, "mouse": true}');
		const env = {XDG_CONFIG_HOME: folder};
		const read = {theme: 'vivid', isAscii: false, hasMouse: true};
		await expect(readConfig(nothingNamed, {...env, LC_ALL: 'C'})).resolves.toMatchObject(read);
		const said = {theme: 'plain', isAscii: true, hasMouse: false} as const;
		await expect(readConfig({...nothingNamed, ...said}, env)).resolves.toMatchObject(said);
	});
});
