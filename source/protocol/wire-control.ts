import {kindOfPeerMessage, kindOfTrackerMessage} from './decode.js';
import type {JsonObject} from './json-stream.js';
import {memberFields, namesOf, plural, rawOf, valueText} from './wire-text.js';
import type {WireBytes, WireDescription} from './wire.js';

/** Who says it: the same members mean something else from the other side. */
export type Speaker = 'peer' | 'tracker';

/**
Describe a message of the control plane.

@param value - What the stream decoder has read, or what the encoder has written.
@param taken - The bytes of it.
*/
export function describeControl(speaker: Speaker, value: JsonObject, {bytes, parts}: WireBytes): WireDescription {
	const kind = (speaker === 'peer' ? kindOfPeerMessage(value) : kindOfTrackerMessage(value)) ?? 'unknown';
	return {
		kind,
		bytes,
		summary: summaries[kind](value),
		fields: memberFields(value),
		raw: rawOf(parts),
	};
}

type Kind = NonNullable<ReturnType<typeof kindOfPeerMessage> | ReturnType<typeof kindOfTrackerMessage>> | 'unknown';

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** What there is to say, in a line: what is undefined or empty is left out. */
const line = (...words: Array<string | undefined | false>): string => words.filter(Boolean).join(', ');

/** `revision 2`, where there is such a member. */
const member = (value: JsonObject, name: string): string | undefined =>
	value[name] === undefined ? undefined : `${name} ${valueText(value[name])}`;

const summaries: Record<Kind, (value: JsonObject) => string> = {
	init: value =>
		line(
			member(value, 'port'),
			plural(lengthOf(value.files) + lengthOf(value.nested), 'file'),
			lengthOf(value.parts) > 0 && plural(lengthOf(value.parts), 'part'),
			member(value, 'version'),
			value.observer === true && 'observer',
		),
	'keep-alive': value => line(member(value, 'port'), member(value, 'revision')),
	files: value => changeOf(value),
	bye: () => 'leaves',
	snapshot: value =>
		line(member(value, 'revision'), plural(lengthOf(value.peers), 'peer'), plural(filesOf(value), 'file')),
	joined(value) {
		const {name, ip, port, files} = objectOf(value.peer);
		return line(
			member(value, 'revision'),
			valueText(name === '' ? `${valueText(ip)}:${valueText(port)}` : name),
			plural(lengthOf(files), 'file'),
		);
	},
	left: value =>
		line(member(value, 'revision'), member(value, 'id'), value.reason !== undefined && valueText(value.reason)),
	changed: value => line(member(value, 'revision'), member(value, 'id'), changeOf(value)),
	directory: value => plural(namesOf(value).length, 'file'),
	unknown: value => member(value, 'type') ?? plural(namesOf(value).length, 'member'),
};

function changeOf({added, removed, parts}: JsonObject): string {
	const offered = objectOf(parts);
	return line(
		`${lengthOf(added)} added`,
		`${lengthOf(removed)} removed`,
		lengthOf(offered.added) > 0 && `${plural(lengthOf(offered.added), 'part')} offered`,
		lengthOf(offered.removed) > 0 && `${plural(lengthOf(offered.removed), 'part')} withdrawn`,
	);
}

function filesOf({peers}: JsonObject): number {
	let files = 0;
	for (const peer of Array.isArray(peers) ? peers : []) {
		files += lengthOf(objectOf(peer).files);
	}

	return files;
}

const objectOf = (value: unknown): JsonObject =>
	typeof value === 'object' && value !== null ? (value as JsonObject) : {};
