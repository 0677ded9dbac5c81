import prettyBytes from 'pretty-bytes';
import {formatAddress} from '../protocol/address.js';
import type {PeerEvent} from '../peer/events.js';
import {count} from '../ui/format.js';
import {wireJson, wireLine} from './wire-lines.js';

/** An event as plain lines for a person who has no screen; none for what only a program wants to know. */
export function linesOf(event: PeerEvent): string[] {
	switch (event.type) {
		case 'listening': {
			return [`${event.name} serves ${event.dir} on ${formatAddress(event)}`];
		}

		case 'tracker': {
			return trackerLines(event);
		}

		case 'peers': {
			return event.changed.map(({name, ip, port, files}) => {
				const address = formatAddress({host: ip, port});
				return `peer ${name ? `${name} ${address}` : address} has ${count(files, 'file')}`;
			});
		}

		case 'local': {
			return event.isOnlyRoots
				? []
				: [`sharing: ${count(event.changed.length, 'file')} added or changed, ${event.removed.length} removed`];
		}

		case 'transfer': {
			const {direction, label, state, size, peer} = event.transfer;
			return direction === 'up' && state === 'done' ? [`sent ${label} ${prettyBytes(size ?? 0)} to ${peer}`] : [];
		}

		case 'notice': {
			return [event.level === 'info' ? event.text : `${event.level}: ${event.text}`];
		}

		case 'wire': {
			return [wireLine(event.message)];
		}

		case 'remote':
		case 'cleared':
		case 'sync': {
			return [];
		}
	}
}

function trackerLines(event: PeerEvent & {type: 'tracker'}): string[] {
	switch (event.state) {
		case 'connected': {
			return [`connected to tracker ${event.address}${event.version === 1 ? ' (classic)' : ''}`];
		}

		case 'lost': {
			return [`${event.reason}; trying again in ${(event.retryInMs / 1000).toFixed(1)} s`];
		}

		case 'connecting': {
			return [];
		}
	}
}

/** An event as one line of JSON, with its type under `event`. PROTOCOL.md lists them. */
export const jsonLineOf = (event: PeerEvent): string => JSON.stringify(jsonOf(event));

/** An event as JSON can have it. */
export function jsonOf({type, ...rest}: PeerEvent): Record<string, unknown> {
	return 'message' in rest ? {event: type, message: wireJson(rest.message)} : {event: type, ...rest};
}
