import {execSync} from 'node:child_process';

/** The command line and pty tests run the built program: build it from what is tested. */
export function setup(): void {
	execSync('npm run --silent build', {stdio: 'inherit'});
}
