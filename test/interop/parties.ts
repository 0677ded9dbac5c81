import {onTestFinished} from 'vitest';
import type {PeerEvent} from '../../source/peer/events.js';
import {PeerCore} from '../../source/peer/peer-core.js';
import type {Address} from '../../source/protocol/address.js';
import {Tracker, type TrackerOptions} from '../../tracker/server.js';
import {temporaryFolder} from '../wait.js';
import {PythonProgram} from './python-program.js';

export const host = '127.0.0.1';

export type Dialect = 'framed' | 'unframed';

/** Our tracker; a peer whose connection closed is dropped after a short grace. */
export async function ourTracker(options: Partial<TrackerOptions> = {}): Promise<Address> {
	const tracker = new Tracker({host, port: 0, graceMs: 200, ...options});
	const address = await tracker.listen();
	onTestFinished(async () => tracker.close());
	return address;
}

/** @param port - 0 picks a free one. */
export async function theirTracker(
	dialect: Dialect,
	{port = 0, options = []}: {port?: number; options?: string[]} = {},
): Promise<{address: Address; program: PythonProgram}> {
	const program = new PythonProgram(
		'tracker.py',
		[host, String(port), '--verbose', '--dialect', dialect, ...options],
		await temporaryFolder(),
	);
	const line = await program.said(/^127\.0\.0\.1:\d+$/);
	return {address: {host, port: Number(line.split(':')[1])}, program};
}

export type OurPeer = {core: PeerCore; events: PeerEvent[]};

/** Our peer, fetching all it can get. */
export async function ourPeer(tracker: Address, dir: string, {name = 'ours', isSyncing = true} = {}): Promise<OurPeer> {
	const events: PeerEvent[] = [];
	const core = new PeerCore({
		tracker,
		dir,
		host,
		port: 0,
		name,
		isSyncing,
		isServing: true,
		onEvent(event) {
			events.push(event);
		},
	});
	onTestFinished(async () => core.stop());
	await core.start();
	return {core, events};
}

export type TheirPeer = {program: PythonProgram; port: number};

/** A class peer with a quick beat; it has announced itself and read its first directory when this resolves. */
export async function theirPeer(
	tracker: Address,
	dir: string,
	dialect: Dialect,
	{port = 0, options = []}: {port?: number; options?: string[]} = {},
): Promise<TheirPeer> {
	const program = new PythonProgram(
		'file_synchronizer.py',
		[
			tracker.host,
			String(tracker.port),
			'--verbose',
			'--dialect',
			dialect,
			'--host',
			host,
			'--port',
			String(port),
			'--beat',
			'0.1',
			'--init-delay',
			'0.05',
			'--timeout',
			'5',
			...options,
		],
		dir,
	);
	const line = await program.said(/^port \d+$/);
	await program.said(/^directory /);
	return {program, port: Number(line.split(' ')[1])};
}
