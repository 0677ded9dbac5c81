import {peerNameOf} from './decode.js';

/** Our own peers say who they are in this request header, for the other side's screen. */
export const peerNameHeader = 'p2p-peer';

/** A header carries ASCII only. */
export const encodePeerName = (name: string): string => encodeURIComponent(name);

/** @returns The name, fit for a terminal; empty when there is none. */
export const decodePeerName = (header: string | string[] | undefined): string =>
	peerNameOf(decodeOrNothing(header?.toString() ?? ''));

const filesPrefix = '/files/';

/** The path of a file on any of our peers. */
export const pathOf = (name: string): string =>
	filesPrefix +
	name
		.split('/')
		.map(part => encodeURIComponent(part))
		.join('/');

/** The name in a path that `pathOf` made; undefined for any other path. The name is not judged here. */
export function nameOfPath(pathname: string): string | undefined {
	if (!pathname.startsWith(filesPrefix)) {
		return undefined;
	}

	return decodeOrNothing(pathname.slice(filesPrefix.length));
}

const contentPrefix = '/content/';

/** What there is to ask about a content: its bytes, the hashes of its pieces, and which pieces are there. */
export type ContentPart = 'bytes' | 'layer' | 'pieces';

/** The path of a content, by its root. */
export const contentPathOf = (root: string, part: ContentPart = 'bytes'): string =>
	contentPrefix + root + (part === 'bytes' ? '' : `/${part}`);

const contentPath = /^\/content\/(?<root>[\da-f]{64})(?:\/(?<part>layer|pieces))?$/;

/** What a path that `contentPathOf` made asks for; undefined for any other path. */
export function contentOfPath(pathname: string): {root: string; part: ContentPart} | undefined {
	const groups = contentPath.exec(pathname)?.groups;
	return groups && {root: groups.root!, part: (groups.part as ContentPart | undefined) ?? 'bytes'};
}

function decodeOrNothing(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
