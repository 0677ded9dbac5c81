import process from 'node:process';
import type {Arguments} from '../arguments.js';
import {Recording} from './recording.js';

/**
Do something with a recording at hand, where `--record` asks for one; it is whole when this returns, or throws.

@throws {UsageError} When the file can not be written, before anything else is done.
*/
export async function withRecording<Result>(
	{recordFile, version}: Pick<Arguments, 'recordFile' | 'version'>,
	work: (recording: Recording | undefined) => Promise<Result>,
): Promise<Result> {
	if (recordFile === undefined) {
		return work(undefined);
	}

	const {columns, rows, isTTY} = process.stdout;
	const size = isTTY ? {columns, rows} : undefined;
	const recording = await Recording.open(recordFile, {startedAtMs: Date.now(), program: version, size});
	try {
		return await work(recording);
	} finally {
		await recording.close();
	}
}
