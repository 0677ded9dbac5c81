import {parsePort} from '../source/protocol/address.js';
import {UsageError} from '../source/protocol/errors.js';
import {limits} from '../source/protocol/limits.js';

/** Where a tracker listens when nobody says. */
export const defaultListen = {host: '0.0.0.0', port: 6969};

/**
Read `[HOST] [PORT]`; a port alone is one, too.

@param defaults - Of what is not there.
@param whose - Says in errors what is to listen.
@throws {UsageError} On anything else.
*/
export function parseListen(
	words: string[],
	defaults = defaultListen,
	whose = 'the tracker',
): {host: string; port: number} {
	const [first, second, ...rest] = words;
	if (rest.length > 0) {
		throw new UsageError(`Expected HOST and PORT, got also "${rest.join(' ')}"`);
	}

	if (first === undefined) {
		return defaults;
	}

	if (second === undefined) {
		const port = parsePort(first);
		return port === undefined ? {...defaults, host: first} : {...defaults, port};
	}

	const port = parsePort(second);
	if (port === undefined) {
		throw new UsageError(`Expected a port from 0 to 65535 for ${whose}, got "${second}"`);
	}

	return {host: first, port};
}

/**
Read the value of `--ttl`, in seconds.

@returns Milliseconds.
@throws {UsageError} When it is no positive number.
*/
export function parseTtl(text: string | undefined): number {
	const seconds = text === undefined ? limits.peerTtlMs / 1000 : Number(text);
	if (text?.trim() === '' || !(seconds > 0 && Number.isFinite(seconds))) {
		throw new UsageError(`Expected a number of seconds for --ttl, got "${text}"`);
	}

	return seconds * 1000;
}

/**
Run meow with unknown options let through, and refuse them and its other complaints in one line.

@param parse - Calls meow.
@throws {UsageError} On options that are not known or make no sense.
*/
export function checkedFlags<Cli extends {flags: Record<string, unknown>}>(
	program: string,
	known: Record<string, unknown>,
	parse: () => Cli,
): Cli {
	let cli: Cli;
	try {
		cli = parse();
	} catch (error) {
		throw new UsageError(`${(error as Error).message}; see ${program} --help`, {cause: error});
	}

	const unknown = Object.keys(cli.flags).find(flag => !Object.hasOwn(known, flag));
	if (unknown !== undefined) {
		const shown = unknown.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
		throw new UsageError(`Unknown option ${shown.length === 1 ? '-' : '--'}${shown}; see ${program} --help`);
	}

	return cli;
}
