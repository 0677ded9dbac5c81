import type {IncomingMessage, ServerResponse} from 'node:http';
import path from 'node:path';
import {mimes} from 'mrmime';
import {etagOf, type FileVersion} from '../protocol/file-version.js';
import {parseRange, type ByteRange} from '../protocol/http-range.js';
import {contentOfPath, nameOfPath} from '../protocol/http-path.js';
import {answerContent, type SmallAnswer} from './content-handler.js';
import {answerText, callerOf, requesterOf} from './http-answer.js';
import {listingJson, listingPage} from './listing.js';
import {openServed, upload, type ServeContext, type ServedFile} from './served-file.js';

/**
Answer one HTTP request: `GET /` lists the files, `GET /files/<name>` sends one (RFC 9110; ranges, validators, HEAD), and
`GET /content/<root>` does by content.

@throws When an answer was cut short after its head went out.
*/
export async function answerHttp(
	context: ServeContext,
	request: IncomingMessage,
	response: ServerResponse,
	ahead?: SmallAnswer,
): Promise<void> {
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		response.setHeader('allow', 'GET, HEAD');
		answerText(response, 405, 'Only GET and HEAD are served here');
		return;
	}

	const target = request.url ?? '/';
	if (!URL.canParse(target, 'http://peer')) {
		answerText(response, 400, 'The target of the request is no path');
		return;
	}

	const {pathname} = new URL(target, 'http://peer');
	if (pathname === '/') {
		answerListing(context, request, response);
		return;
	}

	const content = contentOfPath(pathname);
	if (content) {
		await answerContent({context, request, response, root: content.root}, content.part, ahead);
		return;
	}

	const name = nameOfPath(pathname);
	const file = name === undefined ? undefined : await openServed(context.share, name);
	if (!file) {
		answerText(response, 404, 'No such file is shared here');
		return;
	}

	try {
		await answerFile(context, request, response, file);
	} finally {
		await file.handle.close();
	}
}

function answerListing({share, name}: ServeContext, request: IncomingMessage, response: ServerResponse): void {
	const isPage = (request.headers.accept ?? '').includes('text/html');
	response.setHeader('vary', 'accept');
	response.setHeader('content-type', isPage ? 'text/html; charset=utf-8' : 'application/json');
	response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
	response.end(isPage ? listingPage(name, share.files.values()) : listingJson(name, share.files.values()));
}

async function answerFile(
	context: ServeContext,
	request: IncomingMessage,
	response: ServerResponse,
	file: ServedFile,
): Promise<void> {
	const {size} = file.version;
	setFileHeaders(response, file);
	const status = preconditionStatus(request, file.version);
	if (status) {
		response.writeHead(status);
		response.end();
		return;
	}

	const range = isRangeValid(request, file.version) ? parseRange(request.headers.range, size) : undefined;
	if (range === 'unsatisfiable') {
		response.setHeader('content-range', `bytes */${size}`);
		answerText(response, 416, `The file has ${size} bytes`);
		return;
	}

	const sent: ByteRange = range ?? {start: 0, end: size - 1};
	response.setHeader('content-length', sent.end - sent.start + 1);
	if (range) {
		response.setHeader('content-range', `bytes ${range.start}-${range.end}/${size}`);
	}

	response.writeHead(range ? 206 : 200);
	if (request.method === 'HEAD') {
		response.end();
		return;
	}

	await upload(context, file, response, {range: sent, peer: callerOf(request), requester: requesterOf(request)});
	response.end();
}

function setFileHeaders(response: ServerResponse, {name, version}: ServedFile): void {
	const ending = path.extname(name).slice(1).toLowerCase();
	const type = Object.hasOwn(mimes, ending) ? mimes[ending]! : 'application/octet-stream';
	response.setHeader('content-type', type.startsWith('text/') ? `${type}; charset=utf-8` : type);
	response.setHeader('accept-ranges', 'bytes');
	response.setHeader('etag', etagOf(version));
	response.setHeader('last-modified', new Date(version.mtime * 1000).toUTCString());
	// A stranger's page must not run as ours in a browser.
	response.setHeader('content-security-policy', 'sandbox');
	response.setHeader('x-content-type-options', 'nosniff');
}

/** Whether a list of tags has this one. A weak tag (`W/"…"`) counts where it need not be the very same bytes. */
const hasTag = (header: string, tag: string, isWeakEnough: boolean) =>
	header.split(',').some(part => {
		const listed = part.trim();
		return listed === '*' || listed === tag || (isWeakEnough && listed === `W/${tag}`);
	});

/** RFC 9110 section 13.2.2, in its order. */
function preconditionStatus(request: IncomingMessage, version: FileVersion): 304 | 412 | undefined {
	const {headers} = request;
	const tag = etagOf(version);
	if (headers['if-match'] !== undefined && !hasTag(headers['if-match'], tag, false)) {
		return 412;
	}

	if (headers['if-none-match'] !== undefined) {
		return hasTag(headers['if-none-match'], tag, true) ? 304 : undefined;
	}

	const since = Date.parse(headers['if-modified-since'] ?? '');
	return version.mtime * 1000 <= since ? 304 : undefined;
}

/** `If-Range`: the range is wanted of this version only, otherwise the whole file (RFC 9110 section 13.1.5). */
function isRangeValid({headers}: IncomingMessage, version: FileVersion): boolean {
	const condition = headers['if-range'];
	if (typeof condition !== 'string') {
		return true;
	}

	return condition.startsWith('"') ? condition === etagOf(version) : Date.parse(condition) === version.mtime * 1000;
}
