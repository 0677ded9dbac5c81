import {ProtocolError} from './errors.js';
import {quoted} from './safe-text.js';

/** What a downloader reads of the head of an answer (RFC 9112). */
export type ResponseHead = {
	status: number;
	/** Bytes of the body. */
	length: number;
	/** The first byte that is sent, of a part. */
	start: number | undefined;
};

const statusLine = /^HTTP\/1\.1 (?<status>\d{3})(?: [^\r\n]*)?$/;
/** No part of it can match in two ways: a stranger's line must not keep the expression busy. */
const field = /^(?<name>[!#$%&'*+.^`|~\w-]+):(?<value>[\t -~\u0080-\u00FF]*)$/;
const contentRange = /^bytes (?<start>\d{1,15})-\d{1,15}\/(?:\d{1,15}|\*)$/;

/**
Read the head of an answer of one of our peers. Stricter than HTTP: a length has to be told, so that one answer
ends where the next begins without any doubt.

@param text - From the first byte up to the empty line, without it.
@throws {ProtocolError} On anything else than what our peers send.
*/
export function parseResponseHead(text: string): ResponseHead {
	const [first = '', ...lines] = text.split('\r\n');
	const status = Number(statusLine.exec(first)?.groups?.status);
	if (!(status >= 200)) {
		throw new ProtocolError(`Expected an HTTP answer, got ${quoted(first)}`);
	}

	const fields = new Map<string, string>();
	for (const line of lines) {
		const groups = field.exec(line)?.groups;
		const name = groups?.name!.toLowerCase();
		if (name === undefined || (name === 'content-length' && fields.has(name))) {
			throw new ProtocolError(`Expected a header, got ${quoted(line)}`);
		}

		fields.set(name, groups!.value!.trim());
	}

	const length = fields.get('content-length') ?? '';
	if (!/^\d{1,15}$/.test(length) || fields.has('transfer-encoding')) {
		throw new ProtocolError(`Expected an answer that tells its length, got ${quoted(text)}`);
	}

	const start = contentRange.exec(fields.get('content-range') ?? '')?.groups?.start;
	return {
		status,
		length: Number(length),
		start: start === undefined ? undefined : Number(start),
	};
}
