import {Buffer} from 'node:buffer';
import {limits} from '../protocol/limits.js';
import type {WireMessage} from '../protocol/wire.js';
import {formatMilliseconds, formatSize} from '../ui/format.js';
import * as read from './recording/shape.js';

/** A message as one plain line: `14:02:11.031 → tracker init 412 B port 8001, 12 files, version 2` */
export function wireLine({atMs, direction, party, kind, bytes, summary, problem}: WireMessage): string {
	const what = problem === undefined ? summary : `${problem}; ${summary}`;
	return `${formatMilliseconds(atMs)} ${direction === 'in' ? '←' : '→'} ${party} ${kind} ${formatSize(bytes)} ${what}`.trimEnd();
}

/** A message as JSON can hold it: its bytes in base64. */
export const wireJson = ({raw, ...rest}: WireMessage): Record<string, unknown> => ({
	...rest,
	raw: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64'),
});

/** What a recording may show of one message. */
const maxFields = 1000;

const readMessage = read.object<WireMessage>({
	atMs: read.milliseconds,
	plane: read.oneOf('control', 'data', 'echo'),
	direction: read.oneOf('in', 'out'),
	end: read.oneOf('peer', 'tracker', 'echo'),
	remote: read.text,
	party: read.text,
	kind: read.text,
	bytes: read.count,
	summary: read.text,
	fields: read.list(read.object({name: read.text, value: read.text}), maxFields),
	raw: value => Uint8Array.from(Buffer.from(read.string(value), 'base64').subarray(0, limits.maxWireBytes)),
	problem: read.optional(read.text),
});

/**
Read what `wireJson` made, from anybody.

@throws {ProtocolError} When it is something else.
*/
export const wireFromJson = (value: unknown): WireMessage => readMessage(value);
