import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {codeOf, UsageError, reasonOf} from '../protocol/errors.js';
import {bindings, type Binding} from '../ui/bindings.js';
import {didYouMean} from '../ui/nearest.js';
import {rebind, rebindProblem, type KeyChoices} from '../ui/rebind.js';
import {themeNames, type ThemeName} from '../ui/theme.js';
import {isAsciiOnly} from './terminal-kind.js';

/** What the user has chosen for the screen, by the command line or else by a file. */
export type Config = {
	/** Where the file is, or would be looked for. */
	file: string;
	theme: ThemeName;
	/** ASCII only. */
	isAscii: boolean;
	hasMouse: boolean;
	/** The table of commands with the user's keys. */
	bindings: readonly Binding[];
};

/** By the XDG Base Directory Specification, which says to ignore a path that is not absolute. */
export function usualConfigFile(env: NodeJS.ProcessEnv = process.env): string {
	const fromEnv = env.XDG_CONFIG_HOME ?? '';
	const folder = path.isAbsolute(fromEnv) ? fromEnv : path.join(homedir(), '.config');
	return path.join(folder, 'p2p-tui', 'config.json');
}

/** What the file says; undefined where it says nothing. */
export type FileConfig = Omit<Config, 'isAscii' | 'hasMouse'> & {
	isAscii: boolean | undefined;
	hasMouse: boolean | undefined;
};

/** What the command line says goes before the file. */
export type ConfigOptions = {
	/** The file where one is named, which must be there; the usual one need not. */
	configFile: string | undefined;
	theme: ThemeName | undefined;
	isAscii: boolean | undefined;
	hasMouse: boolean | undefined;
};

/**
Read the user's file, and what the command line says instead.

@throws {UsageError} With one line that names the file and what is wrong in it.
*/
export async function readConfig(options: ConfigOptions, env = process.env): Promise<Config> {
	const {configFile: named, theme, isAscii, hasMouse} = options;
	const file = named ?? usualConfigFile(env);
	const config = parseConfig(await textOfFile(file, named === undefined), file);
	return {
		...config,
		theme: theme ?? config.theme,
		// What nobody has said is found out by the locale.
		isAscii: isAscii ?? config.isAscii ?? isAsciiOnly(env),
		hasMouse: hasMouse ?? config.hasMouse ?? false,
	};
}

async function textOfFile(file: string, mayBeMissing: boolean): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		const isMissing = ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
		if (isMissing && mayBeMissing) {
			return '{}';
		}

		throw new UsageError(isMissing ? `${file} is not there` : `${file} can not be read: ${reasonOf(error)}`);
	}
}

/**
@param file - What errors call it.
@throws {UsageError}
*/
export function parseConfig(text: string, file: string): FileConfig {
	const fail = (problem: string): never => {
		throw new UsageError(`${file}: ${problem}`);
	};

	let value: unknown;
	try {
		// Editors of some systems begin a file with a byte order mark.
		value = JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		return fail(`Expected JSON: ${reasonOf(error)}`);
	}

	if (!isRecord(value)) {
		return fail('Expected an object such as {"theme": "vivid"}');
	}

	for (const [name, setting] of Object.entries(value)) {
		const problem = Object.hasOwn(checks, name)
			? checks[name as keyof typeof checks](setting)
			: `${name} is no setting${didYouMean(name, Object.keys(checks))}`;
		if (problem !== undefined) {
			return fail(problem);
		}
	}

	const {theme = 'calm', ascii, mouse, keys = {}} = value as Settings;
	return {file, theme, isAscii: ascii, hasMouse: mouse, bindings: rebind(bindings, keys)};
}

/** The file, once it is checked. */
type Settings = {theme?: ThemeName; ascii?: boolean; mouse?: boolean; keys?: KeyChoices};

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const checkBoolean = (name: string) => (value: unknown) =>
	typeof value === 'boolean' ? undefined : `${name}: Expected true or false, got ${JSON.stringify(value)}`;

const isKeyChoice = (value: unknown): value is KeyChoices[string] =>
	value === null || typeof value === 'string' || (Array.isArray(value) && value.every(key => typeof key === 'string'));

function checkKeys(keys: unknown): string | undefined {
	if (!isRecord(keys)) {
		return `keys: Expected an object such as {"quit": "Q"}, got ${JSON.stringify(keys)}`;
	}

	for (const [id, choice] of Object.entries(keys)) {
		if (!isKeyChoice(choice)) {
			return `keys.${id}: Expected a key, a list of keys, or null for none, got ${JSON.stringify(choice)}`;
		}
	}

	return rebindProblem(bindings, keys as KeyChoices);
}

/** What is wrong with each setting, as a sentence that begins with its name. */
const checks: Record<keyof Settings, (value: unknown) => string | undefined> = {
	theme: value =>
		(themeNames as readonly unknown[]).includes(value)
			? undefined
			: `theme: Expected ${themeNames.join(', ')}, got ${JSON.stringify(value)}${didYouMean(String(value), themeNames)}`,
	ascii: checkBoolean('ascii'),
	mouse: checkBoolean('mouse'),
	keys: checkKeys,
};
