import {hostname} from 'node:os';
import process from 'node:process';
import meow from 'meow';
import {isPort, parseAddress, parsePort, type Address} from '../protocol/address.js';
import {peerNameOf} from '../protocol/decode.js';
import {UsageError} from '../protocol/errors.js';
import {checkedFlags, defaultListen, parseListen, parseTtl} from '../../tracker/arguments.js';
import {didYouMean} from '../ui/nearest.js';
import {themeNames, type ThemeName} from '../ui/theme.js';
import {help} from './help.js';
import {minRate, parseRate} from './rate.js';

const commands = ['serve', 'ls', 'get', 'sync', 'tracker', 'demo'] as const;

export type CommandName = 'screen' | (typeof commands)[number];

export type Arguments = {
	command: CommandName;
	/** The tracker that was named, if one was. */
	tracker: Address | undefined;
	dir: string;
	port: number;
	/** The port that others are told, where it is another. */
	announcedPort: number | undefined;
	host: string;
	name: string;
	isSyncing: boolean;
	isOnce: boolean;
	isJson: boolean;
	/** The wire pane is open from the start; `serve`, `sync`, `tracker` print every message. */
	isWireShown: boolean;
	logFile: string | undefined;
	maxUpBytesPerSecond: number | undefined;
	maxDownBytesPerSecond: number | undefined;
	/** The screen is to be drawn with ASCII characters only; where nothing is said, the config file and the locale say it. */
	isAscii: boolean | undefined;
	/** The screen listens to the mouse, too; where nothing is said, the config file says it. */
	hasMouse: boolean | undefined;
	/** The colours of the screen, where they are named. */
	theme: ThemeName | undefined;
	/** The file of keys and colours, where it is named. */
	configFile: string | undefined;
	/** Lines for a screen reader in place of the screen. */
	isScreenReader: boolean;
	/** `get`: the files that are asked for. */
	names: string[];
	/** `tracker`: where it is to listen. */
	listen: {host: string; port: number};
	ttlMs: number;
};

// No defaults here: meow would use them for an option whose value was forgotten.
const flags = {
	tracker: {type: 'string'},
	dir: {type: 'string'},
	port: {type: 'string'},
	announcePort: {type: 'string'},
	host: {type: 'string'},
	name: {type: 'string'},
	sync: {type: 'boolean', default: false},
	once: {type: 'boolean', default: false},
	json: {type: 'boolean', default: false},
	wire: {type: 'boolean', default: false},
	log: {type: 'string'},
	maxUp: {type: 'string'},
	maxDown: {type: 'string'},
	theme: {type: 'string'},
	config: {type: 'string'},
	screenReader: {type: 'boolean', default: false},
	ttl: {type: 'string'},
	// `--no-ascii` and `--no-mouse` go before the config file, too.
	ascii: {type: 'boolean'},
	mouse: {type: 'boolean'},
} as const;

/**
Read the command line. Prints help or the version and exits where that is asked for.

@throws {UsageError} With one line that says what is wrong.
*/
export function parseArguments(importMeta: ImportMeta, argv = process.argv.slice(2), env = process.env): Arguments {
	const cli = checkedFlags('p2p-tui', flags, () =>
		meow(help, {importMeta, argv, flags, description: false, allowUnknownFlags: true, booleanDefault: undefined}),
	);
	const {command, words} = commandOf(cli.input.map(String));
	return {
		command,
		tracker: trackerOf(takesTracker.has(command) ? words : [], cli.flags.tracker, env.P2P_TRACKER),
		dir: textOf('--dir', cli.flags.dir ?? 'p2p-share'),
		port: portOf('--port', cli.flags.port ?? '8000'),
		announcedPort: cli.flags.announcePort === undefined ? undefined : announcedPortOf(cli.flags.announcePort),
		host: textOf('--host', cli.flags.host ?? '0.0.0.0'),
		name: peerNameOf(cli.flags.name) || peerNameOf(hostname().split('.')[0]) || 'peer',
		isSyncing: cli.flags.sync || command === 'sync',
		isOnce: cli.flags.once,
		isJson: cli.flags.json,
		isWireShown: cli.flags.wire,
		logFile: cli.flags.log === undefined ? undefined : textOf('--log', cli.flags.log),
		maxUpBytesPerSecond: rateOf('--max-up', cli.flags.maxUp),
		maxDownBytesPerSecond: rateOf('--max-down', cli.flags.maxDown),
		isAscii: cli.flags.ascii,
		hasMouse: cli.flags.mouse,
		theme: themeOf(cli.flags.theme),
		configFile: cli.flags.config === undefined ? undefined : textOf('--config', cli.flags.config),
		isScreenReader: cli.flags.screenReader || env.INK_SCREEN_READER === 'true',
		names: command === 'get' ? words : [],
		listen: parseListen(command === 'tracker' ? words : []),
		ttlMs: parseTtl(cli.flags.ttl),
	};
}

