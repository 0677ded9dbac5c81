/** What kinds of messages have members in common. */
type Family = 'control' | 'request' | 'response' | 'pieces' | 'classic';

const version2 = 'PROTOCOL.md, version 2';
const classProtocol = 'PROTOCOL.md, class protocol';
const contents = 'PROTOCOL.md, contents and parts';

/** A sentence and where it comes from. */
const say = (sentence: string, source: string) => `${sentence} (${source})`;

/** Headers of HTTP, whoever sends them. */
const headers: Record<string, string> = {
	host: say('The address that was asked for, so that one server can have several names.', 'RFC 9110 section 7.2'),
	range: say('The bytes of the file that are wanted, the first and the last counted from 0.', 'RFC 9110 section 14.2'),
	'if-match': say('Only if the file still is this version; otherwise the answer is 412.', 'RFC 9110 section 13.1.1'),
	'if-none-match': say(
		'Only if the file is no longer this version; otherwise the answer is 304.',
		'RFC 9110 section 13.1.2',
	),
	'if-modified-since': say(
		'Only if the file has changed since; otherwise the answer is 304.',
		'RFC 9110 section 13.1.3',
	),
	'if-range': say('The range if it still is this version, otherwise the whole file.', 'RFC 9110 section 13.1.5'),
	'p2p-peer': say('What the asking peer calls itself, for the screen of the other side.', 'PROTOCOL.md, HTTP/1.1'),
	accept: say('The kinds of content that the asking program can show.', 'RFC 9110 section 12.5.1'),
	'accept-encoding': say(
		'The compressions that the asking program understands; none is used here.',
		'RFC 9110 section 12.5.3',
	),
	'accept-language': say('The languages that the person who asks can read.', 'RFC 9110 section 12.5.4'),
	'accept-ranges': say('Parts of it can be asked for, in bytes.', 'RFC 9110 section 14.3'),
	'user-agent': say('The program that asks.', 'RFC 9110 section 10.1.5'),
	etag: say('The name of this version: a content id, or the time and size of the file.', 'RFC 9110 section 8.8.3'),
	'last-modified': say('When the file was last changed.', 'RFC 9110 section 8.8.2'),
	'content-length': say('How many bytes of body follow the head.', 'RFC 9110 section 8.6'),
	'content-range': say('Which bytes follow, the first and the last, and of how many.', 'RFC 9110 section 14.4'),
	'content-type': say('What kind of content the body is.', 'RFC 9110 section 8.3'),
	'content-security-policy': say(
		'What a page from here may do in a browser: nothing.',
		'Content Security Policy Level 3',
	),
	'x-content-type-options': say('The browser is not to guess another kind of content.', 'Fetch Standard'),
	connection: say('Whether the connection stays open for the next request.', 'RFC 9112 section 9.6'),
	'keep-alive': say('How many seconds the connection stays open without a request.', 'RFC 2068 section 19.7.1'),
	'transfer-encoding': say(
		'The body comes in chunks, each with its own length, because its end is not known yet.',
		'RFC 9112 section 6.1',
	),
	date: say('When the answer was made.', 'RFC 9110 section 6.6.1'),
	vary: say('Another value of these request headers gives another answer.', 'RFC 9110 section 12.5.5'),
	allow: say('The methods that are served here.', 'RFC 9110 section 10.2.1'),
	expect: say('The body is sent once the other side has agreed.', 'RFC 9110 section 10.1.1'),
	server: say('The program that answers.', 'RFC 9110 section 10.2.4'),
};

