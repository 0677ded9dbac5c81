import {expect, test, vi} from 'vitest';
import type {DownloadContext, DownloadOptions} from '../../source/peer/download.js';
import type {Source} from '../../source/peer/events.js';
import {fetchFile} from '../../source/peer/fetch-file.js';
import {temporaryFolder} from '../wait.js';
import {oldTime} from './files.js';

const source = (key: string, values: Partial<Source>): Source => ({
	key,
	ip: '127.0.0.1',
	port: 1,
	name: key,
	isClassic: false,
	isPartial: false,
	...values,
});

test('a small file that is whole at a class program alone is asked there, not of who claims to have pieces of it', async () => {
	const asked: string[] = [];
	const small = vi.fn(async () => {
		throw new Error('nobody has all of it');
	});
	const context = {
		folder: {partials: await temporaryFolder()},
		inside: {},
		ownName: 'tested',
		smallFiles: {download: small},
		classic: {
			async ask({source: {key}}: {source: Source}) {
				asked.push(key);
				throw Object.assign(new Error('enough'), {code: 'ENOUGH'});
			},
		},
		sourcesOf: () => [source('classic', {isClassic: true}), source('partial', {isPartial: true})],
		holdsName: () => true,
	} as unknown as DownloadContext;
	const options: DownloadOptions = {
		file: {name: 'a.txt', mtime: oldTime, size: 5, root: 'a'.repeat(64)},
		signal: new AbortController().signal,
		onStart() {},
		onSources() {},
		onWaiting() {},
		onRefused() {},
	};
	await expect(fetchFile(context, options)).rejects.toThrow('enough');
	expect(asked).toEqual(['classic']);
	expect(small).not.toHaveBeenCalled();
});
