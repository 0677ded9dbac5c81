import {formatAddress} from '../source/protocol/address.js';
import {codeOf, reasonOf} from '../source/protocol/errors.js';
import {wireJson, wireLine} from '../source/protocol/wire-line.js';
import {Tracker, type TrackerEvent} from './server.js';

export type RunTrackerOptions = {
	host: string;
	port: number;
	ttlMs: number;
	isJson: boolean;
	/** Print what peers say and are told, too. */
	isWireShown?: boolean;
	/** Ends the tracker. */
	signal: AbortSignal;
};

/**
Run a tracker until the signal, with a line on stdout for whatever happens; the first says where it listens.

@returns The exit code: 1 when the port can not be had, 2 for a host that is none of this machine's.
*/
export async function runTracker({
	host,
	port,
	ttlMs,
	isJson,
	isWireShown = false,
	signal,
}: RunTrackerOptions): Promise<number> {
	const tracker = new Tracker({
		host,
		port,
		ttlMs,
		onEvent(event) {
			console.log(isJson ? jsonLine(event) : describe(event));
		},
		onWire(message) {
			console.log(isJson ? jsonLine({event: 'wire', message: wireJson(message)}) : wireLine(message));
		},
	});
	tracker.watchWire(isWireShown);

	try {
		await tracker.listen();
	} catch (error) {
		console.error(`p2p-tracker: ${listenProblem(error, {host, port})}`);
		return isNoAddress(error) ? 2 : 1;
	}

	if (!signal.aborted) {
		await new Promise(resolve => {
			signal.addEventListener('abort', resolve, {once: true});
		});
	}

	await tracker.close();
	return 0;
}

const jsonLine = (event: Record<string, unknown>) => JSON.stringify({time: new Date().toISOString(), ...event});

function listenProblem(error: unknown, address: {host: string; port: number}): string {
	if (codeOf(error) === 'EADDRINUSE') {
		return `Port ${address.port} is taken on ${address.host}; stop the program that uses it or name another port`;
	}

	return isNoAddress(error)
		? `Can not listen on ${address.host}: it is no address of this machine`
		: `Can not listen on ${formatAddress(address)}: ${reasonOf(error)}`;
}

/** Whether a host to listen on does not resolve, or to somewhere else. */
export const isNoAddress = (error: unknown): boolean =>
	['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL'].includes(codeOf(error) ?? '');

/** One plain line for a person. */
export function describe(event: TrackerEvent): string {
	if (event.event === 'listening') {
		return `p2p-tracker listens on ${event.address}`;
	}

	const time = new Date().toTimeString().slice(0, 8);
	if (event.event === 'malformed') {
		return `${time} ${event.ip} dropped: ${event.message}`;
	}

	const who = `${event.name || 'classic peer'} ${formatAddress({host: event.ip, port: event.port})}`;
	switch (event.event) {
		case 'joined': {
			return `${time} ${who} joined with ${count(event.files)}`;
		}

		case 'left': {
			return `${time} ${who} left: ${event.reason}`;
		}

		case 'changed': {
			const parts = event.parts ? `, pieces of ${count(event.parts)} offered or withdrawn` : '';
			return `${time} ${who} changed ${count(event.files)}, removed ${event.removed}${parts}`;
		}
	}
}

const count = (files = 0) => `${files} ${files === 1 ? 'file' : 'files'}`;
