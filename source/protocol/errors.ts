/**
The errors the program makes on purpose. Each message says what happened, to which thing, and where it helps, what to do;
it is fit to be shown to the user as it is. Anything else that is thrown is a bug of ours.
*/
export class PeerError extends Error {
	override name = 'PeerError';
}

/** The other side sent what the protocol does not allow. */
export class ProtocolError extends PeerError {
	override name = 'ProtocolError';
}

/** The command line, or something it names, makes no sense: exit code 2. */
export class UsageError extends PeerError {
	override name = 'UsageError';
}

/** A file could not be fetched from one source. `isFinal`: asking the same source again is no use. */
export class TransferError extends PeerError {
	override name = 'TransferError';
	readonly isFinal: boolean;

	constructor(message: string, options: {isFinal?: boolean; cause?: unknown} = {}) {
		super(message, {cause: options.cause});
		this.isFinal = options.isFinal ?? false;
	}
}

/** The word for a system error's code that a user understands, by `errno` name. */
const reasons: Record<string, string> = {
	ECONNREFUSED: 'refused the connection',
	ECONNRESET: 'reset the connection',
	EPIPE: 'closed the connection',
	ETIMEDOUT: 'did not answer',
	EHOSTUNREACH: 'can not be reached',
	ENETUNREACH: 'can not be reached',
	EADDRNOTAVAIL: 'has an address this machine can not use',
	ENOSPC: 'no space is left on the disk',
	EDQUOT: 'the disk quota is used up',
	EACCES: 'permission denied',
	EPERM: 'permission denied',
	EROFS: 'the file system is read-only',
	ENOENT: 'no such file',
	ENOTDIR: 'it is a file, not a folder',
	EIO: 'the disk failed to read or write',
	EMFILE: 'too many open files',
	ENAMETOOLONG: 'the name is too long for this file system',
	ENOTFOUND: 'does not resolve',
	EAI_AGAIN: 'does not resolve',
};

/** The code of a system error, such as `ENOENT`; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
	const {code} = (error instanceof Error ? error : {}) as {code?: unknown};
	// A DOMException has a number there.
	return typeof code === 'string' ? code : undefined;
}

/**
Say in a few plain words why something failed.

@param error - Anything thrown; system errors are translated by their `code`, others give their message.
*/
export function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}

	const code = codeOf(error);
	return code !== undefined && Object.hasOwn(reasons, code) ? reasons[code]! : error.message;
}