/** Commands that take the tracker in the place after them. */
const takesTracker: ReadonlySet<CommandName> = new Set(['screen', 'serve', 'ls', 'sync']);

/** The first word, where it is a command, and the words that belong to it. */
function commandOf(input: string[]): {command: CommandName; words: string[]} {
	const command = commands.find(name => name === input[0]);
	if (!command) {
		return {command: 'screen', words: input};
	}

	const words = input.slice(1);
	if (command === 'demo' && words.length > 0) {
		throw new UsageError(`Expected nothing after demo, got "${words.join(' ')}"`);
	}

	if (command === 'get' && words.length === 0) {
		throw new UsageError('Expected the name of a file after get; p2p-tui ls shows them');
	}

	return {command, words};
}

/** The tracker from its place among the words, else the option, else the environment. */
function trackerOf(words: string[], option: string | undefined, fromEnv: string | undefined): Address | undefined {
	if (words.length > 2) {
		throw new UsageError(`Expected one tracker, got "${words.join(' ')}"`);
	}

	const [host, port] = words;
	if (host !== undefined) {
		return addressOf(port === undefined ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`, 'a tracker');
	}

	if (option !== undefined) {
		return addressOf(option, '--tracker');
	}

	return fromEnv ? addressOf(fromEnv, 'P2P_TRACKER') : undefined;
}

function addressOf(text: string, place: string): Address {
	const address = parseAddress(text, defaultListen.port);
	if (!address) {
		throw new UsageError(`Expected HOST:PORT for ${place}, got "${text}"`);
	}

	return address;
}

function portOf(place: string, text: string): number {
	const port = parsePort(text);
	if (port === undefined) {
		throw new UsageError(`Expected a port from 0 to 65535 for ${place}, got "${text}"`);
	}

	return port;
}

function announcedPortOf(text: string): number {
	const port = parsePort(text);
	if (!isPort(port)) {
		throw new UsageError(`Expected a port from 1 to 65535 for --announce-port, got "${text}"`);
	}

	return port;
}

function rateOf(place: string, text: string | undefined): number | undefined {
	if (text === undefined) {
		return undefined;
	}

	const rate = parseRate(text);
	if (rate === undefined) {
		throw new UsageError(`Expected bytes a second such as 500k, 2M or 1.5M for ${place}, got "${text}"`);
	}

	if (rate < minRate) {
		throw new UsageError(`Expected at least 1k, which is ${minRate} bytes a second, for ${place}, got "${text}"`);
	}

	return rate;
}

function themeOf(text: string | undefined): ThemeName | undefined {
	const theme = themeNames.find(name => name === text);
	if (text !== undefined && !theme) {
		const names = themeNames.join(', ');
		throw new UsageError(`Expected one of ${names} for --theme, got "${text}"${didYouMean(text, themeNames)}`);
	}

	return theme;
}

function textOf(place: string, text: string): string {
	if (text === '') {
		throw new UsageError(`Expected a value after ${place}`);
	}

	return text;
}
