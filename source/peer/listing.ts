import prettyBytes from 'pretty-bytes';
import {pathOf} from '../protocol/http-path.js';
import {limits} from '../protocol/limits.js';
import type {LocalFile} from './events.js';

function listed(files: Iterable<LocalFile>): LocalFile[] {
	return [...files].toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limits.maxListedFiles);
}

/** The shared files as JSON, for scripts. */
export function listingJson(peerName: string, files: Iterable<LocalFile>): string {
	const rows = listed(files).map(({name, size, mtime, root}) => ({
		name,
		size,
		mtime,
		// Left out while it is not hashed.
		root,
		path: pathOf(name),
	}));
	return `${JSON.stringify({name: peerName, files: rows})}\n`;
}

const escapes: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, character => escapes[character]!);

/** The shared files as a plain page, for a browser. */
export function listingPage(peerName: string, files: Iterable<LocalFile>): string {
	const rows = listed(files).map(({name, label, size, mtime}) => {
		const changed = new Date(mtime * 1000).toISOString().slice(0, 16).replace('T', ' ');
		const link = `<a href="${escapeHtml(pathOf(name))}">${escapeHtml(label)}</a>`;
		return `<tr><td>${link}</td><td>${prettyBytes(size)}</td><td>${changed}</td></tr>`;
	});
	const title = escapeHtml(`${peerName} shares ${rows.length} ${rows.length === 1 ? 'file' : 'files'}`);
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:1rem/1.5 system-ui;margin:2rem;color-scheme:light dark}td{padding-right:2rem}td+td{text-align:right}</style>
<h1>${title}</h1>
<table>
<tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr>
${rows.join('\n')}
</table>
`;
}
