import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		globalSetup: ['test/build.ts'],
		// Tests poll for what they wait for; these are the ends of the world.
		testTimeout: 30_000,
		hookTimeout: 30_000,
	},
});
