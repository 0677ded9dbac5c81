import type {RemoteFile} from '../../peer/events.js';
import type {State} from '../../state/state.js';
import {formatAge, formatDate, formatSize} from '../format.js';
import {widthOf} from '../text.js';
import {titleWidth, textField, type Row} from './row.js';

const exact = new Intl.NumberFormat('en');

/** The whole name, where the title has no room for it. */
export const nameRows = (label: string, width: number): Row[] =>
	widthOf(label) > titleWidth(width) ? textField('Name', label, width) : [];

/** `2.1 MB (2,100,000 bytes)` */
export function sizeText(size: number | undefined): string {
	if (size === undefined) {
		return 'not told by class programs';
	}

	return size < 1000 ? formatSize(size) : `${formatSize(size)} (${exact.format(size)} bytes)`;
}

/** The content id, or why it is not known. */
export function contentText({root, sources}: RemoteFile): string {
	const isClassic = sources.every(source => source.isClassic);
	return root ?? (isClassic ? 'not told by class programs' : 'not told yet: who holds it is still hashing it');
}

/** `2026-11-20 14:02, 2 h ago` */
export function modifiedText(mtime: number, nowMs: number): string {
	const age = formatAge(mtime, nowMs);
	return `${formatDate(mtime * 1000)}, ${age === 'now' ? 'just now' : `${age} ago`}`;
}

/** `bob, carol and 12 more` */
export function namesOf(sources: RemoteFile['sources']): string {
	const names = sources.slice(0, 3).map(({name, ip, port}) => name || `${ip}:${port}`);
	const more = sources.length - names.length;
	return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** What the copy here is like beside a version that others hold. */
export function stateWords({name, state}: RemoteFile, {local, nowMs}: State): string {
	const here = local.get(name);
	const from = here ? `, which is from ${modifiedText(here.mtime, nowMs)}` : '';
	switch (state) {
		case 'missing': {
			return '+ missing: nothing of that name is here';
		}

		case 'newer': {
			return `^ newer than the copy here${from}`;
		}

		case 'here': {
			return '= here, with this content as far as is known';
		}

		case 'older': {
			return `v older than the copy here${from}`;
		}
	}
}
