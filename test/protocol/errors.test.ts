import {describe, expect, it} from 'vitest';
import {codeOf, PeerError, ProtocolError, reasonOf, TransferError, UsageError} from '../../source/protocol/errors.js';

const systemError = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.7:80`), {code});

describe('the errors', () => {
	it.each([
		['PeerError', new PeerError('x')],
		['ProtocolError', new ProtocolError('x')],
		['UsageError', new UsageError('x')],
		['TransferError', new TransferError('x')],
	])('knows %s by its name and as one of ours', (name, error) => {
		expect(error).toBeInstanceOf(PeerError);
		expect(error).toBeInstanceOf(Error);
		expect(error.name).toBe(name);
		expect(error.message).toBe('x');
	});

	it('says of a failed transfer whether to ask again, and why it failed', () => {
		const cause = systemError('ECONNRESET');
		expect(new TransferError('x').isFinal).toBe(false);
		expect(new TransferError('x', {isFinal: true, cause})).toMatchObject({isFinal: true, cause});
	});
});

describe('codeOf', () => {
	it('gives the code of a system error', () => {
		expect(codeOf(systemError('ENOENT'))).toBe('ENOENT');
	});

	it.each([
		['a plain error', new Error('x')],
		['an aborted signal', AbortSignal.abort().reason as unknown],
		['a string', 'ENOENT'],
		['nothing', undefined],
		['an object with a code', {code: 'ENOENT'}],
	])('finds no code in %s', (_, error) => {
		expect(codeOf(error)).toBeUndefined();
	});
});

describe('reasonOf', () => {
	it.each([
		'ECONNREFUSED',
		'ECONNRESET',
		'ETIMEDOUT',
		'EHOSTUNREACH',
		'ENOSPC',
		'EACCES',
		'EROFS',
		'EIO',
		'ENOENT',
		'EMFILE',
		'ENOTFOUND',
	])('says in plain words what %s means', code => {
		const reason = reasonOf(systemError(code));
		expect(reason).not.toBe('');
		expect(reason).not.toContain(code);
	});

	it.each([
		['an unknown code', systemError('EWHAT'), 'connect EWHAT 10.0.0.7:80'],
		['an error of ours', new ProtocolError('Expected X, got Y'), 'Expected X, got Y'],
		['a string', 'it broke', 'it broke'],
		['nothing', undefined, 'undefined'],
		['a code that every object has', systemError('constructor'), 'connect constructor 10.0.0.7:80'],
	])('gives the message of %s', (_, error, expected) => {
		expect(reasonOf(error)).toBe(expected);
	});
});
