#!/usr/bin/env node
import process from 'node:process';
import meow from 'meow';
import {reasonOf, UsageError} from '../source/protocol/errors.js';
import {limits} from '../source/protocol/limits.js';
import {checkedFlags, parseListen, parseTtl} from './arguments.js';
import {runTracker} from './run.js';

const help = `
	Usage
	  $ p2p-tracker [HOST] [PORT]

	Knows who is alive and who has what, for p2p-tui and for classic peers.
	HOST is the address to listen on (0.0.0.0), PORT its port (6969; 0 picks a free one).

	Options
	  --ttl SECONDS  Drop a silent p2p-tui peer after this time (${limits.peerTtlMs / 1000})
	  --json         Log lines as JSON
	  --wire         Print every message on the wire
	  --help
	  --version

	Examples
	  $ p2p-tracker
	  $ p2p-tracker 192.168.1.2 6969
`;

// No default: meow would use it where the value was forgotten.
const flags = {
	ttl: {type: 'string'},
	json: {type: 'boolean', default: false},
	wire: {type: 'boolean', default: false},
} as const;

try {
	const cli = checkedFlags('p2p-tracker', flags, () =>
		meow(help, {importMeta: import.meta, allowUnknownFlags: true, flags}),
	);
	const stop = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			stop.abort();
		});
	}

	// A log that nobody reads any more is no reason to stop.
	process.stdout.on('error', () => {});
	process.exitCode = await runTracker({
		...parseListen(cli.input),
		ttlMs: parseTtl(cli.flags.ttl),
		isJson: cli.flags.json,
		isWireShown: cli.flags.wire,
		signal: stop.signal,
	});
} catch (error) {
	console.error(`p2p-tracker: ${reasonOf(error)}`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
}
