import {lookup} from 'node:dns/promises';
import {connect} from 'node:net';
import {networkInterfaces} from 'node:os';
import {formatAddress, isLoopback, type Address} from '../protocol/address.js';
import {codeOf, UsageError} from '../protocol/errors.js';
import {Tracker} from '../../tracker/server.js';
import {defaultTrackerPort} from './arguments.js';

export type FoundTracker = {
	address: Address;
	/** The tracker we started ourselves, because nobody else had. */
	embedded: Tracker | undefined;
};

export const localTracker: Address = {
	host: '127.0.0.1',
	port: defaultTrackerPort,
};

/** How long something on this machine may take to accept a connection. */
const probeTimeoutMs = 1000;

/** @throws {UsageError} When the host does not resolve. */
export async function checkHost(address: Address): Promise<Address> {
	try {
		await lookup(address.host);
		return address;
	} catch (error) {
		throw new UsageError(`The host ${address.host} does not resolve`, {
			cause: error,
		});
	}
}

/**
The tracker that was named; else the one on this machine; else one of our own, started here.

@param host - The address that our own tracker listens on.
*/
export async function findTracker(named: Address | undefined, host: string): Promise<FoundTracker> {
	if (named) {
		return {address: await checkHost(named), embedded: undefined};
	}

	if (await isListening(localTracker)) {
		return {address: localTracker, embedded: undefined};
	}

	const embedded = new Tracker({host, port: localTracker.port});
	try {
		await embedded.listen();
		const isReachable = host === '0.0.0.0' || host === '::' || isLoopback(host);
		return {
			address: isReachable ? localTracker : {...localTracker, host},
			embedded,
		};
	} catch (error) {
		if (codeOf(error) === 'EADDRINUSE') {
			// Another program was faster; it is the tracker now.
			return {address: localTracker, embedded: undefined};
		}

		throw new UsageError(`Can not listen on ${host}: it is no address of this machine`, {cause: error});
	}
}

async function isListening(address: Address): Promise<boolean> {
	return new Promise(resolve => {
		const socket = connect({...address, timeout: probeTimeoutMs});
		const answer = (isThere: boolean) => () => {
			socket.destroy();
			resolve(isThere);
		};

		socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false));
	});
}

/** An address of this machine that others can use: the first IPv4 address that is not loopback. */
export function lanIp(): string | undefined {
	const addresses = Object.values(networkInterfaces()).flat();
	return addresses.find(address => address && !address.internal && address.family === 'IPv4')?.address;
}

/** The line that others type to join; undefined when they can not, because the tracker is loopback only. */
export function joinLine({address}: FoundTracker, host: string): string | undefined {
	const shown = isLoopback(address.host) && !isLoopback(host) ? lanIp() : address.host;
	return shown === undefined || isLoopback(shown)
		? undefined
		: `npx p2p-tui ${formatAddress({host: shown, port: address.port})}`;
}
