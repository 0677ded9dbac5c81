#!/usr/bin/env node
import process from 'node:process';
import meow from 'meow';
import {parsePort} from '../source/protocol/address.js';
import {limits} from '../source/protocol/limits.js';
import {runTracker} from './run.js';

const cli = meow(
	`
	Usage
	  $ p2p-tracker [HOST] [PORT]

	Knows who is alive and who has what, for p2p-tui and for classic peers.
	HOST is the address to listen on (0.0.0.0), PORT its port (6969; 0 picks a free one).

	Options
	  --ttl SECONDS  Drop a silent p2p-tui peer after this time (${limits.peerTtlMs / 1000})
	  --json         Log lines as JSON
	  --help
	  --version

	Examples
	  $ p2p-tracker
	  $ p2p-tracker 192.168.1.2 6969
`,
	{
		importMeta: import.meta,
		allowUnknownFlags: true,
		flags: {
			ttl: {type: 'number', default: limits.peerTtlMs / 1000},
			json: {type: 'boolean', default: false},
		},
	},
);

function fail(message: string): never {
	console.error(`p2p-tracker: ${message}`);
	process.exit(2);
}

const unknown = Object.keys(cli.flags).find(flag => flag !== 'ttl' && flag !== 'json');
if (unknown !== undefined) {
	fail(`Unknown option --${unknown}; see p2p-tracker --help`);
}

const [host = '0.0.0.0', portText = '6969', ...rest] = cli.input;
const port = parsePort(portText);
if (rest.length > 0) {
	fail(`Expected HOST and PORT, got also "${rest.join(' ')}"`);
}

if (port === undefined) {
	fail(`Expected a port from 0 to 65535, got "${portText}"`);
}

if (!(cli.flags.ttl > 0)) {
	fail('Expected a number of seconds after --ttl');
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => {
		stop.abort();
	});
}

process.exitCode = await runTracker({
	host,
	port,
	ttlMs: cli.flags.ttl * 1000,
	isJson: cli.flags.json,
	signal: stop.signal,
});
