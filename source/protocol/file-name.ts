import {Buffer} from 'node:buffer';
import {limits} from './limits.js';

/** A name that can not be told from a command to the terminal, or that no file system of ours can hold. */
const forbiddenCharacters = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/; // eslint-disable-line no-control-regex

/** Ends of names that other programs give to files they have not finished. */
const partialEndings = ['.part', '.partial', '.crdownload', '.download', '.tmp', '~'];

/**
Why a file name may not be shared, announced, requested or written; undefined when it may. This is the only place where
names are judged. A good name is relative, uses `/` between folders, and has no part that is empty, hidden, `.` or `..`; hidden
names are refused because our own state lives in one.

@param name - A name from a stranger or from our own folder.
*/
export function nameProblem(name: string): string | undefined {
	if (name === '') {
		return 'is empty';
	}

	if (Buffer.byteLength(name) > limits.maxNameBytes) {
		return `is longer than ${limits.maxNameBytes} bytes`;
	}

	if (!name.isWellFormed() || forbiddenCharacters.test(name)) {
		return 'has control or broken characters';
	}

	if (name.includes('\\')) {
		return 'has a backslash';
	}

	for (const part of name.split('/')) {
		if (part === '') {
			return 'is not relative or has an empty part';
		}

		if (part.startsWith('.')) {
			return 'is hidden or leads out of the folder';
		}

		if (Buffer.byteLength(part) > limits.maxNamePartBytes) {
			return `has a part longer than ${limits.maxNamePartBytes} bytes`;
		}
	}

	return undefined;
}

const windowsDevices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const windowsCharacters = /[<>:"|?*]|[. ]$/;

/** Why Windows can not hold a file that others may have; undefined when it can. */
export const windowsNameProblem = (name: string): string | undefined =>
	name.split('/').some(part => windowsDevices.test(part) || windowsCharacters.test(part))
		? 'is a name that Windows can not hold'
		: undefined;

/** Whether a name looks like a file that another program has not finished writing. */
export const isPartialName = (name: string): boolean => partialEndings.some(ending => name.endsWith(ending));

/** Whether a classic program can handle the name: a plain file of its working folder. */
export const isClassicName = (name: string): boolean => !name.includes('/') && name.trim() === name;
