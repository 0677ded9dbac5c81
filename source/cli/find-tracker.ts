import {lookup} from 'node:dns/promises';
import {connect} from 'node:net';
import {networkInterfaces} from 'node:os';
import {formatAddress, isLoopback, type Address} from '../protocol/address.js';
import {codeOf, PeerError, reasonOf, UsageError} from '../protocol/errors.js';
import type {WireMessage} from '../protocol/wire.js';
import {Tracker} from '../../tracker/server.js';
import {defaultListen} from '../../tracker/arguments.js';
import {isNoAddress} from '../../tracker/run.js';

export type FoundTracker = {
	address: Address;
	/** The tracker we started ourselves, because nobody else had. */
	embedded: Tracker | undefined;
};

export const localTracker: Address = {
	host: '127.0.0.1',
	port: defaultListen.port,
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
@param onWire - Told what that one hears and says, while its wire is watched.
*/
export async function findTracker(
	named: Address | undefined,
	host: string,
	onWire?: (message: WireMessage) => void,
): Promise<FoundTracker> {
	if (named) {
		return {address: await checkHost(named), embedded: undefined};
	}

	if (await isListening(localTracker)) {
		return {address: localTracker, embedded: undefined};
	}

	const embedded = new Tracker({host, port: localTracker.port, ...(onWire && {onWire})});
	try {
		await embedded.listen();
		const isEverywhere = host === '0.0.0.0' || host === '::';
		return {address: isEverywhere ? localTracker : {...localTracker, host}, embedded};
	} catch (error) {
		if (codeOf(error) === 'EADDRINUSE') {
			// Another program was faster; it is the tracker now.
			return {address: localTracker, embedded: undefined};
		}

		throw isNoAddress(error)
			? new UsageError(`Can not listen on ${host}: it is no address of this machine`, {cause: error})
			: new PeerError(`Can not start a tracker on ${formatAddress({...localTracker, host})}: ${reasonOf(error)}`, {
					cause: error,
				});
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
function lanIp(): string | undefined {
	const addresses = Object.values(networkInterfaces()).flat();
	return addresses.find(address => address && !address.internal && address.family === 'IPv4')?.address;
}

/**
The line that others type to join; undefined where it is not known to work: for a tracker on loopback that is not ours, which may
be there for this machine alone.
*/
export async function joinLine({address, embedded}: FoundTracker): Promise<string | undefined> {
	const {address: ip} = await lookup(address.host);
	const shown = isLoopback(ip) ? embedded?.isEverywhere && lanIp() : address.host;
	return shown ? `npx p2p-tui ${formatAddress({host: shown, port: address.port})}` : undefined;
}
