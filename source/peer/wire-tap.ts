import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {addressOf, formatAddress, normalizeIp} from '../protocol/address.js';
import {decodePeerName, peerNameHeader} from '../protocol/http-path.js';
import type {Wire, WireDescription, WireMessage} from '../protocol/wire.js';
import type {Source} from './events.js';
import {sourceLabel} from './file-answer.js';

/** Tells what goes over one connection of the data plane; while nobody watches the wire, `describe` is not called. */
export type Tap = (direction: WireMessage['direction'], describe: () => WireDescription) => void;

/** @param who - The other side, asked for with each message: all of it may not be known from the start. */
const tapOf =
	(wire: Wire | undefined, who: () => Pick<WireMessage, 'remote' | 'party'>): Tap =>
	(direction, describe) => {
		wire?.see(() => ({plane: 'data', end: 'peer', direction, ...who(), ...describe()}));
	};

/** What we say to a source and hear from it. */
export const sourceTap = (wire: Wire | undefined, source: Source): Tap =>
	tapOf(wire, () => ({
		remote: formatAddress({host: normalizeIp(source.ip), port: source.port}),
		party: sourceLabel(source),
	}));

/** Whoever watches, and what a peer at an address is called, where that is known. */
export type PortWatch = {wire?: Wire | undefined; nameOf?: ((ip: string) => string | undefined) | undefined};

/** What somebody says who came to our port, and what we answer. */
export const callerTap = ({wire, nameOf}: PortWatch, socket: Socket, request?: IncomingMessage): Tap =>
	tapOf(wire, () => {
		const {remoteAddress, remotePort} = socket;
		const remote = addressOf(remoteAddress, remotePort);
		const named = decodePeerName(request?.headers[peerNameHeader]) || nameOf?.(normalizeIp(remoteAddress ?? ''));
		return {remote, party: named || remote}; // eslint-disable-line @typescript-eslint/prefer-nullish-coalescing -- empty is no name
	});