/** What a field means, by what kind of message it is a member of. */
export const fieldMeanings: Record<Family, Record<string, string>> = {
	control: {
		port: say('Where this peer serves files; its address is the one that the tracker sees.', classProtocol),
		files: say(
			'Files in the folder: each a name and the time of its last change, in version 2 its size and content id, too.',
			classProtocol,
		),
		version: say(
			'2 in the messages of programs that know snapshots and changes; class programs do not send it.',
			version2,
		),
		name: say('What the peer calls itself, at most 40 characters.', version2),
		nested: say(
			'Files whose names a class program would trip over, in folders say; no classic directory has them.',
			version2,
		),
		parts: say(
			'Content ids of which this peer has pieces while it fetches the rest: in a change, those that are new and those that are over.',
			contents,
		),
		observer: say('A visitor: it sees the directory, is not listed and serves nothing.', version2),
		type: say('Which message this is; those of the class protocol have none.', version2),
		revision: say('The count of all changes of the directory; each one adds one.', version2),
		you: say("The tracker's number for the peer that is told.", version2),
		peers: say('All peers that are there, with what they hold.', version2),
		peer: say('The peer that has come, with all it holds.', version2),
		id: say("The tracker's number for a peer, as long as that stays.", version2),
		added: say('Files that are new or have changed.', version2),
		removed: say('Names of files that are gone.', version2),
		reason: say(
			'Why it is gone: it said bye, was silent for three beats, lost its connection, or another took its address.',
			version2,
		),
	},
	request: {
		method: say('What is wanted: GET asks for the content, HEAD for what is told about it.', 'RFC 9110 section 9.3'),
		target: say(
			'The path of what is asked for: / lists the files, /files/… is a file by name, /content/… by content id.',
			'PROTOCOL.md, HTTP/1.1',
		),
		version: say('The version of HTTP that the asking program speaks.', 'RFC 9112 section 2.3'),
	},
	response: {
		version: say('The version of HTTP that the answering program speaks.', 'RFC 9112 section 2.3'),
		status: say(
			'What became of the request: 2xx it is answered, 3xx look elsewhere, 4xx it can not be, 5xx the server failed.',
			'RFC 9110 section 15',
		),
		reason: say('The status in words, for people.', 'RFC 9112 section 4'),
	},
	pieces: {
		size: say('Bytes of the whole content.', 'PROTOCOL.md, contents'),
		pieceBytes: say('Bytes of a piece; the last one may be shorter.', 'PROTOCOL.md, contents'),
		have: say('Pieces that are here and verified, as numbers and spans from 0 on.', 'PROTOCOL.md, contents'),
		coming: say(
			'Pieces that were asked of one who has all, so that others ask for other ones.',
			'PROTOCOL.md, contents',
		),
	},
	classic: {
		name: say('The file that is asked for.', 'PROTOCOL.md, class protocol'),
		dialect: say(
			'Framed requests end with a newline and answers begin with a length; unframed ones have neither.',
			'PROTOCOL.md, class protocol',
		),
		'Content-Length': say(
			'Bytes of the file; exactly so many follow, then the connection closes.',
			'PROTOCOL.md, class protocol, framed',
		),
	},
};

const families: Record<string, Family> = {
	init: 'control',
	'keep-alive': 'control',
	files: 'control',
	bye: 'control',
	snapshot: 'control',
	joined: 'control',
	left: 'control',
	changed: 'control',
	unknown: 'control',
	pieces: 'pieces',
	request: 'classic',
	file: 'classic',
};

const directoryEntry = say('The one holder of this file with its latest time: ip, port and mtime.', classProtocol);

/**
What a member of a message means, in one sentence with its source; empty for a member that is not ours.

@param kind - The kind of the message, as `WireMessage` has it.
*/
export function meaningOf(kind: string, fieldName: string): string {
	if (kind === 'directory') {
		return fieldName === '…' ? '' : directoryEntry;
	}

	const isHttp = /^(?:\d{3}|[A-Z-]+)$/.test(kind);
	if (isHttp) {
		const lines = fieldMeanings[/^\d/.test(kind) ? 'response' : 'request'];
		return own(lines, fieldName) ?? own(headers, fieldName.toLowerCase()) ?? '';
	}

	const family = own(families, kind);
	return family === undefined ? '' : (own(fieldMeanings[family], fieldName) ?? '');
}

/** Names come from the wire: `constructor` is one, too. */
const own = <Value>(table: Record<string, Value>, name: string): Value | undefined =>
	Object.hasOwn(table, name) ? table[name] : undefined;
