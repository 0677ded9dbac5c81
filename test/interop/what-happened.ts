import {expectFile, type WrittenFile} from './files.js';
import type {OurPeer} from './parties.js';
import type {PythonProgram} from './python-program.js';

/** Wait until a class peer has fetched files, and compare them. */
export async function theirsHas(program: PythonProgram, dir: string, files: WrittenFile[]): Promise<void> {
	for (const file of files) {
		await program.fetched(file.name);
		await expectFile(dir, file);
	}
}

/** Names of our downloads that have failed, once for each time. */
export const failedDownloads = ({events}: OurPeer): string[] =>
	events.flatMap(event =>
		event.type === 'transfer' && event.transfer.direction === 'down' && event.transfer.state === 'failed'
			? [event.transfer.name]
			: [],
	);

/** What our peer has told of its connection to the tracker. */
export const trackerStates = ({events}: OurPeer): string[] =>
	events.flatMap(event => (event.type === 'tracker' ? [event.state] : []));

/** Names that our peer has noticed in its own folder. */
export const localNames = ({events}: OurPeer): string[] =>
	events.flatMap(event => (event.type === 'local' ? event.changed.map(({name}) => name) : []));

type Message = {port?: number; files?: Array<{name: string; mtime: number}>};

/** What our peer has sent to their tracker. */
export const messagesTo = (program: PythonProgram): Message[] =>
	program.lines
		.filter(line => line.startsWith('message '))
		.map(line => JSON.parse(line.slice('message '.length)) as Message);

type ClassicEntry = {ip: string; port: number; mtime: number};

/** The last directory that a class peer got. */
export const directoryOf = (program: PythonProgram): Record<string, ClassicEntry> => {
	const line = program.lines.findLast(line => line.startsWith('directory '));
	return JSON.parse(line!.slice('directory '.length)) as Record<string, ClassicEntry>;
};
