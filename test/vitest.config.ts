import {pathToFileURL} from 'node:url';
import path from 'node:path';
import {defineConfig} from 'vitest/config';

/**
The tests run the sources as they are, and a worker thread can not: it is plain Node, which knows no TypeScript. So that one file,
which says where the threads' scripts are, is made to look as if it stood in `dist`, which `build.ts` has just built.
*/
const builtThreads = {
	name: 'built-threads',
	enforce: 'pre' as const,
	transform(code: string, id: string) {
		const builtUrl = pathToFileURL(path.join(import.meta.dirname, '../dist/source/peer/threads.js'));
		return id.endsWith('/source/peer/threads.ts')
			? code.replaceAll('import.meta.url', `'${builtUrl.href}'`)
			: undefined;
	},
};

export default defineConfig({
	plugins: [builtThreads],
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		globalSetup: ['test/build.ts'],
		// Tests poll for what they wait for; these are the ends of the world.
		testTimeout: 30_000,
		hookTimeout: 30_000,
		// They wait more than they work: two files at a time, also on two cores.
		maxWorkers: 2,
	},
});
